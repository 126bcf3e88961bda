// What the platform's rows know of a removed user: messages, dead letters, kept answers, addresses in the audit log.
#include "bus/scrubbing.hpp"
#include "guerdon/audit.hpp"
#include "integration/purge/graveyard.hpp"

using namespace guerdon;
using namespace guerdon::test;

namespace {

constexpr std::string_view created =
    R"({"userId":"u","username":"marker","email":"marker@example.com","createdAt":"2026-03-02T12:00:00.000Z"})";
constexpr std::string_view given_up =
    R"({"userId":"u","attempt":8,"error":"marker is odd","message":{"payload":{"email":"marker@example.com","x":1}}})";

struct Logged {
  std::string topic, type, payload;
};

void log_message(Tx& tx, std::int64_t position, const std::string& key, const Logged& message) {
  tx.exec(
      "INSERT INTO outbox (position, partition, message_id, topic, key, type, payload, headers, at)"
      " VALUES ($1, 0, $2, $3, $4, $5, $6, $7, $8)",
      position, tx.new_id<MessageId>(), message.topic, key, message.type, message.payload, json::object{}, tx.now());
}

void set_aside(Tx& tx, std::int64_t position, const std::string& key) {
  tx.exec(
      "INSERT INTO parked (consumer, partition, position, message_id, topic, key, type, payload, headers, at, attempts,"
      " crashes, error) VALUES ('c', 0, $6, $1, 'auth.events.user', $2, 'UserCreated', $3, $4, $5, 1, 0, 'marker')",
      tx.new_id<MessageId>(), key, created, json::object{}, tx.now(), position);
  tx.exec(
      "INSERT INTO dead_letters (id, consumer, partition, position, message_id, topic, key, type, payload, headers, at,"
      " attempts, error, first_at, last_at)"
      " VALUES ($1, 'c', 0, $6, $1, 'auth.events.user', $2, 'UserCreated', $3, $4, $5, 8, 'marker', $5, $5)",
      tx.new_id<MessageId>(), key, created, json::object{}, tx.now(), position);
}

Lines payloads(Graveyard& yard, const std::string& key) {
  return yard.store->read([&](Snapshot& s) {
    auto lines = s.list<std::string>("SELECT payload FROM outbox WHERE key = $1 ORDER BY position", key);
    for (auto& line : s.list<std::string>("SELECT payload || error FROM parked WHERE key = $1", key))
      lines.push_back(line);
    for (auto& line : s.list<std::string>("SELECT payload || error FROM dead_letters WHERE key = $1", key))
      lines.push_back(line);
    return lines;
  });
}

void keep_answer(Tx& tx, const std::string& scope, const std::string& body, Instant until) {
  tx.exec(
      "INSERT INTO idempotency_keys (scope, request, status, headers, body, expires_at)"
      " VALUES ($1, $1, 201, '[]', $2, $3)",
      Bytes{scope}, body, until);
}

}  // namespace

TEST_CASE("scrubbing takes personal members out at any depth, blanks errors and leaves the rest as it was") {
  CHECK(bus::scrubbed(std::string{created}) == R"({"userId":"u","createdAt":"2026-03-02T12:00:00.000Z"})");
  CHECK(bus::scrubbed(std::string{given_up}) ==
        R"({"userId":"u","attempt":8,"error":"","message":{"payload":{"x":1}}})");
  CHECK(bus::scrubbed(R"([{"userAgent":"a"},{"platformUserId":"b","ipAddress":"c"},1])") == "[{},{},1]");
}

TEST_CASE(
    "a removed user's messages keep their place, type and key, and lose what is personal, and others' are untouched") {
  Graveyard yard{GENERATE(from_range(engines())), {.rows_a_pass = 9}};
  const auto user = yard.new_user();
  const auto other = yard.new_user().to_string();
  const auto key = user.to_string();
  yard.write([&](Tx& tx) {
    for (int i = 0; i < 20; ++i)
      log_message(tx, 100 + i, key, {"auth.events.user", "UserCreated", std::string{created}});
    log_message(tx, 130, key, {"event.progress.dlq", "EventProgressDeadLettered", std::string{given_up}});
    log_message(tx, 131, key, {"reward.grants", "RewardGranted", R"({"userId":"u"})"});
    log_message(tx, 132, other, {"auth.events.user", "UserCreated", std::string{created}});
    set_aside(tx, 7, key);
    set_aside(tx, 8, "another");
  });
  yard.delete_softly(user);
  yard.pass_time(30 * 24h);
  yard.begin();
  yard.finish();
  const auto scrubbed = payloads(yard, key);
  REQUIRE(scrubbed.size() == 24);
  for (const auto& line : scrubbed) {
    CHECK(line.find("marker") == std::string::npos);
    CHECK(line.find("userId") != std::string::npos);
  }
  CHECK(payloads(yard, other) == Lines{std::string{created}});
  CHECK(payloads(yard, "another").size() == 2);
  CHECK(payloads(yard, "another").front() == std::string{created} + "marker");
  CHECK(yard.last_run().counts.at("outbox") == 21);
}

