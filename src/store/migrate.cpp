// Brings a database's schema up to this binary's. Forward only: what was applied is never changed or taken back.
// All that is missing shares one commit, because a first start would spend most of its time in commits otherwise; each
// has a savepoint of its own, so that one that fails leaves nothing behind and takes none of those before it along.
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

Result<void> apply(Tx& tx, const Migration& migration) {
  static_cast<PendingTx&>(tx).run_script(migration.text);
  tx.exec("INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)",
          migration.version, migration.name, migration.checksum, tx.now());
  return {};
}

bool is_temporary(const StoreError& error) {
  return error.kind() == StoreError::Kind::unavailable || error.kind() == StoreError::Kind::conflict;
}

/// Why one failed, or nothing. Those before it are kept.
std::string apply_missing(Tx& tx, const std::vector<Migration>& known) {
  lock(tx);
  add_table(tx);
  for (const Migration& migration : missing_in(tx, known)) {
    try {
      tx.savepoint([&] { return apply(tx, migration); }).value();
    } catch (const StoreError& error) {
      if (is_temporary(error)) throw;
      return fmt::format("migration {} failed: {}", migration.name, error.what());
    }
  }
  return {};
}

}  // namespace

void migrate(Database& database) {
  migrate(database,
          database.engine() == Engine::sqlite ? embedded::sqlite_migrations() : embedded::postgres_migrations());
}

void migrate(Database& database, std::span<const embedded::EmbeddedFile> migrations) {
  const auto known = read_all(migrations);
  std::string failure;
  try {
    failure = database.write([&](Tx& tx) -> Result<std::string> { return apply_missing(tx, known); }).value();
  } catch (const StoreError& error) {
    throw StartError(is_temporary(error) ? exit_temporary : exit_config,
                     fmt::format("the database's schema can't be brought up to date: {}", error.what()));
  }
  if (!failure.empty()) throw StartError(exit_config, failure);
}

}  // namespace guerdon::store
