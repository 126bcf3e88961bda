// What is remembered of events: whatever happens to one, and as its time comes and goes, everybody is given what is so.
#include <catch2/catch.hpp>

#include "guerdon/caller.hpp"
#include "guerdon/store.hpp"
#include "guerdon/testing.hpp"
#include "support/databases.hpp"
#include "support/eventually.hpp"
#include "support/result.hpp"
#include "support/server_options.hpp"
#include "support/temp_folder.hpp"

using namespace guerdon;
using namespace std::chrono_literals;
using testing::json_call;

namespace {

class Site {
 public:
  explicit Site(Engine engine) : place_(engine), server(test::options_on(place_, folder_)), admin(server.make_admin()) {
    server.register_user("bob");
    bob = server.login("bob");
  }

  static json::value body(const json::object& further = {}) {
    json::object body{{"name", "A week"},
                      {"conditionType", "CONSECUTIVE_LOGIN"},
                      {"conditionParams", {{"days", 1}}},
                      {"startAt", "2026-03-02T10:00:00Z"},
                      {"endAt", "2026-03-02T12:00:00Z"}};
    for (const auto& member : further) body.insert_or_assign(member.key(), member.value());
    return body;
  }
  std::string add(const json::object& further = {}) {
    const auto made = server.post("/api/events", body(further), admin);
    REQUIRE(made.status == 201);
    return "/api/events/" + made.text("/id");
  }
  int send(const std::string& method, const std::string& path) {
    return server.send(json_call(method, path, {}, admin)).status;
  }
  /// What the list says of the only event in it, which is what the event says of itself; empty for none.
  std::string member(const std::string& path, const std::string& pointer, const std::string& token) {
    const auto list = server.get("/api/events", token);
    const auto one = server.get(path, token);
    const bool is_listed = !list.at("/items").as_array().empty();
    CHECK(is_listed == (one.status == 200));
    if (!is_listed) return {};
    CHECK(list.text("/items/0" + pointer) == one.text(pointer));
    return one.text(pointer);
  }
  /// The same, asked twice: the second time it is remembered.
  std::string state(const std::string& path, const std::string& token) {
    const auto first = member(path, "/state", token);
    CHECK(member(path, "/state", token) == first);
    return first;
  }

 private:
  test::TempFolder folder_;
  test::DatabasePlace place_;

 public:
  testing::Server server;
  std::string admin, bob;
};

}  // namespace

TEST_CASE("an event that is changed, paused, deleted or restored is shown so at once, on each engine") {
  Site site{GENERATE(from_range(test::engines()))};
  CHECK(site.server.get("/api/events", site.bob).at("/items").as_array().empty());
  const auto path = site.add();
  CHECK(site.state(path, site.bob) == "SCHEDULED");
  const auto put = [&](const json::object& further) {
    REQUIRE(site.server.put(path, Site::body(further), site.admin).status == 200);
  };
  put({{"name", "Two weeks"}});
  CHECK(site.member(path, "/name", site.bob) == "Two weeks");
  put({{"isActive", false}});
  CHECK(site.state(path, site.bob) == "PAUSED");
  put({{"startAt", "2026-03-02T08:00:00Z"}});
  CHECK(site.state(path, site.bob) == "RUNNING");
  CHECK(site.send("DELETE", path) == 204);
  CHECK(site.state(path, site.bob).empty());
  CHECK(site.state(path, site.admin).empty());
  CHECK(site.server.get(path + "?includeDeleted=true", site.admin).status == 200);
  CHECK(site.server.get(path + "?includeDeleted=true", site.bob).status == 403);
  CHECK(site.server.get(path, site.bob).status == 404);
  CHECK(site.send("POST", path + "/restore") == 204);
  CHECK(site.state(path, site.bob) == "RUNNING");
  CHECK(site.server.put(path, Site::body({{"endAt", "2020-01-01T00:00:00Z"}}), site.admin).status == 400);
  CHECK(site.state(path, site.bob) == "RUNNING");
}

TEST_CASE("that somebody has progress does not make what is remembered of events old, but the first time") {
  Site site{Engine::sqlite};
  const auto path = site.add({{"startAt", "2026-03-02T09:30:00Z"}});
  site.server.advance(1h);
  const auto log_in = [&](const std::string& name) {
    site.server.register_user(name);
    (void)site.server.login(name);
    site.server.settle();
  };
  const auto reader = site.server.database().open_reader();
  std::optional<Footprint> footprint;
  const auto look = [&] {
    reader->run(
        [&](Snapshot& snapshot) {
          reader->begin_footprint();
          (void)snapshot.get<std::int64_t>("SELECT count(*) FROM event_events");
          footprint = reader->end_footprint();
        },
        0);
  };
  look();
  log_in("first");
  CHECK_FALSE(reader->is_unchanged(*footprint));
  look();
  log_in("second");
  CHECK(site.server.get(path + "/progress", site.server.login("second")).at("/progress").as_int64() == 1);
  CHECK(reader->is_unchanged(*footprint));
}

TEST_CASE("an event's state is that of the moment, on each engine") {
  Site site{GENERATE(from_range(test::engines()))};
  const auto path = site.add();
  const auto listed = [&](const std::string& state) {
    return site.server.get("/api/events?state=" + state, site.bob).at("/items").as_array().size();
  };
  CHECK(site.state(path, site.bob) == "SCHEDULED");
  CHECK(listed("RUNNING") == 0);
  site.server.advance(1h - 1ms);
  site.bob = site.server.login("bob");
  CHECK(site.state(path, site.bob) == "SCHEDULED");
  site.server.advance(1ms);
  CHECK(site.state(path, site.bob) == "RUNNING");
  CHECK(listed("RUNNING") == 1);
  CHECK(listed("ENDED") == 0);
  site.server.advance(2h - 1ms);
  site.bob = site.server.login("bob");
  CHECK(site.state(path, site.bob) == "RUNNING");
  site.server.advance(1ms);
  CHECK(site.state(path, site.bob) == "ENDED");
  CHECK(listed("RUNNING") == 0);
  CHECK(listed("ENDED") == 1);
}

TEST_CASE("a draft is remembered for staff only, on each engine") {
  Site site{GENERATE(from_range(test::engines()))};
  const auto path = site.add({{"isActive", false}});
  for (int i = 0; i < 2; ++i) {
    CHECK(site.state(path, site.admin) == "DRAFT");
    CHECK(site.state(path, site.bob).empty());
  }
  REQUIRE(site.server.put(path, Site::body({{"isActive", true}}), site.admin).status == 200);
  CHECK(site.state(path, site.bob) == "SCHEDULED");
}

TEST_CASE("an event that is removed for good is gone from what is remembered, on each engine") {
  Site site{GENERATE(from_range(test::engines()))};
  const auto path = site.add();
  CHECK(site.send("DELETE", path) == 204);
  const auto shown = [&] {
    return site.server.get("/api/events?includeDeleted=true", site.admin).at("/items").as_array().size();
  };
  CHECK(shown() == 1);
  site.server.advance(std::chrono::days{31});
  site.admin = site.server.login("admin");  // the nightly run comes by itself
  CHECK(test::eventually([&] { return shown() == 0; }));
}
