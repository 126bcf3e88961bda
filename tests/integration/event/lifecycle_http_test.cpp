// The life of an event and of a user's event data over HTTP, by role, on each engine.
#include <catch2/catch.hpp>
#include <map>

#include "guerdon/caller.hpp"
#include "guerdon/store.hpp"
#include "guerdon/testing.hpp"
#include "support/databases.hpp"
#include "support/result.hpp"
#include "support/server_options.hpp"
#include "support/temp_folder.hpp"

using namespace guerdon;
using namespace std::chrono_literals;
using testing::json_call;
using testing::Response;

namespace {

class Office {
 public:
  explicit Office(Engine engine) : place_(engine), server(test::options_on(place_, folder_)), admin(server.make_admin()) {
    for (const auto& [name, role] :
         {std::pair{"opal", Role::operator_}, std::pair{"audrey", Role::auditor}, std::pair{"bob", Role::user}})
      tokens[name] = add_account(name, role);
  }

  json::value event_body(std::int64_t days, bool active = true) {
    return {{"name", "A week"},
            {"conditionType", "CONSECUTIVE_LOGIN"},
            {"conditionParams", {{"days", days}}},
            {"startAt", "2026-03-02T00:00:00Z"},
            {"isActive", active}};
  }
  std::string add_event(std::int64_t days) {
    const auto made = server.post("/api/events", event_body(days), tokens["opal"]);
    REQUIRE(made.status == 201);
    const auto path = "/api/events/" + made.text("/id");
    const json::value reward{{"type", "POINT"}, {"metadata", {{"amount", 50}}}};
    REQUIRE(server.post(path + "/rewards", reward, tokens["opal"]).status == 201);
    return path;
  }
  /// Logs in, and waits until it is counted.
  void log_in(const std::string& name) {
    tokens[name] = server.login(name);
    server.settle();
  }
  int status(const std::string& method, const std::string& path, const std::string& name) {
    return server.send(json_call(method, path, {}, name == "admin" ? admin : tokens.at(name))).status;
  }
  std::int64_t points(const std::string& name) {
    return server.get("/api/wallet", tokens.at(name)).at("/points").as_int64();
  }

 private:
  std::string add_account(const std::string& name, Role role) {
    ids[name] = server.register_user(name);
    const auto changed = server.database().write([&](Tx& tx) -> Result<std::int64_t> {
      return tx.exec("UPDATE auth_users SET roles = $2 WHERE id = $1", UserId::parse(ids[name]).value(),
                     RoleSet{role}.bits());
    });
    REQUIRE(changed.value() == 1);
    return server.login(name);
  }

  test::TempFolder folder_;
  test::DatabasePlace place_;

 public:
  testing::Server server;
  std::string admin;
  std::map<std::string, std::string> tokens, ids;
};

}  // namespace

TEST_CASE("a deleted event answers nobody, its requests are frozen, and restored it goes on, on each engine") {
  Office office{GENERATE(from_range(test::engines()))};
  auto& server = office.server;
  const auto path = office.add_event(2);
  REQUIRE(server.post(path + "/requests", {}, office.tokens["bob"]).status == 201);
  office.log_in("bob");

  CHECK(office.status("DELETE", path, "bob") == 403);
  CHECK(office.status("DELETE", path, "audrey") == 403);
  CHECK(office.status("DELETE", path, "opal") == 204);
  CHECK(office.status("DELETE", path, "opal") == 404);
  for (const std::string name : {"bob", "opal", "audrey", "admin"})
    for (const auto& below : std::vector<std::string>{"", "/rewards", "/progress?userId=" + office.ids["bob"]})
      CHECK(office.status("GET", path + below, name) == 404);
  CHECK(office.status("GET", path + "?includeDeleted=true", "bob") == 403);
  CHECK(office.status("GET", path + "?includeDeleted=true", "opal") == 403);
  CHECK(office.status("GET", path + "?includeDeleted=true", "audrey") == 200);
  CHECK(server.get("/api/events", office.admin).at("/items").as_array().empty());
  CHECK(server.get("/api/events?includeDeleted=true", office.admin).text("/items/0/deletedAt").ends_with("Z"));
  CHECK(office.status("GET", "/api/events?includeDeleted=true", "opal") == 403);
  const auto asked = server.post(path + "/requests", {}, office.tokens["bob"]);
  CHECK(asked.status == 409);
  CHECK(asked.text("/code") == "event-deleted");
  CHECK(server.put(path, office.event_body(2), office.admin).status == 404);

  server.advance(24h);
  office.log_in("bob");
  CHECK(office.points("bob") == 0);
  CHECK(office.status("POST", path + "/restore", "bob") == 403);
  office.tokens["opal"] = server.login("opal");
  CHECK(office.status("POST", path + "/restore", "opal") == 204);
  server.settle();
  CHECK(server.get(path + "/progress", office.tokens["bob"]).at("/eligible").as_bool());
  CHECK(server.get("/api/events/requests", office.tokens["bob"]).text("/items/0/status") == "APPROVED");
  CHECK(office.points("bob") == 50);
}

