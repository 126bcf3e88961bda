#include "store/sqlite/database.hpp"

#include <fmt/format.h>

#include <utility>

#include "guerdon/app.hpp"
#include "runtime/exit_codes.hpp"
#include "store/sqlite/location.hpp"
#include "store/sqlite/reader.hpp"
#include "store/sqlite/writer.hpp"

namespace guerdon::store {

namespace {

constexpr std::string_view scheme = "sqlite:";

class SqliteDatabase final : public ManagedDatabase {
 public:
  SqliteDatabase(SqliteLocation location, std::shared_ptr<SqliteShared> shared, SqliteHandle connection,
                 DatabaseOptions options)
      : location_(std::move(location)),
        shared_(std::move(shared)),
        writer_(std::move(connection), shared_, std::move(options)) {}
  ~SqliteDatabase() override { SqliteDatabase::close(); }
  SqliteDatabase(const SqliteDatabase&) = delete;
  SqliteDatabase& operator=(const SqliteDatabase&) = delete;

  [[nodiscard]] Engine engine() const noexcept override { return Engine::sqlite; }
  void submit(std::unique_ptr<Command> command) override { writer_.submit(std::move(command)); }
  [[nodiscard]] std::unique_ptr<Reader> open_reader() override {
    return std::make_unique<SqliteReader>(shared_, shared_->longest_read);
  }
  [[nodiscard]] std::unique_ptr<Reader> open_patient_reader() override {
    return std::make_unique<SqliteReader>(shared_, std::nullopt);
  }
  void erase_deleted(std::function<void()> done) override { writer_.erase_deleted(std::move(done)); }
  void set_outbox_sink(OutboxSink* sink) noexcept override { writer_.set_outbox_sink(sink); }
  [[nodiscard]] StoreStats stats() const noexcept override { return writer_.stats(); }
  [[nodiscard]] const CommitFigures& commit_figures() const noexcept override { return writer_.commit_figures(); }

  void close() override {
    shared_->closed = true;
    writer_.stop();
    remove_temporary(location_);
  }

 private:
  SqliteLocation location_;
  std::shared_ptr<SqliteShared> shared_;
  SqliteWriter writer_;
};

const char* synchronous(const SqliteLocation& location, const DatabaseOptions& options) {
  if (!location.temporary_folder.empty()) return "PRAGMA synchronous=OFF";
  return options.full_durability ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL";
}

SqliteHandle open_for_writing(const SqliteLocation& location, const DatabaseOptions& options) {
  SqliteConnection connection(
      open_sqlite_file(location.path, SQLITE_OPEN_READWRITE, options.busy_patience, LogWrites::joined));
  if (location.fresh) connection.pragma("PRAGMA synchronous=OFF");  // one sync at its end instead of one a step
  if (connection.pragma("PRAGMA journal_mode=WAL") != "wal") {
    throw StoreError(StoreError::Kind::broken, "the file system does not allow a write-ahead log");
  }
  if (location.fresh && location.temporary_folder.empty()) sync_fresh_file(location);
  connection.pragma(synchronous(location, options));
  connection.pragma("PRAGMA wal_autocheckpoint=0");
  connection.pragma("PRAGMA foreign_keys=ON");
  connection.pragma("PRAGMA secure_delete=ON");
  connection.pragma("PRAGMA temp_store=MEMORY");
  connection.pragma("PRAGMA cache_size=-8192");  // KiB
  connection.pragma("PRAGMA mmap_size=2147418112");
  return connection.take_handle();
}

}  // namespace

std::unique_ptr<ManagedDatabase> open_sqlite(DatabaseOptions options) {
  const auto location = locate_sqlite(std::string_view{options.url}.substr(scheme.size()), options.may_create);
  try {
    auto shared = std::make_shared<SqliteShared>(location.path, location.temporary_folder.empty(), options);
    auto connection = open_for_writing(location, options);
    return std::make_unique<SqliteDatabase>(location, std::move(shared), std::move(connection), std::move(options));
  } catch (const StoreError& error) {
    remove_temporary(location);
    const bool busy = error.kind() == StoreError::Kind::unavailable;
    throw StartError(busy ? exit_temporary : exit_config,
                     fmt::format("cannot open the database {}: {}", location.path, error.what()));
  }
}

}  // namespace guerdon::store
