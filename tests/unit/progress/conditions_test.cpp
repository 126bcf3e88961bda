// The rules of each kind of condition, pure: facts in, progress out.
#include "modules/progress/conditions/condition.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <limits>

#include "modules/event/model.hpp"
#include "modules/progress/conditions/rule.hpp"

using namespace guerdon;
using namespace guerdon::progress;

namespace {

Instant at(const char* text) { return parse_rfc3339(text).value(); }

Fact login(const char* when) { return {.key = {.at = at(when), .source = FactSource::login, .id = {}}}; }
Fact activity(const char* when, const char* id, const char* type, const char* attributes = "{}") {
  return {.key = {.at = at(when), .source = FactSource::activity, .id = id},
          .activity = type,
          .attributes = json::parse(attributes).as_object()};
}
Fact friend_of(FactSource source, const char* when, const char* id) {
  return {.key = {.at = at(when), .source = source, .id = id}};
}

std::unique_ptr<const Condition> condition(std::string_view kind, const char* parameters) {
  auto object = json::parse(parameters).as_object();
  REQUIRE(event::condition_faults(kind, object, {.start = {}, .end = {}, .zone = {}}).empty());
  return make_condition(kind, object);
}

struct Outcome {
  std::int64_t progress, required;
  bool met;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome outcome(const Condition& rule, const std::vector<Fact>& facts) {
  const auto tally = rule.fold({}, facts, TimeZone{});
  return {rule.progress(tally), rule.required(), tally.met_at.has_value()};
}

}  // namespace

TEST_CASE("every kind of condition that can be registered has a rule, and no rule is without one") {
  std::vector<std::string_view> ruled;
  for (const auto& rule : rules()) ruled.push_back(rule.kind);
  CHECK_THAT(ruled, Catch::UnorderedEquals(event::condition_types()));
}

TEST_CASE("LOGIN_COUNT counts different days, in a row or not") {
  const auto rule = condition("LOGIN_COUNT", R"({"count": 3})");
  CHECK(outcome(*rule, {}) == Outcome{0, 3, false});
  CHECK(outcome(*rule, {login("2026-03-01T08:00:00Z"), login("2026-03-01T09:00:00Z"), login("2026-03-05T08:00:00Z")}) ==
        Outcome{2, 3, false});
  CHECK(outcome(*rule, {login("2026-03-01T08:00:00Z"), login("2026-03-05T08:00:00Z"), login("2026-03-09T08:00:00Z"),
                        login("2026-03-10T08:00:00Z")}) == Outcome{3, 3, true});
}

TEST_CASE("ACTIVITY_COUNT counts the activities of its type whose attributes are equal") {
  const auto rule = condition("ACTIVITY_COUNT", R"({"activity": "quiz", "count": 2, "where": {"hard": true, "n": 4}})");
  const auto right = activity("2026-03-01T08:00:00Z", "a", "quiz", R"({"hard": true, "n": 4, "more": 1})");
  CHECK(rule->listens(right));
  CHECK_FALSE(rule->listens(activity("2026-03-01T08:00:00Z", "b", "quiz", R"({"hard": false, "n": 4})")));
  CHECK_FALSE(rule->listens(activity("2026-03-01T08:00:00Z", "c", "quiz", R"({"hard": true, "n": "4"})")));
  CHECK_FALSE(rule->listens(activity("2026-03-01T08:00:00Z", "d", "quiz", R"({"hard": true})")));
  CHECK_FALSE(rule->listens(activity("2026-03-01T08:00:00Z", "e", "exam", R"({"hard": true, "n": 4})")));
  CHECK_FALSE(rule->listens(login("2026-03-01T08:00:00Z")));
  CHECK(outcome(*rule, {right}) == Outcome{1, 2, false});
}

TEST_CASE("ACTIVITY_SUM adds integers above 0 and passes over everything else") {
  const auto rule = condition("ACTIVITY_SUM", R"({"activity": "run", "field": "metres", "amount": 1000})");
  CHECK(outcome(*rule, {activity("2026-03-01T08:00:00Z", "a", "run", R"({"metres": 400})"),
                        activity("2026-03-01T08:01:00Z", "b", "run", R"({"metres": -300})"),
                        activity("2026-03-01T08:02:00Z", "c", "run", R"({"metres": 2.5})"),
                        activity("2026-03-01T08:03:00Z", "d", "run", R"({"metres": "900"})"),
                        activity("2026-03-01T08:04:00Z", "e", "run"),
                        activity("2026-03-01T08:05:00Z", "f", "run", R"({"metres": 599})")}) ==
        Outcome{999, 1000, false});
}

TEST_CASE("a sum that int64 can't hold stays at the most there can be") {
  const auto rule =
      condition("ACTIVITY_SUM", R"({"activity": "run", "field": "metres", "amount": 9223372036854775807})");
  const auto huge = [](const char* when, const char* id) {
    return activity(when, id, "run", R"({"metres": 9223372036854775000})");
  };
  CHECK(outcome(*rule, {huge("2026-03-01T08:00:00Z", "a")}) ==
        Outcome{9223372036854775000, std::numeric_limits<std::int64_t>::max(), false});
  CHECK(outcome(*rule, {huge("2026-03-01T08:00:00Z", "a"), huge("2026-03-01T08:01:00Z", "b"),
                        huge("2026-03-01T08:02:00Z", "c")})
            .met);
}

TEST_CASE("ACTIVITY_MAX is the largest value, PURCHASE a sum and LEVEL_UP a maximum by another name") {
  const auto highest = condition("ACTIVITY_MAX", R"({"activity": "jump", "field": "cm", "amount": 200})");
  CHECK(outcome(*highest, {activity("2026-03-01T08:00:00Z", "a", "jump", R"({"cm": 150})"),
                           activity("2026-03-01T08:01:00Z", "b", "jump", R"({"cm": 120})")}) ==
        Outcome{150, 200, false});
  const auto purchase = condition("PURCHASE", R"({"amount": 500})");
  CHECK(outcome(*purchase, {activity("2026-03-01T08:00:00Z", "a", "purchase", R"({"amount": 200})"),
                            activity("2026-03-01T08:01:00Z", "b", "purchase", R"({"amount": 350})")}) ==
        Outcome{500, 500, true});
  const auto level = condition("LEVEL_UP", R"({"level": 10})");
  CHECK(outcome(*level, {activity("2026-03-01T08:00:00Z", "a", "level", R"({"level": 9})"),
                         activity("2026-03-01T08:01:00Z", "b", "level", R"({"level": 3})")}) == Outcome{9, 10, false});
}

TEST_CASE("INVITE_FRIENDS counts registrations or first log-ins, as it was asked to") {
  const auto by_login = condition("INVITE_FRIENDS", R"({"count": 2})");
  const auto by_signup = condition("INVITE_FRIENDS", R"({"count": 2, "qualify": "SIGNUP"})");
  const std::vector<Fact> facts{friend_of(FactSource::signup, "2026-03-01T08:00:00Z", "usr_a"),
                                friend_of(FactSource::signup, "2026-03-01T09:00:00Z", "usr_b"),
                                friend_of(FactSource::first_login, "2026-03-01T10:00:00Z", "usr_a")};
  CHECK(outcome(*by_login, facts) == Outcome{1, 2, false});
  CHECK(outcome(*by_signup, facts) == Outcome{2, 2, true});
}

TEST_CASE("a session that goes on counts as a day only where the event says so") {
  const auto logins = condition("CONSECUTIVE_LOGIN", R"({"days": 2})");
  const auto sessions = condition("CONSECUTIVE_LOGIN", R"({"days": 2, "source": "SESSION"})");
  const std::vector<Fact> facts{login("2026-03-01T08:00:00Z"),
                                {.key = {.at = at("2026-03-02T08:00:00Z"), .source = FactSource::session, .id = {}}}};
  CHECK(outcome(*logins, facts) == Outcome{1, 2, false});
  CHECK(outcome(*sessions, facts) == Outcome{2, 2, true});
}

TEST_CASE("ALL requires each part, ANY one, and both say how each stands") {
  constexpr auto parts = R"({"of": [{"conditionType": "PURCHASE", "conditionParams": {"amount": 100}},
                                    {"conditionType": "ANY", "conditionParams": {"of": [
                                      {"conditionType": "LEVEL_UP", "conditionParams": {"level": 5}},
                                      {"conditionType": "LOGIN_COUNT", "conditionParams": {"count": 2}}]}}]})";
  const auto all = condition("ALL", parts);
  const auto any = condition("ANY", parts);
  const std::vector<Fact> some{login("2026-03-01T07:00:00Z"),
                               activity("2026-03-01T08:00:00Z", "a", "purchase", R"({"amount": 40})"),
                               activity("2026-03-01T09:00:00Z", "b", "level", R"({"level": 6})")};
  CHECK(outcome(*all, some) == Outcome{1, 2, false});
  CHECK(outcome(*any, some) == Outcome{1, 1, true});

  auto more = some;
  more.push_back(activity("2026-03-01T10:00:00Z", "c", "purchase", R"({"amount": 60})"));
  CHECK(outcome(*all, more) == Outcome{2, 2, true});
  CHECK(all->fold({}, more, TimeZone{}).met_at == at("2026-03-01T10:00:00Z"));
  CHECK(any->fold({}, more, TimeZone{}).met_at == at("2026-03-01T09:00:00Z"));

  ProgressDetail detail;
  all->describe(all->fold({}, some, TimeZone{}), TimeZone{}, at("2026-03-01T12:00:00Z"), detail);
  CHECK(json::parse(to_json(detail)) == json::parse(R"({"parts": [
      {"conditionType": "PURCHASE", "progress": 40, "required": 100, "eligible": false},
      {"conditionType": "ANY", "progress": 1, "required": 1, "eligible": true, "parts": [
        {"conditionType": "LEVEL_UP", "progress": 5, "required": 5, "eligible": true},
        {"conditionType": "LOGIN_COUNT", "progress": 1, "required": 2, "eligible": false}]}]})"));
}

