// What the parameters of each kind of condition may be, by pointers, and what they listen to.
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "modules/event/model.hpp"

using namespace guerdon;
using namespace guerdon::event;

namespace {

using Lines = std::vector<std::string>;

/// "pointer code" of each fault, in an event of seven days.
Lines faults_of(std::string_view type, const std::string& parameters) {
  const Period week{.start = parse_rfc3339("2026-03-01T00:00:00Z").value(),
                    .end = parse_rfc3339("2026-03-08T00:00:00Z"),
                    .zone = TimeZone{}};
  auto object = json::parse(parameters).as_object();
  Lines lines;
  for (const auto& fault : condition_faults(type, object, week)) lines.push_back(fault.where + " " + fault.code);
  return lines;
}

Lines topics_of(std::string_view type, const std::string& parameters) {
  return condition_topics(type, json::parse(parameters).as_object());
}

std::string nested(int levels, const std::string& leaf) {
  if (levels == 0) return leaf;
  return R"({"conditionType":"ALL","conditionParams":{"of":[)" + nested(levels - 1, leaf) + "]}}";
}

std::string of_many(int leaves) {
  std::string text = R"({"of":[)";
  for (int i = 0; i < leaves; ++i)
    text += std::string{i == 0 ? "" : ","} + R"({"conditionType":"PURCHASE","conditionParams":{"amount":5}})";
  return text + "]}";
}

}  // namespace

TEST_CASE("good parameters of every kind have no fault") {
  CHECK(faults_of("LOGIN_COUNT", R"({"count": 7})").empty());
  CHECK(faults_of("INVITE_FRIENDS", R"({"count": 3, "qualify": "SIGNUP"})").empty());
  CHECK(faults_of("ACTIVITY_COUNT", R"({"activity": "quiz.finished", "count": 3})").empty());
  CHECK(
      faults_of("ACTIVITY_COUNT", R"({"activity": "quiz", "count": 3, "where": {"hard": true, "level": 4}})").empty());
  CHECK(faults_of("ACTIVITY_SUM", R"({"activity": "run", "field": "metres", "amount": 9223372036854775807})").empty());
  CHECK(
      faults_of("ACTIVITY_MAX", R"({"activity": "jump", "field": "cm", "amount": 100, "where": {"a": "b"}})").empty());
  CHECK(faults_of("PURCHASE", R"({"amount": 5000})").empty());
  CHECK(faults_of("LEVEL_UP", R"({"level": 20})").empty());
  CHECK(faults_of("ANY", of_many(10)).empty());
}

TEST_CASE("a login count that the event's days can't hold is refused") {
  CHECK(faults_of("LOGIN_COUNT", R"({"count": 8})") == Lines{"/conditionParams/count too-large"});
}

TEST_CASE("amounts are integers above 0 that fit into 64 bits") {
  CHECK(faults_of("PURCHASE", R"({"amount": 0})") == Lines{"/conditionParams/amount too-small"});
  CHECK(faults_of("PURCHASE", R"({"amount": -5})") == Lines{"/conditionParams/amount too-small"});
  CHECK(faults_of("PURCHASE", R"({"amount": 9223372036854775808})") == Lines{"/conditionParams/amount too-large"});
  CHECK(faults_of("PURCHASE", R"({"amount": 5.5})") == Lines{"/conditionParams/amount wrong-type"});
  CHECK(faults_of("PURCHASE", R"({"amount": "5"})") == Lines{"/conditionParams/amount wrong-type"});
}

TEST_CASE("names and texts of where are bounded, and the fault names the attribute") {
  const auto where = [](const std::string& name, const std::string& text) {
    return faults_of("ACTIVITY_COUNT", R"({"activity": "quiz", "count": 1, "where": {")" + name + R"(": ")" + text +
                                           R"("}})");
  };
  CHECK(where(std::string(64, 'a'), std::string(200, 'x')).empty());
  CHECK(where(std::string(65, 'a'), "x") == Lines{"/conditionParams/where/" + std::string(65, 'a') + " too-long"});
  CHECK(where("a", std::string(201, 'x')) == Lines{"/conditionParams/where/a too-long"});
}

TEST_CASE("where compares with texts, integers and booleans only, and names the attribute that can't be compared") {
  const auto where = [](const std::string& object) {
    return faults_of("ACTIVITY_COUNT", R"({"activity": "quiz", "count": 1, "where": )" + object + "}");
  };
  CHECK(where(R"({"a": "x", "b": 1, "c": false})").empty());
  CHECK(where(R"({"a/b": [1], "c": 1.5, "d": null})") == Lines{"/conditionParams/where/a~1b wrong-type",
                                                               "/conditionParams/where/c wrong-type",
                                                               "/conditionParams/where/d wrong-type"});
  CHECK(where("{}") == Lines{"/conditionParams/where too-few"});
  CHECK(where(R"({"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1,"k":1})") ==
        Lines{"/conditionParams/where too-many"});
}

