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
  REQUIRE(answer->explain);
  Lines lines;
  for (const auto& fact : *answer->explain) {
    CHECK(fact.counted == !fact.reason);
    lines.push_back(to_text(fact.day_key) + ' ' + fact.reason.value_or("counted") + ' ' +
                    std::to_string(fact.progress));
  }
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
  CHECK(explained(campaign, event.id, user) == Lines{"2026-03-01 before-start 0", "2026-03-02 counted 1",
                                                     "2026-03-02 repeat-day 1", "2026-03-03 counted 2",
                                                     "2026-03-04 late 2"});
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
        Lines{"2026-03-02 counted 4", "2026-03-02 not-matching 4", "2026-03-02 not-matching 4", "2026-03-02 after-end 4"});
}

TEST_CASE("what happened in a pause is explained as that") {
  Doings campaign{GENERATE(from_range(engines()))};
  const auto user = campaign.new_user();
  const auto event = campaign.create_event(R"({"startAt": "2026-03-02T00:00:00Z", "conditionParams": {"days": 2}})");
  campaign.edit_event(event, R"({"isActive": false})");
  campaign.advance(1h);
  campaign.log_in(user);
  campaign.advance(1h);
  campaign.edit_event(event, R"({"isActive": true})");
  campaign.advance(1h);
  campaign.log_in(user);
  CHECK(explained(campaign, event.id, user) == Lines{"2026-03-02 paused 0", "2026-03-02 counted 1"});
}

TEST_CASE("invited friends are explained: who has logged in, who has not yet, and who is oneself") {
  Doings campaign{GENERATE(from_range(engines()))};
  const auto inviter = campaign.new_user();
  const auto event = campaign.create("INVITE_FRIENDS", R"({"count": 5})", "2026-03-02T00:00:00Z");
  const auto came = campaign.invited_by(inviter), waits = campaign.invited_by(inviter),
             self = campaign.invited_by(inviter);
  const auto address = [&](UserId user, const char* email) {
    REQUIRE(campaign.store->write([&](Tx& tx) -> Result<bool> {
      return tx.exec("UPDATE auth_users SET email_key = $2 WHERE id = $1", user, std::string{email}) == 1;
    }));
  };
  address(inviter, "ann@example.com");
  address(self, "ann+again@example.com");
  for (const auto& friend_of : {came, waits, self}) {
    campaign.count_signup(friend_of);
    campaign.advance(1min);
  }
  campaign.log_in(came);
  campaign.log_in(self);
  CHECK(campaign.progress_of(event.id, inviter).progress == 1);
  CHECK(explained(campaign, event.id, inviter) ==
        Lines{"2026-03-02 not-qualified 0", "2026-03-02 self 0", "2026-03-02 counted 1"});
}

TEST_CASE("of a long story the newest 500 facts are explained") {
  Doings campaign{Engine::sqlite};
  const auto user = campaign.new_user();
  const auto event = campaign.create("ACTIVITY_COUNT", R"({"activity": "run", "count": 10000})", "2026-03-02T00:00:00Z");
  for (int i = 0; i < 502; ++i) campaign.count(campaign.post(user, "run", at("2026-03-02T08:00:00Z") + i * 1s));
  const auto lines = explained(campaign, event.id, user);
  REQUIRE(lines.size() == 500);
  CHECK(lines.front() == "2026-03-02 counted 3");
  CHECK(lines.back() == "2026-03-02 counted 502");
}
