// The answer to "why did I not get it": each fact, its local day, whether it counted and why not.
#include "modules/progress/explanation.hpp"

#include "support/doings.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;

namespace {

using Lines = std::vector<std::string>;

Lines explained(Doings& campaign, event::EventId event, UserId user) {
  progress::ProgressQuery query;
  query.explain = true;
  const auto answer = campaign.store->read(
      [&](Snapshot& s) { return progress::get_explained(s, Campaign::as(user), campaign.progress, event, query); });
  REQUIRE(answer);
  REQUIRE(answer->explanation);
  Lines lines;
  for (const auto& fact : *answer->explanation)
    lines.push_back(to_text(fact.day) + ' ' + (fact.counted ? "counted" : std::string{wire_name(*fact.reason)}) + ' ' +
                    std::to_string(fact.progress));
  return lines;
}

}  // namespace

TEST_CASE("log-ins are explained by local day: counted, repeated, before the start, once met") {
  Doings campaign{GENERATE(from_range(engines()))};
  const auto user = campaign.new_user();
  const auto event = campaign.create_event(
      R"({"startAt": "2026-03-02T00:00:00Z", "timeZone": "Asia/Seoul", "conditionParams": {"days": 2}})");
  for (const auto* when : {"2026-03-01T10:00:00Z", "2026-03-02T13:00:00Z", "2026-03-02T14:59:00Z",
                           "2026-03-02T15:00:00Z", "2026-03-03T16:00:00Z"})
    campaign.log_in(user, at(when));
  CHECK(explained(campaign, event.id, user) == Lines{"2026-03-01 BEFORE_START 0", "2026-03-02 counted 1",
                                                     "2026-03-02 REPEAT 1", "2026-03-03 counted 2",
                                                     "2026-03-04 ALREADY_MET 2"});
}

TEST_CASE("an activity outside where, without an amount or after the end says so") {
  Doings campaign{GENERATE(from_range(engines()))};
  const auto user = campaign.new_user();
  const auto event = campaign.create_event(
      R"({"startAt": "2026-03-02T00:00:00Z", "endAt": "2026-03-02T12:00:00Z", "conditionType": "ACTIVITY_SUM",)"
      R"( "conditionParams": {"activity": "run", "field": "metres", "amount": 9, "where": {"hill": true}}})");
  const auto run = [&](const char* when, const char* attributes) {
    campaign.count(campaign.post(user, "run", at(when), attributes));
  };
  run("2026-03-02T08:00:00Z", R"({"hill": true, "metres": 4})");
  run("2026-03-02T09:00:00Z", R"({"hill": false, "metres": 4})");
  run("2026-03-02T10:00:00Z", R"({"hill": true, "metres": "4"})");
  run("2026-03-02T12:00:00Z", R"({"hill": true, "metres": 4})");
  CHECK(explained(campaign, event.id, user) ==
        Lines{"2026-03-02 counted 4", "2026-03-02 NO_MATCH 4", "2026-03-02 NO_MATCH 4", "2026-03-02 AFTER_END 4"});
}
