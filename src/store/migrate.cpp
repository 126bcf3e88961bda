// Brings a database's schema up to this binary's. Forward only: what was applied is never changed or taken back.
// Each migration is a transaction of its own: whatever fails or ends the process, those before it stay, and the next
// start goes on behind them. Only a new database gets all in one, if none of them fails: one commit instead of dozens,
// and of SQLite's only what they come to.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <tuple>
#include <vector>

#include "guerdon/app.hpp"
#include "guerdon/crypto.hpp"
#include "runtime/exit_codes.hpp"
#include "store/open.hpp"
#include "store/transaction.hpp"

namespace guerdon::store {

namespace {

struct Migration {
  std::int64_t version;
  std::string name, checksum;
  std::string_view text;
};

std::vector<Migration> read_all(std::span<const embedded::EmbeddedFile> files) {
  std::vector<Migration> migrations;
  for (const auto& file : files) {
    const auto name = file.name.substr(0, file.name.rfind('.'));
    std::int64_t version = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), version);
    if (error != std::errc{} || *end != '_') throw std::logic_error(fmt::format("{} has no number", file.name));
    const auto digest = sha256(file.text);
    migrations.push_back({version, std::string{name}, to_hex(as_text(digest)), file.text});
  }
  std::ranges::sort(migrations, {}, &Migration::version);
  const auto twice = std::ranges::adjacent_find(migrations, {}, &Migration::version);
  if (twice != migrations.end()) throw std::logic_error("two migrations have the number of " + twice->name);
  return migrations;
}

/// Several servers may start at once on PostgreSQL: one migrates, the others wait and find it done.
void lock(Tx& tx) { tx.exec({"SELECT 1", "SELECT pg_advisory_xact_lock(7291034)"}); }

void add_table(Tx& tx) {
  tx.exec(
      {"CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, "
       "checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT",
       "CREATE TABLE IF NOT EXISTS schema_migrations (version BIGINT PRIMARY KEY, name TEXT NOT NULL, "
       "checksum TEXT NOT NULL, applied_at TIMESTAMPTZ NOT NULL)"});
}

/// Those of `known` that are still to be applied.
std::vector<Migration> missing_in(Snapshot& snapshot, std::vector<Migration> known) {
  using Applied = std::tuple<std::int64_t, std::string, std::string>;
  const auto applied = snapshot.list<Applied>("SELECT version, name, checksum FROM schema_migrations ORDER BY version");
  for (const auto& [version, name, checksum] : applied) {
    const auto found = std::ranges::find(known, version, &Migration::version);
    if (found == known.end()) {
      throw StartError(exit_config, fmt::format("the database has migration {}, which this guerdon does not know: "
                                                "start the newer guerdon that made it",
                                                name));
    }
    if (found->checksum != checksum) {
      throw StartError(exit_config, fmt::format("migration {} is not the one the database was made with: "
                                                "start the guerdon that applied it, or restore a backup",
                                                found->name));
    }
    known.erase(found);
  }
  return known;
}

bool is_temporary(const StoreError& error) {
  return error.kind() == StoreError::Kind::unavailable || error.kind() == StoreError::Kind::conflict;
}

StartError failed(const StoreError& error, const std::string& what) {
  return StartError{is_temporary(error) ? exit_temporary : exit_config, fmt::format("{}: {}", what, error.what())};
}

void run_script(Tx& tx, std::string_view script) { static_cast<PendingTx&>(tx).run_script(script); }

void note(Tx& tx, const Migration& migration) {
  tx.exec("INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)",
          migration.version, migration.name, migration.checksum, tx.now());
}

void apply(Tx& tx, const Migration& migration) {
  run_script(tx, migration.text);
  note(tx, migration);
}

/// Applies the first one that is missing. How many are missing behind it.
std::size_t apply_next(Tx& tx, const std::vector<Migration>& known, std::string& name) {
  lock(tx);
  add_table(tx);
  const auto missing = missing_in(tx, known);
  if (missing.empty()) return 0;
  const auto& next = missing.front();
  name = next.name;
  apply(tx, next);
  return missing.size() - 1;
}

/// Applies all to a database that has none, or else nothing. What fails is met again one by one, which shows what it is
/// and keeps what comes before.
bool apply_all_to_new(Database& database, const std::vector<Migration>& known, std::string_view outcome) {
  try {
    const auto is_new = database.write([&](Tx& tx) -> Result<bool> {
      lock(tx);
      add_table(tx);
      if (missing_in(tx, known).size() < known.size()) return false;
      if (!outcome.empty()) run_script(tx, outcome);
      for (const auto& migration : known) outcome.empty() ? apply(tx, migration) : note(tx, migration);
      return true;
    });
    return is_new.value();
  } catch (const StoreError&) {
    return false;
  }
}

std::span<const embedded::EmbeddedFile> migrations_of(Engine engine) {
  return engine == Engine::sqlite ? embedded::sqlite_migrations() : embedded::postgres_migrations();
}

bool has_table(Snapshot& snapshot) {
  return snapshot
      .find<std::int64_t>({"SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations'",
                           "SELECT CAST(1 AS bigint) WHERE to_regclass('schema_migrations') IS NOT NULL"})
      .has_value();
}

}  // namespace

void migrate(Database& database) {
  const auto outcome = database.engine() == Engine::sqlite ? embedded::sqlite_outcome() : std::string_view{};
  migrate(database, migrations_of(database.engine()), outcome);
}

void migrate(Database& database, std::span<const embedded::EmbeddedFile> migrations, std::string_view outcome) {
  const auto known = read_all(migrations);
  if (apply_all_to_new(database, known, outcome)) return;
  std::string name;
  try {
    for (std::size_t left = 1; left > 0;)
      left = database.write([&](Tx& tx) -> Result<std::size_t> { return apply_next(tx, known, name); }).value();
  } catch (const StoreError& error) {
    throw failed(error, name.empty() || is_temporary(error) ? "the database's schema can't be brought up to date"
                                                            : "migration " + name + " failed");
  }
}

void require_current_schema(Database& database) {
  const auto known = read_all(migrations_of(database.engine()));
  std::vector<Migration> missing;
  try {
    missing =
        database.read([&](Snapshot& snapshot) { return has_table(snapshot) ? missing_in(snapshot, known) : known; });
  } catch (const StoreError& error) {
    throw failed(error, "the database's schema can't be read");
  }
  if (missing.empty()) return;
  throw StartError(exit_config,
                   fmt::format("the database lacks migration {}: run `guerdon migrate`, or start the server "
                               "once",
                               missing.front().name));
}

}  // namespace guerdon::store
