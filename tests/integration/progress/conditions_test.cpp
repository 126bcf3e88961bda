// Each kind of condition on rows: what counts as it arrives, what a rebuild finds, which events are touched at all.
#include <atomic>

#include "modules/progress/user_data.hpp"
#include "store/fault_injector.hpp"
#include "support/doings.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;

namespace {

constexpr auto morning = "2026-03-02T00:00:00Z";

class StatementCounter final : public store::FaultInjector {
 public:
  void before_statement(std::string_view) override { ++statements; }
  void before_commit() override {}
  std::atomic<int> statements{0};
};

/// Running events that activities of `quiz` with n = 7 don't concern, in one transaction.
void create_many(Doings& campaign, int count) {
  const auto create = [&](Tx& tx, const char* type, const json::value& params) {
    const json::object body{
        {"name", "One of many"}, {"conditionType", type}, {"conditionParams", params}, {"startAt", morning}};
    const auto request = decode<Decoded<event::EventRegisterRequest>>(body).value();
    return campaign.events.create(tx, Campaign::as(campaign.operator_id, {Role::operator_}), request).has_value();
  };
  REQUIRE(campaign.store
              ->write([&](Tx& tx) -> Result<bool> {
                bool made = true;
                for (int i = 0; i < count && made; i += 2)
                  made =
                      create(tx, "PURCHASE", {{"amount", 100}}) &&
                      create(tx, "ACTIVITY_COUNT", {{"activity", "quiz"}, {"count", 5}, {"where", {{"n", i + 100}}}});
                return made;
              })
              .value());
}

/// Statements that one activity costs.
int cost_of_counting(Doings& campaign, StatementCounter& counter, UserId user, const std::string& type,
                     const std::string& attributes) {
  const auto activity = campaign.post(user, type, campaign.store.clock.now(), attributes);
  const int before = counter.statements;
  campaign.count(activity);
  return counter.statements - before;
}

}  // namespace

TEST_CASE("purchases add up to the amount, and the condition is met once") {
  Doings campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create("PURCHASE", R"({"amount": 100})", morning);
  const auto user = campaign.new_user();
  campaign.act(user, "purchase", R"({"amount": 60})");
  CHECK(campaign.progress_of(event.id, user).progress == 60);
  CHECK_FALSE(campaign.progress_of(event.id, user).eligible);
  campaign.advance(1min);
  campaign.act(user, "level", R"({"level": 60})");
  campaign.act(user, "purchase", R"({"amount": 40})");
  CHECK(campaign.progress_of(event.id, user).progress == 100);
  CHECK(campaign.progress_of(event.id, user).eligible);
  campaign.advance(1min);
  campaign.act(user, "purchase", R"({"amount": 40})");
  CHECK(campaign.progress_of(event.id, user).progress == 100);
  CHECK(campaign.count_messages("ConditionMet") == 1);
}

TEST_CASE("an activity that is counted twice counts once, also after a rebuild has seen it") {
  Doings campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create("ACTIVITY_COUNT", R"({"activity": "quiz", "count": 5})", morning);
  const auto user = campaign.new_user();
  const auto first = campaign.post(user, "quiz", at("2026-03-02T10:00:00Z"));
  campaign.count(first);
  campaign.count(first);
  CHECK(campaign.progress_of(event.id, user).progress == 1);
  const auto second = campaign.post(user, "quiz", at("2026-03-02T11:00:00Z"));
  campaign.rebuild(event.id);
  CHECK(campaign.progress_of(event.id, user).progress == 2);
  campaign.count(second);
  campaign.count(first);
  CHECK(campaign.progress_of(event.id, user).progress == 2);
}

TEST_CASE("an activity that is heard of late counts at the time when it happened") {
  Doings campaign{GENERATE(from_range(engines()))};
  const auto user = campaign.new_user();
  const auto event = campaign.create("ACTIVITY_COUNT", R"({"activity": "quiz", "count": 5})", morning);
  campaign.act(user, "quiz");
  campaign.count(campaign.post(user, "quiz", at("2026-03-02T01:00:00Z")));
  campaign.count(campaign.post(user, "quiz", at("2026-03-01T23:59:59.999Z")));
  CHECK(campaign.progress_of(event.id, user).progress == 2);
}