TEST_CASE("an activity's type is a word") {
  CHECK(faults_of("ACTIVITY_COUNT", R"({"activity": "quiz finished?", "count": 1})") ==
        Lines{"/conditionParams/activity bad-format"});
  CHECK(faults_of("ACTIVITY_COUNT", R"({"activity": "", "count": 1})") == Lines{"/conditionParams/activity too-short"});
}

TEST_CASE("a fault of a part is told where the part stands") {
  CHECK(faults_of("ALL", R"({"of": [{"conditionType": "PURCHASE", "conditionParams": {"amount": 1}},
                                    {"conditionType": "ANY", "conditionParams": {"of": [
                                      {"conditionType": "LOGIN_COUNT", "conditionParams": {"count": 0}},
                                      {"conditionType": "MOON_PHASE", "conditionParams": {}}]}}]})") ==
        Lines{"/conditionParams/of/1/conditionParams/of/0/conditionParams/count too-small",
              "/conditionParams/of/1/conditionParams/of/1/conditionType not-one-of"});
  CHECK(faults_of("ALL", R"({"of": []})") == Lines{"/conditionParams/of too-few"});
  CHECK(faults_of("ANY", of_many(11)) == Lines{"/conditionParams/of too-many"});
}

TEST_CASE("conditions are made of conditions two levels deep, and of ten in all") {
  const auto leaf = R"({"conditionType":"PURCHASE","conditionParams":{"amount":5}})";
  CHECK(faults_of("ALL", R"({"of":[)" + nested(1, leaf) + "]}").empty());
  CHECK(faults_of("ALL", R"({"of":[)" + nested(2, leaf) + "]}") == Lines{"/conditionParams/of too-deep"});
  const auto any = [](int leaves) { return R"({"conditionType":"ANY","conditionParams":)" + of_many(leaves) + "}"; };
  CHECK(faults_of("ALL", R"({"of":[)" + any(5) + "," + any(5) + "]}").empty());
  CHECK(faults_of("ALL", R"({"of":[)" + any(5) + "," + any(6) + "]}") == Lines{"/conditionParams/of too-many"});
}

TEST_CASE("parts come back complete with their defaults") {
  auto object =
      json::parse(R"({"of": [{"conditionType": "CONSECUTIVE_LOGIN", "conditionParams": {"days": 3}}]})").as_object();
  CHECK(condition_faults("ALL", object, {.start = {}, .end = {}, .zone = {}}).empty());
  CHECK(object.at("of").at(0).at("conditionParams") ==
        json::parse(R"({"days": 3, "freezeDays": 0, "source": "LOGIN"})"));
}

TEST_CASE("a condition listens to what it counts, as narrowly as it can say") {
  CHECK(topics_of("CONSECUTIVE_LOGIN", R"({"days": 3})") == Lines{"login"});
  CHECK(topics_of("CONSECUTIVE_LOGIN", R"({"days": 3, "source": "SESSION"})") == Lines{"login", "session"});
  CHECK(topics_of("LOGIN_COUNT", R"({"count": 3})") == Lines{"login"});
  CHECK(topics_of("INVITE_FRIENDS", R"({"count": 3})") == Lines{"invite.first-login"});
  CHECK(topics_of("INVITE_FRIENDS", R"({"count": 3, "qualify": "SIGNUP"})") == Lines{"invite.signup"});
  CHECK(topics_of("PURCHASE", R"({"amount": 3})") == Lines{"activity:purchase"});
  CHECK(topics_of("LEVEL_UP", R"({"level": 3})") == Lines{"activity:level"});
  CHECK(topics_of("ACTIVITY_COUNT", R"({"activity": "quiz", "count": 3, "where": {"b": 1, "a": "x"}})") ==
        Lines{R"(activity:quiz?a="x")"});
  CHECK(topics_of("ANY", R"({"of": [{"conditionType": "PURCHASE", "conditionParams": {"amount": 1}},
                                    {"conditionType": "PURCHASE", "conditionParams": {"amount": 2}},
                                    {"conditionType": "LOGIN_COUNT", "conditionParams": {"count": 2}}]})") ==
        Lines{"activity:purchase", "login"});
}