TEST_CASE("where log-ins with a removed user's name failed from is forgotten, under this secret and the one before") {
  Graveyard yard{GENERATE(from_range(engines())), {.rows_a_pass = 3}};
  const auto user = yard.new_user();
  const auto other = yard.new_user();
  const auto name_of = [&](UserId id) {
    return yard.store->read(
        [&](Snapshot& s) { return s.get<std::string>("SELECT username FROM auth_users WHERE id = $1", id); });
  };
  const auto email = yard.store->read(
      [&](Snapshot& s) { return s.get<std::string>("SELECT email FROM auth_users WHERE id = $1", user); });
  const auth::NameKeys before{{.current = yard.secrets.previous, .previous = {}}};
  const std::string failed = R"({"reason":"BAD_CREDENTIALS","ipAddress":"203.0.113.9","userAgent":"marker"})";
  auto keys = yard.name_keys.all_of(name_of(user));
  CHECK(keys.size() == 4);
  CHECK(keys.front() == yard.name_keys.of_login(name_of(user)));
  keys.push_back(yard.name_keys.of_login(email));
  keys.push_back(before.of_login(email));
  const auto others = yard.name_keys.of_login(name_of(other));
  yard.write([&](Tx& tx) {
    std::int64_t position = 100;
    for (const auto& key : keys) log_message(tx, ++position, key, {"auth.events.login", "LoginFailed", failed});
    log_message(tx, ++position, keys[1], {"auth.events.security", "BruteForceSuspected", failed});
    log_message(tx, ++position, others, {"auth.events.login", "LoginFailed", failed});
  });
  yard.delete_softly(user);
  yard.pass_time(30 * 24h);
  yard.begin();
  yard.finish();
  for (const auto& key : keys) CHECK(payloads(yard, key).front() == R"({"reason":"BAD_CREDENTIALS"})");
  CHECK(payloads(yard, keys[1]).size() == 2);
  CHECK(payloads(yard, keys[1]).back() == R"({"reason":"BAD_CREDENTIALS"})");
  CHECK(payloads(yard, others) == Lines{failed});
  CHECK(yard.last_run().counts.at("outbox") == 7);
  CHECK(yard.count("SELECT count(*) FROM purge_subjects WHERE id = $1", user.uuid()) == 0);
}

TEST_CASE("kept answers that tell of a removed user go, those of others stay") {
  Graveyard yard{GENERATE(from_range(engines()))};
  const auto user = yard.new_user();
  const auto other = yard.new_user();
  yard.delete_softly(user);
  yard.pass_time(30 * 24h);
  yard.write([&](Tx& tx) {
    const auto until = tx.now() + 7 * 24h;
    for (int i = 0; i < 250; ++i)
      keep_answer(tx, "scope" + std::to_string(1000 + i),
                  R"({"id":")" + (i % 50 == 7 ? user : other).to_string() + R"(","username":"x"})", until);
    keep_answer(tx, "no user", R"({"a":"usr_","b":"usr_short"})", until);
  });
  yard.begin();
  yard.finish();
  const auto [all, of_user] = yard.store->read([&](Snapshot& s) {
    return std::pair{
        s.get<std::int64_t>("SELECT count(*) FROM idempotency_keys"),
        s.get<std::int64_t>("SELECT count(*) FROM idempotency_keys WHERE body LIKE $1", "%" + user.to_string() + "%")};
  });
  CHECK(all == 246);
  CHECK(of_user == 0);
}

TEST_CASE("the audit log keeps what a removed user did, forgets where from, and its chain still holds") {
  Graveyard yard{GENERATE(from_range(engines()))};
  const auto user = yard.new_user();
  auto caller = Campaign::as(user);
  caller.address = "203.0.113.7";
  auto boss = yard.boss();
  boss.address = "203.0.113.8";
  yard.write([&](Tx& tx) {
    record_audit(tx, caller, {.action = "thing.done", .subject = "thing"});
    record_audit(tx, boss, {.action = "thing.done", .subject = user.to_string()});
  });
  yard.delete_softly(user);
  yard.pass_time(30 * 24h);
  yard.begin();
  yard.finish();
  const auto addresses = yard.store->read([&](Snapshot& s) {
    return s.list<std::string>(
        "SELECT actor || ' ' || coalesce(ip, '-') FROM audit_log WHERE action = 'thing.done' ORDER BY position");
  });
  CHECK(addresses == Lines{user.to_string() + " -", yard.admin_id.to_string() + " 203.0.113.8"});
  CHECK(yard.violations() == Lines{});
}
