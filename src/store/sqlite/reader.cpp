#include "store/sqlite/reader.hpp"

#include <thread>

namespace guerdon::store {

namespace {

constexpr int steps_a_check = 1000;                          // of SQLite's virtual machine: some 20 µs
constexpr std::chrono::milliseconds often{20}, seldom{200};  // between two snapshots

SqliteHandle open_for_reading(const SqliteShared& shared) {
  if (shared.closed) throw StoreError(StoreError::Kind::unavailable, "the database is closed");
  return open_sqlite_file(shared.path, SQLITE_OPEN_READONLY, shared.busy_patience);
}

}  // namespace

void ReaderSet::release(std::chrono::milliseconds patience) noexcept {
  const std::lock_guard lock(mutex_);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (SqliteReader* reader : readers_) {
    while (!reader->try_release() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  }
}

SqliteReader::SqliteReader(std::shared_ptr<SqliteShared> shared, std::optional<std::chrono::milliseconds> longest)
    : shared_(std::move(shared)),
      connection_(open_for_reading(*shared_), &shared_->damaged, &shared_->changes),
      longest_(longest) {
  connection_.pragma("PRAGMA query_only=ON");
  connection_.pragma("PRAGMA cache_size=-1024");  // KiB: the file's pages are read where the system has them anyway
  map_file(true);
  sqlite3_progress_handler(connection_.handle(), steps_a_check, &SqliteReader::on_progress, this);
  shared_->readers.add(this);
}

SqliteReader::~SqliteReader() { shared_->readers.remove(this); }

void SqliteReader::run(FunctionRef<void(Snapshot&)> fn, std::int64_t steps) {
  const std::lock_guard lock(mutex_);
  refresh();
  if (!shared_->horizon.wait_for(sees_))
    throw StoreError(StoreError::Kind::unavailable, "what there is to read did not reach the disk");
  visit(fn, steps);
}

bool SqliteReader::look(FunctionRef<void(Snapshot&)> fn, std::int64_t steps) {
  const std::lock_guard lock(mutex_);
  refresh();
  visit(fn, steps);
  return shared_->horizon.is_durable(sees_);
}

void SqliteReader::visit(FunctionRef<void(Snapshot&)> fn, std::int64_t steps) {
  bounded_ = steps > 0;
  steps_left_ = steps;
  deadline_ = longest_ ? Steady::now() + *longest_ : Steady::time_point::max();
  Snapshot snapshot(connection_, Moment{shared_->clock.now(), nullptr});
  try {
    fn(snapshot);
  } catch (...) {
    connection_.rollback();  // after an error nothing is kept: SQLite may have ended the snapshot
    throw;
  }
}

/// What is asked before the snapshot is taken, it has at least; what is asked after that, at most. BEGIN takes none,
/// the first statement does.
void SqliteReader::refresh() {
  const auto changes = shared_->changes.now();
  const auto commits = shared_->commits.now();
  if (connection_.in_transaction() && commits && commits == seen_ && changes == seen_at_ && !may_map_again()) return;
  if (!connection_.rollback()) throw StoreError(StoreError::Kind::broken, "a snapshot cannot be ended");
  const auto now = Steady::now();
  if (now - refreshed_ < often) map_file(false);
  if (now - refreshed_ > seldom) map_file(true);
  refreshed_ = now;
  bounded_ = false;
  deadline_ = Steady::time_point::max();
  try {
    connection_.begin("BEGIN");
    connection_.execute("SELECT 1 FROM sqlite_schema LIMIT 1", {}, [](const Row&) {});
  } catch (...) {
    connection_.rollback();
    throw;
  }
  seen_ = commits;
  seen_at_ = changes;
  sees_ = shared_->horizon.visible();
}

/// With each new snapshot SQLite gives up its map of the file and makes another, page by page. So it is the cheapest
/// way to read where there are few commits, and a dear one where there are many.
void SqliteReader::map_file(bool is_worth_it) {
  if (is_mapped_ == is_worth_it) return;
  connection_.pragma(is_worth_it ? "PRAGMA mmap_size=2147418112" : "PRAGMA mmap_size=0");
  is_mapped_ = is_worth_it;
}

/// Asked on the way to each kept snapshot, so it looks at the clock now and then only.
bool SqliteReader::may_map_again() noexcept {
  return !is_mapped_ && ++kept_ % 1024 == 0 && Steady::now() - refreshed_ > seldom;
}

void SqliteReader::release() noexcept {
  const std::lock_guard lock(mutex_);
  connection_.rollback();
}

bool SqliteReader::try_release() noexcept {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock.owns_lock()) return false;
  connection_.rollback();
  return true;
}

int SqliteReader::on_progress(void* self) noexcept {
  auto& reader = *static_cast<SqliteReader*>(self);
  reader.steps_left_ -= steps_a_check;
  if (reader.bounded_ && reader.steps_left_ < 0) return 1;
  return std::chrono::steady_clock::now() > reader.deadline_ ? 1 : 0;
}

}  // namespace guerdon::store
