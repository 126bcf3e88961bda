// GET /api/admin/audit of a whole server: who may read it, its filters and its pages.
#include <catch2/catch.hpp>

#include "guerdon/audit.hpp"
#include "guerdon/store.hpp"
#include "guerdon/testing.hpp"
#include "support/databases.hpp"
#include "support/result.hpp"
#include "support/server_options.hpp"
#include "support/temp_folder.hpp"

using namespace guerdon;
using namespace std::chrono_literals;
using testing::Server;
using Subjects = std::vector<std::string>;

namespace {

const std::string route = "/api/admin/audit";

class Audited {
 public:
  explicit Audited(Engine engine = Engine::sqlite) : place_(engine), server(test::options_on(place_, folder_)) {}

  /// One entry of its own transaction, a second after the one before.
  void record(std::string_view action, const std::string& subject, const Caller& caller = Caller{},
              const json::object& details = {}) {
    server.clock().advance(1s);
    REQUIRE(server.database().write([&](Tx& tx) -> Result<void> {
      record_audit(tx, caller, {.action = action, .subject = subject, .details = details});
      return {};
    }));
  }

  std::string token_of(const std::string& name, RoleSet roles) {
    server.register_user(name);
    const auto changed = server.database().write([&](Tx& tx) -> Result<std::int64_t> {
      return tx.exec("UPDATE auth_users SET roles = $1 WHERE username = $2", roles.bits(), name);
    });
    REQUIRE(changed.value() == 1);
    return server.login(name);
  }

  /// The subjects that the query finds, in the answer's order.
  Subjects subjects(const std::string& query, const std::string& token) {
    const auto answer = server.get(route + "?" + query, token);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    Subjects result;
    const auto body = answer.json();
    for (const auto& item : body.at("items").as_array()) result.emplace_back(item.at("subjectId").as_string());
    return result;
  }

 private:
  const test::TempFolder folder_;
  test::DatabasePlace place_;

 public:
  Server server;
};

Caller called_by(UserId user) {
  Caller caller;
  caller.user = user;
  caller.address = "203.0.113.7";
  return caller;
}

}  // namespace

TEST_CASE("the audit log is read by auditors and administrators, and by nobody else") {
  Audited audited;
  auto& server = audited.server;
  CHECK(server.get(route).status == 401);
  CHECK(server.get(route, audited.token_of("una", {Role::user})).status == 403);
  CHECK(server.get(route, audited.token_of("otto", {Role::user, Role::operator_})).status == 403);
  CHECK(server.get(route, audited.token_of("audrey", {Role::auditor})).status == 200);
  CHECK(server.get(route, audited.token_of("both", {Role::user, Role::auditor})).status == 200);
  CHECK(server.get(route, server.make_admin()).status == 200);
}

TEST_CASE("nobody writes the audit log over HTTP") {
  Audited audited;
  const auto admin = audited.server.make_admin();
  for (const auto* method : {"POST", "PUT", "PATCH", "DELETE"}) {
    INFO(method);
    CHECK(audited.server.send(testing::json_call(method, route, {}, admin)).status == 405);
  }
}

TEST_CASE("an entry of the audit log is shown as it was recorded, the newest first") {
  Audited audited{GENERATE(from_range(test::engines()))};
  const auto auditor = audited.token_of("audrey", {Role::auditor});
  audited.record("test.made", "first");
  const auto at = audited.server.clock().now() + 1s;
  audited.record("test.changed", "second", called_by(UserId{}), {{"from", {"USER"}}, {"to", {"USER", "ADMIN"}}});

  const auto answer = audited.server.get(route, auditor);
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  CHECK(answer.text("/items/0/id").starts_with("aud_"));
  CHECK(answer.text("/items/0/at") == to_rfc3339(at));
  CHECK(answer.text("/items/0/actorId") == UserId{}.to_string());
  CHECK(answer.text("/items/0/action") == "test.changed");
  CHECK(answer.text("/items/0/subjectId") == "second");
  CHECK(answer.text("/items/0/ip") == "203.0.113.7");
  CHECK(answer.at("/items/0/details") == json::value{{"from", {"USER"}}, {"to", {"USER", "ADMIN"}}});
  CHECK(answer.text("/items/0/hash").size() == 64);
  CHECK(answer.text("/items/1/subjectId") == "first");
  CHECK(answer.at("/items/1/actorId").is_null());
  CHECK(answer.at("/items/1/ip").is_null());
}

TEST_CASE("the audit log is filtered by actor, action, subject and time, and by all of them at once") {
  Audited audited{GENERATE(from_range(test::engines()))};
  const auto auditor = audited.token_of("audrey", {Role::auditor});
  const auto find = [&](const std::string& query) { return audited.subjects(query, auditor); };
  Uuid other_id;
  other_id.bytes.fill(7);
  const UserId one, other{other_id};
  const auto begin = audited.server.clock().now();
  audited.record("test.made", "a", called_by(one));       // begin + 1 s
  audited.record("test.changed", "a", called_by(other));  // begin + 2 s
  audited.record("test.changed", "b", called_by(one));    // begin + 3 s
  audited.record("test.changed", "c", called_by(other));  // begin + 4 s
  const auto second = [&](int n) { return to_rfc3339(begin + n * 1s); };

  CHECK(find("actorId=" + other.to_string()) == Subjects{"c", "a"});
  CHECK(find("action=test.changed") == Subjects{"c", "b", "a"});
  CHECK(find("action=test.change").empty());
  CHECK(find("subjectId=a") == Subjects{"a", "a"});
  CHECK(find("from=" + second(3)) == Subjects{"c", "b"});
  CHECK(find("from=" + second(1) + "&to=" + second(3)) == Subjects{"a", "a"});
  CHECK(find("to=" + second(1) + "&action=test.made").empty());
  CHECK(find("actorId=" + one.to_string() + "&action=test.changed") == Subjects{"b"});
  CHECK(find("actorId=" + other.to_string() + "&action=test.changed&subjectId=c&from=" + second(4) +
             "&to=" + second(5)) == Subjects{"c"});

  for (const auto* bad : {"actorId=nobody", "from=yesterday", "limit=0", "limit=101", "cursor=x", "action=", "who=a"}) {
    INFO(bad);
    CHECK(audited.server.get(route + "?" + bad, auditor).status == 400);
  }
}

TEST_CASE("the audit log comes in pages that miss nothing and repeat nothing, while entries are added") {
  Audited audited{GENERATE(from_range(test::engines()))};
  const auto auditor = audited.token_of("audrey", {Role::auditor});
  Subjects expected;
  for (int n = 0; n < 7; ++n) {
    audited.record("test.made", std::to_string(n));
    audited.record("test.other", "x");
    expected.insert(expected.begin(), std::to_string(n));
  }
  Subjects found;
  std::vector<std::size_t> sizes;
  std::string cursor;
  do {
    const auto answer = audited.server.get(route + "?action=test.made&limit=3" + cursor, auditor);
    REQUIRE(answer.status == 200);
    const auto body = answer.json();
    sizes.push_back(body.at("items").as_array().size());
    for (const auto& item : body.at("items").as_array()) found.emplace_back(item.at("subjectId").as_string());
    const auto& next = body.at("nextCursor");
    cursor = next.is_null() ? "" : "&cursor=" + std::string{next.as_string()};
    audited.record("test.made", "later");
    REQUIRE(sizes.size() < 10);
  } while (!cursor.empty());
  CHECK(found == expected);
  CHECK(sizes == std::vector<std::size_t>{3, 3, 1});
}
