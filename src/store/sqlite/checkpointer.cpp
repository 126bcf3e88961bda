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
    : connection_(connection), shared_(shared), due_at_(bound), stretch_due_at_(stretch), mark_(shared) {
  sqlite3_wal_hook(connection.handle(), &Checkpointer::on_commit, this);
}

int Checkpointer::on_commit(void* self, sqlite3*, const char*, int pages) noexcept {
  auto& checkpointer = *static_cast<Checkpointer*>(self);
  const auto now = static_cast<std::uint64_t>(pages);
  if (now < checkpointer.pages()) checkpointer.begin_anew();
  checkpointer.pages_.store(now, std::memory_order_relaxed);
  checkpointer.writes_ += 1;
  checkpointer.fresh_ = true;
  return SQLITE_OK;
}

/// At the log's beginning.
void Checkpointer::begin_anew() noexcept {
  due_at_ = bound;
  stretch_due_at_ = stretch;
}

std::optional<std::string> Checkpointer::copy_stretch() {
  shared_.readers.release(std::chrono::milliseconds{0});
  auto failure = mark_.is_set() ? copy_to_mark() : std::nullopt;
  if (mark_.set()) mark_sees_ = shared_.horizon.visible();
  stretch_due_at_ = (pages() / stretch + 1) * stretch;  // the last one just before the bound
  return failure;
}

/// Before it copies, SQLite syncs the log. Where all up to the mark is on the disk already it would be for the newer
/// commits, which are not copied, and are another thread's to sync. It syncs the file only when the whole log has been
/// copied; it can't be, since the log has grown behind the mark.
std::optional<std::string> Checkpointer::copy_to_mark() {
  bool is_whole = false;
  const auto durability = is_mark_on_disk() ? leave_out_syncs() : nullptr;
  auto failure = attempt(SQLITE_CHECKPOINT_PASSIVE, is_whole);
  if (durability == nullptr) return failure;
  try {
    connection_.pragma(durability);
  } catch (const StoreError& error) {
    return failure ? failure : error.what();
  }
  if (!failure && is_whole) return "the whole log was copied without a sync";
  return failure;
}

/// What brings them back; null: they can't be left out now.
const char* Checkpointer::leave_out_syncs() {
  try {
    const bool is_full = connection_.pragma("PRAGMA synchronous") == "2";
    connection_.pragma("PRAGMA synchronous=OFF");
    return is_full ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL";
  } catch (const StoreError&) {
    return nullptr;
  }
}

bool Checkpointer::is_mark_on_disk() const noexcept {
  return shared_.syncs_commits && shared_.horizon.is_durable(mark_sees_);
}

/// The log begins anew at the first write after all of it was copied, if by then no reader uses it: those that keep a
/// snapshot without need are made to let go, before (it limits what can be copied) and after (it holds the log).
std::optional<std::string> Checkpointer::run(int mode) {
  fresh_ = false;
  mark_.clear();
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
  mark_.clear();
  shared_.readers.release(patience);
  return attempt(SQLITE_CHECKPOINT_PASSIVE, is_whole);
}

/// Whoever begins to read once all is copied needs no log: those who use it are made to let go.
std::optional<std::string> Checkpointer::cut(bool& is_cut) {
  mark_.clear();
  shared_.commits.add();
  shared_.readers.release(patience);
  sqlite3_busy_timeout(connection_.handle(), 0);
  auto failure = attempt(SQLITE_CHECKPOINT_TRUNCATE, is_cut);
  sqlite3_busy_timeout(connection_.handle(), static_cast<int>(shared_.busy_patience.count()));
  if (is_cut) {
    pages_.store(0, std::memory_order_relaxed);
    begin_anew();
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
