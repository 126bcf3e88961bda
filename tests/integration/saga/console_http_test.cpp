// Sagas as operators see them over HTTP: lists, one with its steps, and a stuck one that is made to try again.
#include <catch2/catch.hpp>

#include "guerdon/testing.hpp"
#include "support/result.hpp"

using namespace guerdon;
using namespace guerdon::testing;

namespace {

/// A server on which the last step of a deletion fails as long as a table has another name.
struct Site {
  Site() : admin(server.make_admin()) {}

  void execute(Sql sql) {
    REQUIRE(server.database().write([&](Tx& tx) -> Result<std::int64_t> { return tx.exec(sql); }));
  }
  void break_it() { execute("ALTER TABLE auth_platforms RENAME TO auth_platforms_away"); }
  void mend_it() { execute("ALTER TABLE auth_platforms_away RENAME TO auth_platforms"); }

  std::string remove(const std::string& name) {
    const auto answer = server.del("/api/users/" + server.register_user(name), admin);
    REQUIRE(answer.status == 202);
    server.settle();
    return answer.text("/sagaId");
  }
  Response saga(const std::string& id) { return server.get("/api/admin/sagas/" + id, admin); }
  Response retry(const std::string& id) { return server.post("/api/admin/sagas/" + id + "/retry", {}, admin); }
  std::vector<std::string> listed(const std::string& query) {
    const auto page = server.get("/api/admin/sagas" + query, admin);
    INFO(page.body);
    REQUIRE(page.status == 200);
    std::vector<std::string> ids;
    const auto items = page.at("/items");
    for (const auto& item : items.as_array()) ids.emplace_back(item.at("id").as_string());
    return ids;
  }

  Server server;
  std::string admin;
};

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("a saga shows every step with its attempts, times and errors, and a receipt once it has succeeded") {
  Site site;
  const auto id = site.remove("bob");
  const auto saga = site.saga(id);
  CHECK(saga.status == 200);
  CHECK(saga.text("/id") == id);
  CHECK(saga.text("/type") == "user-deletion");
  CHECK(saga.text("/state") == "SUCCEEDED");
  CHECK(saga.text("/userId").starts_with("usr_"));
  CHECK(saga.at("/nextAt").is_null());
  CHECK(saga.text("/finishedAt") == to_rfc3339(site.server.clock().now()));
  CHECK(saga.at("/receipt/auth_users") == 1);
  const auto steps = saga.at("/steps");
  Ids names;
  for (const auto& step : steps.as_array()) {
    names.emplace_back(step.at("name").as_string());
    CHECK(step.at("state") == "APPLIED");
    CHECK(step.at("attempts") == 1);
    CHECK(step.at("error").is_null());
    CHECK(step.at("startedAt").is_string());
    CHECK(step.at("finishedAt").is_string());
  }
  CHECK(names == Ids{"event-data", "progress", "rewards", "account"});
  CHECK(site.saga("sga_01jd3q6p8hfvmt3e8zkx0v9c2c").status == 404);
}

TEST_CASE("sagas are listed newest first, by state and by user, page by page") {
  Site site;
  const auto first = site.remove("ann");
  const auto second = site.remove("bob");
  site.break_it();
  const auto stuck = site.remove("cyd");
  CHECK(site.listed("") == Ids{stuck, second, first});
  CHECK(site.listed("?state=SUCCEEDED") == Ids{second, first});
  CHECK(site.listed("?state=RUNNING") == Ids{stuck});
  CHECK(site.listed("?state=FAILED").empty());
  const auto user = site.saga(second).text("/userId");
  CHECK(site.listed("?userId=" + user) == Ids{second});
  CHECK(site.listed("?state=RUNNING&userId=" + user).empty());
  const auto page = site.server.get("/api/admin/sagas?limit=2", site.admin);
  CHECK(page.at("/items").as_array().size() == 2);
  CHECK(site.listed("?limit=2&cursor=" + page.text("/nextCursor")) == Ids{first});
  CHECK(site.server.get("/api/admin/sagas?state=LOST", site.admin).status == 400);
}

TEST_CASE("a stuck saga says why, and goes on at once when an ADMIN has it tried again, which is in the audit log") {
  Site site;
  site.break_it();
  const auto id = site.remove("bob");
  const auto stuck = site.saga(id);
  CHECK(stuck.text("/state") == "RUNNING");
  CHECK(stuck.at("/steps/3/attempts") == 1);
  CHECK_FALSE(stuck.text("/steps/3/error").empty());
  CHECK(stuck.text("/nextAt") > to_rfc3339(site.server.clock().now()));

  CHECK(site.retry(id).status == 200);
  site.server.settle();
  CHECK(site.saga(id).at("/steps/3/attempts") == 2);
  site.mend_it();
  CHECK(site.saga(id).text("/state") == "RUNNING");
  const auto again = site.retry(id);
  CHECK(again.text("/nextAt") == to_rfc3339(site.server.clock().now()));
  site.server.settle();
  CHECK(site.saga(id).text("/state") == "SUCCEEDED");

  const auto late = site.retry(id);
  CHECK(late.status == 409);
  CHECK(late.text("/code") == "saga-ended");
  CHECK(site.retry("sga_01jd3q6p8hfvmt3e8zkx0v9c2c").status == 404);
  const auto audit = site.server.get("/api/admin/audit?action=saga.retried", site.admin);
  CHECK(audit.at("/items").as_array().size() == 2);
  CHECK(audit.text("/items/0/subjectId") == id);
}

TEST_CASE("a saga that used up its attempts is undone, and the user is who they were") {
  Site site;
  site.break_it();
  const auto id = site.remove("bob");
  for (int i = 0; i < 12 && site.saga(id).text("/state") == "RUNNING"; ++i) {
    site.server.advance(std::chrono::minutes{5});
    site.admin = site.server.login("admin");  // the token is no older than that
  }
  site.mend_it();
  const auto failed = site.saga(id);
  CHECK(failed.text("/state") == "FAILED");
  CHECK(failed.at("/steps/3/attempts") == 8);
  CHECK(failed.text("/steps/0/state") == "UNDONE");
  CHECK(failed.at("/receipt").as_object().empty());
  CHECK_FALSE(site.server.login("bob").empty());
}
