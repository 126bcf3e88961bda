#include "store/sqlite/checkpointer.hpp"

#include <algorithm>

#include "store/sqlite/errors.hpp"

namespace guerdon::store {

namespace {

constexpr std::uint64_t bound = 16'000;  // pages of 4 KiB: a log of some 64 MiB
constexpr std::uint64_t again_after = 2'000;
constexpr std::chrono::milliseconds patience{2};  // for readers in the middle of a query

}  // namespace

Checkpointer::Checkpointer(SqliteConnection& connection, SqliteShared& shared)
    : connection_(connection), shared_(shared), due_at_(bound) {
  sqlite3_wal_hook(connection.handle(), &Checkpointer::on_commit, this);
}

int Checkpointer::on_commit(void* self, sqlite3*, const char*, int pages) noexcept {
  auto& checkpointer = *static_cast<Checkpointer*>(self);
  const auto now = static_cast<std::uint64_t>(pages);
  if (now < checkpointer.pages()) checkpointer.due_at_ = bound;  // the log began anew
  checkpointer.pages_.store(now, std::memory_order_relaxed);
  checkpointer.writes_ += 1;
  checkpointer.fresh_ = true;
  return SQLITE_OK;
}

/// The log begins anew at the first write after all of it was copied, if by then no reader uses it: those that keep a
/// snapshot without need are made to let go, before (it limits what can be copied) and after (it holds the log).
std::optional<std::string> Checkpointer::run(int mode) {
  fresh_ = false;
  shared_.readers.release(std::chrono::milliseconds{0});
  int in_log = 0;
  int copied = 0;
  int code = sqlite3_wal_checkpoint_v2(connection_.handle(), "main", mode, &in_log, &copied);
  if (code == SQLITE_BUSY && mode != SQLITE_CHECKPOINT_PASSIVE) {
    code = sqlite3_wal_checkpoint_v2(connection_.handle(), "main", SQLITE_CHECKPOINT_PASSIVE, &in_log, &copied);
  }
  due_at_ = std::max(bound, pages() + again_after);
  if ((code & 0xff) == SQLITE_IOERR) return sqlite_error(connection_.handle(), code, "a checkpoint failed").what();
  if (code != SQLITE_OK || copied < in_log) return std::nullopt;
  shared_.commits.add();
  shared_.readers.release(patience);
  return std::nullopt;
}

std::optional<std::string> Checkpointer::copy_all(bool& is_whole) {
  shared_.readers.release(patience);
  return attempt(SQLITE_CHECKPOINT_PASSIVE, is_whole);
}

/// Whoever begins to read once all is copied needs no log: those who use it are made to let go.
std::optional<std::string> Checkpointer::cut(bool& is_cut) {
  shared_.commits.add();
  shared_.readers.release(patience);
  sqlite3_busy_timeout(connection_.handle(), 0);
  auto failure = attempt(SQLITE_CHECKPOINT_TRUNCATE, is_cut);
  sqlite3_busy_timeout(connection_.handle(), static_cast<int>(shared_.busy_patience.count()));
  if (is_cut) {
    pages_.store(0, std::memory_order_relaxed);
    due_at_ = bound;
  }
  return failure;
}

std::optional<std::string> Checkpointer::attempt(int mode, bool& is_done) {
  int in_log = 0;
  int copied = 0;
  const int code = sqlite3_wal_checkpoint_v2(connection_.handle(), "main", mode, &in_log, &copied);
  if ((code & 0xff) == SQLITE_IOERR) return sqlite_error(connection_.handle(), code, "a checkpoint failed").what();
  is_done = code == SQLITE_OK && in_log == copied;
  return std::nullopt;
}

}  // namespace guerdon::store