TEST_CASE("a user's event data goes and comes back while the account goes on, on each engine") {
  Office office{GENERATE(from_range(test::engines()))};
  auto& server = office.server;
  const auto path = office.add_event(3);
  const auto own = "/api/events/" + office.ids["bob"];
  REQUIRE(server.post(path + "/requests", {}, office.tokens["bob"]).status == 201);
  office.log_in("bob");
  server.advance(24h);
  office.log_in("bob");
  office.tokens["opal"] = server.login("opal");
  office.tokens["audrey"] = server.login("audrey");
  office.admin = server.login("admin");

  CHECK(office.status("DELETE", own, "opal") == 403);
  CHECK(office.status("DELETE", own, "audrey") == 403);
  CHECK(office.status("DELETE", "/api/events/" + office.ids["opal"], "bob") == 404);
  CHECK(office.status("DELETE", "/api/events/rwd_1", "admin") == 400);
  CHECK(office.status("DELETE", own, "bob") == 204);
  CHECK(server.get("/api/auth/info", office.tokens["bob"]).text("/status") == "ACTIVE");
  for (const std::string list : {"/api/events/progress", "/api/events/requests"}) {
    INFO(list);
    CHECK(server.get(list, office.tokens["bob"]).at("/items").as_array().empty());
    const auto query = list + "?userId=" + office.ids["bob"];
    CHECK(server.get(query, office.admin).at("/items").as_array().empty());
    for (const auto& token : {office.admin, office.tokens["audrey"]}) {
      const auto shown = server.get(query + "&includeDeleted=true", token).at("/items");
      REQUIRE(shown.as_array().size() == 1);
      CHECK(shown.at(0).as_object().contains("deletedAt"));
    }
    CHECK(office.status("GET", query + "&includeDeleted=true", "opal") == 403);
    CHECK(office.status("GET", query + "&includeDeleted=true", "bob") == 403);
  }

  server.advance(24h);
  office.log_in("bob");
  CHECK(server.get(path + "/progress", office.tokens["bob"]).at("/progress") == 1);
  office.admin = server.login("admin");
  office.tokens["opal"] = server.login("opal");
  CHECK(office.status("POST", "/api/events/" + office.ids["opal"] + "/restore", "bob") == 404);
  CHECK(office.status("POST", own + "/restore", "opal") == 403);
  CHECK(office.status("POST", own + "/restore", "bob") == 204);
  CHECK(office.status("POST", own + "/restore", "admin") == 404);
  server.settle();
  CHECK(server.get(path + "/progress", office.tokens["bob"]).at("/progress") == 3);
  CHECK(office.points("bob") == 50);

  const auto entries = server.get("/api/admin/audit?action=event-data.deleted", office.admin);
  CHECK(entries.text("/items/0/subjectId") == office.ids["bob"]);
  CHECK(entries.at("/items/0/details/rows/reward_requests") == 1);
  CHECK(entries.at("/items/0/details/rows/progress_states") == 1);
}

TEST_CASE("an event's states follow its activity, and a change needs the tag it was made for, on each engine") {
  Office office{GENERATE(from_range(test::engines()))};
  auto& server = office.server;
  const auto made = server.post("/api/events", office.event_body(2, false), office.tokens["opal"]);
  const auto path = "/api/events/" + made.text("/id");
  CHECK(made.text("/state") == "DRAFT");
  const auto put = [&](const json::value& body, const std::string& tag) {
    auto call = json_call("PUT", path, body, office.tokens["opal"]);
    call.headers.emplace_back("If-Match", tag);
    server.clock().advance(1s);
    return server.send(call);
  };
  const auto first = server.get(path, office.tokens["opal"]).header("etag");
  CHECK(put(office.event_body(2), first).text("/state") == "RUNNING");
  const auto refused = put(office.event_body(4), first);
  CHECK(refused.status == 412);
  CHECK(refused.text("/code") == "precondition-failed");
  office.log_in("bob");
  auto tag = server.get(path, office.tokens["opal"]).header("etag");
  const auto frozen = put(office.event_body(4), tag);
  CHECK(frozen.status == 409);
  CHECK(frozen.text("/code") == "event-has-progress");
  CHECK(put(office.event_body(2, false), tag).text("/state") == "PAUSED");
  CHECK(server.get(path, office.tokens["bob"]).text("/state") == "PAUSED");
  const auto asked = server.post(path + "/requests", {}, office.tokens["bob"]);
  CHECK(asked.text("/code") == "event-not-running");
  tag = server.get(path, office.tokens["opal"]).header("etag");
  CHECK(put(office.event_body(2), tag).text("/state") == "RUNNING");
  CHECK(server.get("/api/admin/audit?action=event.updated", office.admin).at("/items").as_array().size() == 3);
}