TEST_CASE("fact by fact is the same as all at once") {
  const auto rule = condition("ALL", R"({"of": [{"conditionType": "PURCHASE", "conditionParams": {"amount": 100}},
      {"conditionType": "CONSECUTIVE_LOGIN", "conditionParams": {"days": 2, "freezeDays": 1}}]})");
  const std::vector<Fact> facts{
      login("2026-03-01T07:00:00Z"), activity("2026-03-01T08:00:00Z", "a", "purchase", R"({"amount": 70})"),
      login("2026-03-03T07:00:00Z"), activity("2026-03-04T08:00:00Z", "b", "purchase", R"({"amount": 70})")};
  Tally stepped;
  for (const auto& fact : facts) stepped = rule->fold(stepped, {&fact, 1}, TimeZone{});
  CHECK(stepped == rule->fold({}, facts, TimeZone{}));
}

TEST_CASE("one more login never takes a run away, whenever it is heard of") {
  const auto rule = condition("CONSECUTIVE_LOGIN", R"({"days": 3, "freezeDays": 1})");
  const std::vector<Fact> few{login("2026-03-03T07:00:00Z"), login("2026-03-05T07:00:00Z"),
                              login("2026-03-06T07:00:00Z")};
  CHECK(outcome(*rule, few) == Outcome{3, 3, true});
  auto more = few;
  more.insert(more.begin(), login("2026-03-01T07:00:00Z"));
  CHECK(outcome(*rule, more) == Outcome{3, 3, true});
}
