// What was deleted, a reward or its whole event, is there for AUDITOR and ADMIN who ask for it, and for nobody else.
#include "integration/reward/site.hpp"

using namespace guerdon;
using namespace guerdon::test;

namespace {

std::size_t listed(RewardSite& site, const std::string& path, const std::string& token) {
  const auto answer = site.server.get(path, token);
  return answer.status == 200 ? answer.at("/items").as_array().size() : 0;
}

}  // namespace

TEST_CASE("a deleted reward is shown to AUDITOR and ADMIN with includeDeleted, with the time of its deletion") {
  RewardSite site{GENERATE(from_range(engines()))};
  const auto event = site.new_event();
  const json::value body{{"type", "COUPON"}, {"metadata", {{"code", "SECRET-CODE-1"}}}};
  const auto gone = site.new_reward(event, body);
  const auto kept = site.new_reward(event, {{"type", "POINT"}, {"metadata", {{"amount", 5}}}});
  REQUIRE(site.server.del(gone, site.operator_).status == 204);
  const auto user = site.new_user("ulla");

  const auto all = event + "/rewards?includeDeleted=true";
  for (const auto& token : {site.auditor, site.admin}) {
    CHECK(site.server.get(gone, token).status == 404);
    const auto shown = site.server.get(gone + "?includeDeleted=true", token);
    REQUIRE(shown.status == 200);
    CHECK(shown.text("/deletedAt") == to_rfc3339(site.server.clock().now()));
    CHECK(shown.text("/metadata/code") == "****DE-1");
    CHECK(listed(site, all, token) == 2);
    CHECK(listed(site, all + "&type=POINT", token) == 1);
    CHECK(listed(site, event + "/rewards", token) == 1);
    const auto alive = site.server.get(kept + "?includeDeleted=true", token);
    CHECK(alive.status == 200);
    CHECK(alive.body.find("deletedAt") == std::string::npos);
  }
  for (const auto& token : {site.operator_, user}) {
    CHECK(site.server.get(gone + "?includeDeleted=true", token).status == 403);
    CHECK(site.server.get(all, token).status == 403);
    CHECK(site.server.get(event + "/rewards?includeDeleted=false", token).status == 200);
  }
}

TEST_CASE("the rewards of a deleted event are shown to AUDITOR and ADMIN with includeDeleted alone") {
  RewardSite site{GENERATE(from_range(engines()))};
  const auto event = site.new_event();
  const auto reward = site.new_reward(event, {{"type", "POINT"}, {"metadata", {{"amount", 5}}}});
  REQUIRE(site.server.del(event, site.operator_).status == 204);
  for (const auto& token : {site.auditor, site.admin}) {
    CHECK(site.server.get(reward, token).status == 404);
    CHECK(site.server.get(event + "/rewards", token).status == 404);
    CHECK(site.server.get(reward + "?includeDeleted=true", token).status == 200);
    CHECK(listed(site, event + "/rewards?includeDeleted=true", token) == 1);
  }
}
