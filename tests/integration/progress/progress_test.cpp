// Progress as rows: what a log-in changes, what a rebuild finds, on both engines.
#include <algorithm>
#include <random>

#include "modules/progress/counting.hpp"
#include "support/campaign.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;

TEST_CASE("progress grows by one a day and turns eligible on the last, once") {
  Campaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event();
  const auto user = campaign.new_user();
  for (int day = 1; day <= 3; ++day) {
    campaign.log_in(user);
    campaign.log_in(user);
    const auto progress = campaign.progress_of(event.id, user);
    CHECK(progress.progress == day);
    CHECK(progress.required == 3);
    CHECK(progress.eligible == (day == 3));
    CHECK(progress.detail.counted_today == true);
    CHECK(campaign.count_messages("ConditionMet") == (day == 3 ? 1 : 0));
    campaign.advance(24h);
  }
  campaign.advance(72h);
  campaign.log_in(user);
  CHECK(campaign.progress_of(event.id, user).eligible);
  CHECK(campaign.count_messages("ConditionMet") == 1);
}

TEST_CASE("a user who never logged in has no progress, and knows what is required") {
  Campaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(R"({"timeZone": "Asia/Seoul"})");
  const auto progress = campaign.progress_of(event.id, campaign.new_user());
  CHECK(progress.progress == 0);
  CHECK(progress.required == 3);
  CHECK_FALSE(progress.last_update);
  CHECK(progress.detail.counted_today == false);
  CHECK(progress.detail.next_reset_at == at("2026-03-02T15:00:00Z"));
}

TEST_CASE("this morning's log-in counts in an event that is created at noon and began this morning") {
  Campaign campaign{GENERATE(from_range(engines()))};
  const auto user = campaign.new_user();
  const auto stranger = campaign.new_user();
  campaign.log_in(user, at("2026-03-02T08:00:00Z"));
  campaign.log_in(stranger, at("2026-03-02T05:59:00Z"));
  const auto event = campaign.create_event(R"({"startAt": "2026-03-02T06:00:00Z"})");
  CHECK(campaign.progress_of(event.id, user).progress == 0);
  campaign.rebuild(event.id);
  CHECK(campaign.progress_of(event.id, user).progress == 1);
  CHECK(campaign.progress_of(event.id, stranger).progress == 0);
}

TEST_CASE("a rebuild works through more users than one pass takes, and finds those who met the condition") {
  Campaign campaign{GENERATE(from_range(engines()))};
  std::vector<UserId> users;
  for (int i = 0; i < 120; ++i) {
    users.push_back(campaign.new_user());
    for (int day = 0; day < 3; ++day) campaign.log_in(users.back(), at("2026-02-25T08:00:00Z") + day * 24h + i * 1s);
  }
  const auto event = campaign.create_event(R"({"startAt": "2026-02-25T00:00:00Z"})");
  campaign.rebuild(event.id);
  for (const auto user : users) CHECK(campaign.progress_of(event.id, user).eligible);
  CHECK(campaign.count_messages("ConditionMet") == 120);
  campaign.rebuild(event.id);
  CHECK(campaign.count_messages("ConditionMet") == 120);
}

TEST_CASE("log-ins outside the window or while the event is paused never count") {
  Campaign campaign{GENERATE(from_range(engines()))};
  const auto user = campaign.new_user();
  const auto event = campaign.create_event(R"({"startAt": "2026-03-02T12:00:00Z", "endAt": "2026-03-10T12:00:00Z"})");
  campaign.log_in(user, at("2026-03-02T11:59:59.999Z"));
  CHECK(campaign.progress_of(event.id, user).progress == 0);

  const auto set_active = [&](bool active) {
    json::object body{{"name", "A week"},
                      {"conditionType", "CONSECUTIVE_LOGIN"},
                      {"conditionParams", {{"days", 3}}},
                      {"startAt", "2026-03-02T12:00:00Z"},
                      {"endAt", "2026-03-10T12:00:00Z"},
                      {"isActive", active}};
    const auto request = decode<Decoded<event::EventRegisterRequest>>(body).value();
    REQUIRE(campaign.store->write([&](Tx& tx) {
      return campaign.events.update(tx, Campaign::as(campaign.operator_id, {Role::operator_}), event.id, request);
    }));
  };
  campaign.advance(1h);
  campaign.log_in(user);
  campaign.advance(1min);
  set_active(false);
  campaign.advance(24h);
  campaign.log_in(user);
  campaign.advance(1min);
  CHECK(campaign.progress_of(event.id, user).progress == 1);
  set_active(true);
  campaign.rebuild(event.id);
  CHECK(campaign.progress_of(event.id, user).progress == 1);
  campaign.advance(1h);
  campaign.log_in(user);
  CHECK(campaign.progress_of(event.id, user).progress == 2);
  campaign.log_in(user, at("2026-03-10T12:00:00Z"));
  CHECK(campaign.progress_of(event.id, user).progress == 2);
}

TEST_CASE("log-ins in any order, with repeats, end in the progress of the sorted ones") {
  Campaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(
      R"({"startAt": "2026-10-20T00:00:00Z", "timeZone": "America/New_York", "conditionParams": {"days": 6, "freezeDays": 1}})");
  std::mt19937 random{7};  // NOLINT: a fixed seed, so that a failure repeats
  for (int round = 0; round < 10; ++round) {
    std::vector<Instant> logins;
    for (int i = 0; i < 20; ++i)
      logins.push_back(at("2026-10-25T00:00:00Z") + std::chrono::minutes{static_cast<int>(random() % (14 * 24 * 60))});
    const auto user = campaign.new_user();
    const auto sorted_user = campaign.new_user();
    auto shuffled = logins;
    shuffled.insert(shuffled.end(), logins.begin(), logins.begin() + 5);
    std::shuffle(shuffled.begin(), shuffled.end(), random);
    std::sort(logins.begin(), logins.end());
    for (const auto when : shuffled) campaign.log_in(user, when);
    for (const auto when : logins) campaign.log_in(sorted_user, when);

    const auto progress = campaign.progress_of(event.id, user);
    const auto expected = campaign.progress_of(event.id, sorted_user);
    CHECK(progress.progress == expected.progress);
    CHECK(progress.eligible == expected.eligible);
    CHECK(progress.detail.best.value() == expected.detail.best.value());
  }
}

TEST_CASE("another user's progress is not there for a plain user, and is for staff") {
  Campaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event();
  const auto user = campaign.new_user();
  const auto other = campaign.new_user();
  campaign.log_in(user);
  const auto look = [&](const Caller& caller, std::optional<UserId> subject) {
    return campaign.store->read([&](Snapshot& s) {
      return campaign.progress.get_progress(s, caller, event.id, {.user_id = subject, .include_deleted = {}});
    });
  };
  CHECK(look(Campaign::as(other), user).error().problem == problems::not_found);
  CHECK(look(Campaign::as(user), user)->progress == 1);
  CHECK(look(Campaign::as(campaign.operator_id, {Role::auditor}), user)->progress == 1);
}