TEST_CASE("every kind of condition finds in an event made later what was done before") {
  Doings campaign{GENERATE(from_range(engines()))};
  const auto user = campaign.new_user();
  campaign.log_in(user);
  const auto invitee = campaign.invited_by(user);
  campaign.count_signup(invitee);
  campaign.log_in(invitee);
  campaign.act(user, "purchase", R"({"amount": 70})");
  campaign.act(user, "level", R"({"level": 7})");
  campaign.act(user, "quiz", R"({"points": 3, "hard": true})");
  campaign.advance(24h);
  campaign.go_on(user);
  campaign.advance(1h);

  const auto found = [&](const std::string& type, const std::string& params) {
    const auto event = campaign.create(type, params, morning);
    campaign.rebuild(event.id);
    return campaign.progress_of(event.id, user).progress;
  };
  CHECK(found("CONSECUTIVE_LOGIN", R"({"days": 5})") == 1);
  CHECK(found("CONSECUTIVE_LOGIN", R"({"days": 5, "source": "SESSION"})") == 2);
  CHECK(found("LOGIN_COUNT", R"({"count": 5})") == 1);
  CHECK(found("INVITE_FRIENDS", R"({"count": 5})") == 1);
  CHECK(found("INVITE_FRIENDS", R"({"count": 5, "qualify": "SIGNUP"})") == 1);
  CHECK(found("ACTIVITY_COUNT", R"({"activity": "quiz", "count": 5, "where": {"hard": true}})") == 1);
  CHECK(found("ACTIVITY_COUNT", R"({"activity": "quiz", "count": 5, "where": {"hard": false}})") == 0);
  CHECK(found("ACTIVITY_SUM", R"({"activity": "quiz", "field": "points", "amount": 5})") == 3);
  CHECK(found("ACTIVITY_MAX", R"({"activity": "quiz", "field": "points", "amount": 5})") == 3);
  CHECK(found("PURCHASE", R"({"amount": 100})") == 70);
  CHECK(found("LEVEL_UP", R"({"level": 10})") == 7);
  constexpr auto parts = R"({"of": [{"conditionType": "PURCHASE", "conditionParams": {"amount": 50}},
                                    {"conditionType": "LEVEL_UP", "conditionParams": {"level": 8}}]})";
  CHECK(found("ALL", parts) == 1);
  CHECK(found("ANY", parts) == 1);
  CHECK(campaign.count_messages("ConditionMet") == 1);
}

TEST_CASE("a user who only has activities is found by a rebuild, and one who has other ones is not") {
  Doings campaign{GENERATE(from_range(engines()))};
  const auto buyer = campaign.new_user();
  const auto player = campaign.new_user();
  campaign.act(buyer, "purchase", R"({"amount": 70})");
  campaign.act(player, "quiz");
  const auto event = campaign.create("PURCHASE", R"({"amount": 100})", morning);
  campaign.rebuild(event.id);
  CHECK(campaign.progress_of(event.id, buyer).last_update);
  CHECK_FALSE(campaign.progress_of(event.id, player).last_update);
}

TEST_CASE("an invited friend counts with the first login, whichever is heard of first") {
  Doings campaign{GENERATE(from_range(engines()))};
  const auto by_login = campaign.create("INVITE_FRIENDS", R"({"count": 3})", morning);
  const auto by_signup = campaign.create("INVITE_FRIENDS", R"({"count": 3, "qualify": "SIGNUP"})", morning);
  const auto user = campaign.new_user();
  const auto friend_one = campaign.invited_by(user);
  campaign.count_signup(friend_one);
  CHECK(campaign.progress_of(by_login.id, user).progress == 0);
  CHECK(campaign.progress_of(by_signup.id, user).progress == 1);
  campaign.log_in(friend_one);
  campaign.advance(24h);
  campaign.log_in(friend_one);
  campaign.count_signup(friend_one);
  CHECK(campaign.progress_of(by_login.id, user).progress == 1);

  const auto friend_two = campaign.invited_by(user);
  campaign.log_in(friend_two);
  CHECK(campaign.progress_of(by_login.id, user).progress == 1);
  campaign.count_signup(friend_two);
  CHECK(campaign.progress_of(by_login.id, user).progress == 2);
  CHECK(campaign.progress_of(by_signup.id, user).progress == 2);

  const auto stranger = campaign.new_user();
  campaign.count_signup(stranger);
  campaign.log_in(stranger);
  CHECK(campaign.progress_of(by_login.id, user).progress == 2);
}

TEST_CASE("a friend who first logged in before the event does not count in it") {
  Doings campaign{GENERATE(from_range(engines()))};
  const auto user = campaign.new_user();
  const auto invitee = campaign.invited_by(user);
  campaign.count_signup(invitee);
  campaign.log_in(invitee);
  campaign.advance(24h);
  const auto event = campaign.create("INVITE_FRIENDS", R"({"count": 3})", "2026-03-03T00:00:00Z");
  campaign.log_in(invitee);
  campaign.rebuild(event.id);
  CHECK(campaign.progress_of(event.id, user).progress == 0);
}

