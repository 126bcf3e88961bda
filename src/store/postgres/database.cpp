#include "store/postgres/database.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "guerdon/app.hpp"
#include "store/postgres/reader.hpp"

namespace guerdon::store {
namespace postgres {
namespace {

constexpr int temporary = 75, unusable = 78;  // of sysexits.h

/// With more than one worker, a quarter of them (but one at least) stays free for requests.
std::size_t background_at_once(int workers) {
  return static_cast<std::size_t>(std::max(1, workers - std::max(1, workers / 4)));
}

void make_schema(Session& session, const std::string& schema) {
  session.begin_read({});
  Snapshot snapshot{session, Moment{.now = {}, .ids = nullptr}};
  const bool exists =
      snapshot.get<bool>("SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = CAST($1 AS text))", schema);
  session.rollback();
  if (!exists)
    session.link().run_script("CREATE SCHEMA " + schema);  // parse_target lets plain identifiers through only
}

/// Fails early, with one line, where the workers would go on trying.
void check(const Target& target, bool may_create) {
  try {
    Session session{target};
    session.connect();
    if (may_create && !target.schema.empty()) make_schema(session, target.schema);
  } catch (const StoreError& error) {
    const bool later = error.kind() == StoreError::Kind::unavailable;
    throw StartError{later ? temporary : unusable, std::string{"database.url: "} + error.what()};
  }
}

}  // namespace

PostgresDatabase::PostgresDatabase(DatabaseOptions options, Target target)
    : options_(std::move(options)),
      target_(std::move(target)),
      pool_(options_, background_at_once(options_.connections)) {
  for (int i = 0; i < options_.connections; ++i) {
    workers_.emplace_back([this] { Worker{pool_, target_}.work(); });
  }
}

void PostgresDatabase::submit(std::unique_ptr<Command> command) {
  const auto outcome = pool_.queue.push(command);
  if (outcome == CommandQueue::Push::queued) return;
  const bool full = outcome == CommandQueue::Push::full;
  command->done(std::make_exception_ptr(full ? StoreError{StoreError::Kind::overloaded, "the store's queue is full"}
                                             : StoreError{StoreError::Kind::unavailable, "the store is closed"}));
}

std::unique_ptr<Reader> PostgresDatabase::open_reader() {
  if (pool_.queue.closed()) throw StoreError{StoreError::Kind::unavailable, "the store is closed"};
  return std::make_unique<PostgresReader>(target_, options_, false);
}

std::unique_ptr<Reader> PostgresDatabase::open_patient_reader() {
  if (pool_.queue.closed()) throw StoreError{StoreError::Kind::unavailable, "the store is closed"};
  return std::make_unique<PostgresReader>(target_, options_, true);
}

void PostgresDatabase::close() {
  pool_.close();
  const std::lock_guard lock(closing_);
  for (auto& worker : workers_) worker.join();
  workers_.clear();
}

StoreStats PostgresDatabase::stats() const noexcept {
  StoreStats stats;
  stats.progress = pool_.progress;
  stats.waiting = pool_.queue.size() + pool_.running;
  stats.commits = pool_.commits;
  stats.commands = pool_.commands;
  stats.slow_commands = pool_.slow_commands;
  return stats;
}

}  // namespace postgres

std::unique_ptr<ManagedDatabase> open_postgres(DatabaseOptions options) {
  if (options.connections < 1) throw StartError{postgres::unusable, "database.connections must be 1 or more"};
  postgres::Target target;
  try {
    target = postgres::parse_target(options.url);
  } catch (const std::invalid_argument& error) {
    throw StartError{postgres::unusable, error.what()};
  }
  target.durable = options.full_durability;
  postgres::check(target, options.may_create);
  return std::make_unique<postgres::PostgresDatabase>(std::move(options), std::move(target));
}

}  // namespace guerdon::store
