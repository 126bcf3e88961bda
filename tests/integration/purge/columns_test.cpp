// Nothing of a user is forgotten by the hard delete: every column that may speak of one has an owner who says what
// becomes of it, and after a removal nothing is left where an owner says so.
#include <algorithm>
#include <cctype>
#include <set>

#include "guerdon/crypto.hpp"
#include "integration/purge/graveyard.hpp"
#include "support/raw_rows.hpp"

using namespace guerdon;
using namespace guerdon::test;

namespace {

using Column = std::pair<std::string, std::string>;

std::vector<Column> columns_of(Snapshot& snapshot) {
  std::vector<Column> found;
  snapshot.visit(
      {"SELECT m.name, p.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS p WHERE m.type = 'table'",
       "SELECT c.table_name, c.column_name FROM information_schema.columns AS c JOIN information_schema.tables AS t"
       " ON t.table_schema = c.table_schema AND t.table_name = c.table_name"
       " WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'"},
      [&](const Row& row) { found.emplace_back(row.text(0), row.text(1)); });
  return found;
}

/// Names that a column gets when it names a user, or holds what people write or are.
bool may_be_personal(const std::string& name) {
  constexpr std::array parts{"user",    "invit",   "operator", "actor",   "owner",  "subject", "email", "phone",
                             "address", "profile", "payload",  "details", "reason", "error",   "body",  "agent"};
  constexpr std::array whole{"ip", "ip_salt", "ip_digest", "key", "source"};
  constexpr std::array marks{"deleted_by", "begun_by"};  // ids of deletions and of processes
  if (std::ranges::find(marks, name) != marks.end()) return false;
  return std::ranges::any_of(parts, [&](const char* part) { return name.find(part) != std::string::npos; }) ||
         std::ranges::find(whole, name) != whole.end() || name.ends_with("_by");
}

std::set<Column> owned() {
  std::set<Column> columns;
  for (const auto& owner : all_purge_owners())
    for (const auto& column : owner.columns) columns.emplace(column.table, column.column);
  return columns;
}

Lines columns_without_owner(Graveyard& yard) {
  const auto known = owned();
  Lines lines;
  for (const auto& column : yard.store->read([](Snapshot& s) { return columns_of(s); }))
    if (may_be_personal(column.second) && !known.contains(column)) lines.push_back(column.first + "." + column.second);
  std::ranges::sort(lines);
  return lines;
}

}  // namespace

TEST_CASE("every column that may speak of a user has an owner who says what becomes of it") {
  Graveyard yard{GENERATE(from_range(engines()))};
  CHECK(columns_without_owner(yard) == Lines{});
  const auto there = yard.store->read([](Snapshot& s) { return columns_of(s); });
  REQUIRE(there.size() > 100);
  for (const auto& column : owned()) {
    INFO(column.first << "." << column.second);
    CHECK(std::ranges::find(there, column) != there.end());
  }
}

TEST_CASE("a new table with a user's column that nobody removes is noticed") {
  Graveyard yard{Engine::sqlite};
  yard.write([](Tx& tx) {
    tx.exec("CREATE TABLE reward_favourites (user_id BLOB NOT NULL, reward_id BLOB NOT NULL, note TEXT) STRICT");
    tx.exec("ALTER TABLE event_events ADD COLUMN praised_by BLOB");
  });
  CHECK(columns_without_owner(yard) == Lines{"event_events.praised_by", "reward_favourites.user_id"});
}

TEST_CASE("after a removal the user's id is nowhere that an owner calls removed") {
  Graveyard yard{Engine::sqlite};
  const auto user = yard.new_user();
  const auto event = yard.create_event();
  yard.add_reward(event.id, 5);
  const auto stays = yard.new_user();
  for (const auto one : {user, stays}) {
    yard.log_in(one);
    REQUIRE(yard.remove(Campaign::as(one), one));
    yard.advance(24h);
    yard.log_in(one);
    REQUIRE(yard.ask(event.id, one));
    yard.write([&](Tx& tx) {
      tx.exec(
          "INSERT INTO auth_sessions (user_id, session_id, refresh_counter, refreshed_at, created_at, expires_at)"
          " VALUES ($1, $1, 0, $2, $2, $2)",
          one, tx.now());
      tx.exec("INSERT INTO progress_sessions (user_id, at) VALUES ($1, $2)", one, tx.now());
      tx.exec("INSERT INTO progress_user_rebuilds (user_id) VALUES ($1)", one);
      tx.exec("INSERT INTO progress_invitations (invitee_id, inviter_id, signed_up_at) VALUES ($2, $1, $3)", one,
              tx.new_id<UserId>(), tx.now());
      tx.exec(
          "INSERT INTO progress_activities (id, source, external_id, user_id, type, at, attributes)"
          " VALUES ($1, 'key_x', $2, $3, 'purchase', $4, '{}')",
          tx.new_id<progress::ActivityId>(), one.to_string(), one, tx.now());
      tx.exec(
          "INSERT INTO auth_platforms (id, user_id, platform, platform_user_id, connected_at)"
          " VALUES ($1, $2, 'steam', $3, $4)",
          tx.new_id<UserId>(), one, one.to_string(), tx.now());
      tx.exec(
          "INSERT INTO auth_password_resets (user_id, token_hash, password_version, issued_by, created_at,"
          " expires_at) VALUES ($1, $1, 0, 'usr_x', $2, $2)",
          one, tx.now());
    });
  }
  yard.write([&](Tx& tx) {
    tx.exec("UPDATE auth_users SET status = 'DELETED', deleted_at = $2 WHERE id = $1", user, tx.now());
  });
  yard.pass_time(31 * 24h);
  yard.begin();
  yard.finish();

  const RawRows rows{yard.store->read(
      [](Snapshot& s) { return s.get<std::string>("SELECT file FROM pragma_database_list WHERE name = 'main'"); })};
  int looked_at = 0;
  for (const auto& owner : all_purge_owners())
    for (const auto& [table, column, fate] : owner.columns) {
      if (fate != Fate::removed || !(column.ends_with("user_id") || column == "inviter_id")) continue;
      if (column == "platform_user_id") continue;
      INFO(table << "." << column);
      const auto left = rows.texts("SELECT hex(" + std::string{column} + ") FROM " + std::string{table});
      const auto has = [&](UserId id) {
        auto hex = to_hex(id.uuid().bytes);
        std::ranges::transform(hex, hex.begin(), [](char c) { return static_cast<char>(std::toupper(c)); });
        return std::ranges::find(left, hex) != left.end();
      };
      CHECK_FALSE(has(user));
      CHECK(has(stays));
      ++looked_at;
    }
  CHECK(looked_at >= 10);
}