TEST_CASE("a part of ANY that is met is enough, and the detail shows each part") {
  Doings campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create("ANY", R"({"of": [
      {"conditionType": "PURCHASE", "conditionParams": {"amount": 100}},
      {"conditionType": "CONSECUTIVE_LOGIN", "conditionParams": {"days": 2}}]})",
                                     morning);
  const auto user = campaign.new_user();
  campaign.log_in(user);
  campaign.act(user, "purchase", R"({"amount": 40})");
  auto view = campaign.progress_of(event.id, user);
  CHECK(view.progress == 0);
  REQUIRE(view.detail.parts);
  CHECK(view.detail.parts->at(0).progress == 40);
  CHECK(view.detail.parts->at(1).progress == 1);
  campaign.advance(24h);
  campaign.log_in(user);
  view = campaign.progress_of(event.id, user);
  CHECK(view.eligible);
  CHECK(view.detail.parts->at(1).eligible);
  CHECK_FALSE(view.detail.parts->at(0).eligible);
}

TEST_CASE("an activity costs the statements of the events that it concerns, however many others are running") {
  StatementCounter counter;
  store::DatabaseOptions options;
  options.faults = &counter;
  const auto engine = GENERATE(from_range(engines()));
  Doings campaign{engine, options};
  const auto user = campaign.new_user();
  for (int i = 0; i < 3; ++i) campaign.create("ACTIVITY_COUNT", R"({"activity": "quiz", "count": 50})", morning);
  campaign.act(user, "quiz", R"({"n": 7})");
  campaign.advance(1s);
  const int alone = cost_of_counting(campaign, counter, user, "quiz", R"({"n": 7})");
  CHECK(alone > 0);

  create_many(campaign, engine == Engine::sqlite ? 10'000 : 1'000);
  campaign.advance(1s);
  CHECK(cost_of_counting(campaign, counter, user, "quiz", R"({"n": 7})") == alone);
  campaign.advance(1s);
  CHECK(cost_of_counting(campaign, counter, user, "stroll", "{}") < alone);
}

TEST_CASE("an event that was refused is listened to by nobody") {
  Doings campaign{GENERATE(from_range(engines()))};
  const auto listening = [&] {
    return campaign.store->read([&](Snapshot& s) {
      return event::list_listening(s, {"activity:purchase"}, campaign.store.clock.now()).size();
    });
  };
  const auto event = campaign.create("PURCHASE", R"({"amount": 100})", morning);
  CHECK(listening() == 1);
  const auto undone = campaign.store->write([&](Tx& tx) -> Result<bool> {
    const auto request = decode<Decoded<event::EventRegisterRequest>>(json::object{{"name", "Another"},
                                                                                   {"conditionType", "PURCHASE"},
                                                                                   {"conditionParams", {{"amount", 5}}},
                                                                                   {"startAt", morning}});
    REQUIRE(campaign.events.create(tx, Campaign::as(campaign.operator_id, {Role::operator_}), request.value()));
    return Error{problems::unavailable, "undo it"};
  });
  CHECK_FALSE(undone);
  CHECK(listening() == 1);
  campaign.edit_event(event, R"({"conditionType": "LEVEL_UP", "conditionParams": {"level": 5}})");
  CHECK(listening() == 0);
}

TEST_CASE("a deletion hides activities, sessions and invitations, and its restoration brings back exactly those") {
  Doings campaign{GENERATE(from_range(engines()))};
  const auto spent = campaign.create("PURCHASE", R"({"amount": 100})", morning);
  const auto stayed = campaign.create("CONSECUTIVE_LOGIN", R"({"days": 5, "source": "SESSION"})", morning);
  const auto invited = campaign.create("INVITE_FRIENDS", R"({"count": 5, "qualify": "SIGNUP"})", morning);
  const auto user = campaign.new_user();
  campaign.act(user, "purchase", R"({"amount": 60})");
  campaign.go_on(user);
  campaign.count_signup(campaign.invited_by(user));
  const auto all = [&] {
    return std::vector{campaign.progress_of(spent.id, user).progress, campaign.progress_of(stayed.id, user).progress,
                       campaign.progress_of(invited.id, user).progress};
  };
  const auto rebuild = [&] {
    for (const auto& event : {spent, stayed, invited}) campaign.rebuild(event.id);
  };
  REQUIRE(all() == std::vector<std::int64_t>{60, 1, 1});

  Uuid mark;
  mark.bytes.fill(9);
  REQUIRE(campaign.store->write(
      [&](Tx& tx) -> Result<auth::RowCounts> { return progress::hide_user_facts(tx, user, mark); }));
  rebuild();
  CHECK(all() == std::vector<std::int64_t>{0, 0, 0});
  campaign.advance(1h);
  campaign.act(user, "purchase", R"({"amount": 5})");
  CHECK(campaign.progress_of(spent.id, user).progress == 5);

  const auto shown = campaign.store->write(
      [&](Tx& tx) -> Result<auth::RowCounts> { return progress::show_user_facts(tx, user, mark); });
  CHECK(shown.value().at("progress_activities") == 1);
  CHECK(shown.value().at("progress_sessions") == 1);
  CHECK(shown.value().at("progress_invitations") == 1);
  rebuild();
  CHECK(all() == std::vector<std::int64_t>{65, 1, 1});
}
