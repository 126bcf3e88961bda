// Many people after few rewards at the same time, over HTTP with a connection and a thread each, on both engines.
#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "integration/reward/site.hpp"

using namespace guerdon;
using namespace guerdon::test;

namespace {

/// "201 APPROVED" or "409 code" of an answer.
std::string outcome_of(const testing::Response& answer) {
  return std::to_string(answer.status) + " " + answer.text(answer.status == 201 ? "/status" : "/code");
}

struct Race {
  explicit Race(Engine engine) : site(engine), event(site.new_event()) {}

  /// Users who have met the condition while there was nothing to be had.
  void gather(int count) {
    for (int i = 0; i < count; ++i) tokens.push_back(site.new_user("user" + std::to_string(i)));
    site.server.settle();
  }

  /// All ask, sixteen at a time; how often each outcome occurred. What approval answered is kept by user.
  std::map<std::string, int> run() {
    std::vector<std::string> outcomes(tokens.size());
    answers.assign(tokens.size(), {});
    std::atomic<std::size_t> next{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 16; ++t)
      threads.emplace_back([&] {
        testing::Client client{site.server.port()};
        for (auto i = next++; i < tokens.size(); i = next++) {
          answers[i] = client.send(testing::json_call("POST", event + "/requests", {}, tokens[i]));
          outcomes[i] = outcome_of(answers[i]);
        }
      });
    for (auto& thread : threads) thread.join();
    std::map<std::string, int> counted;
    for (const auto& outcome : outcomes) ++counted[outcome];
    return counted;
  }

  void verify() {
    std::string lines;
    const int code = site.server.app().command("verify", {}, [&](std::string_view line) {
      lines.append(line).append("\n");
      return true;
    });
    INFO(lines);
    CHECK(code == 0);
  }

  RewardSite site;
  std::string event;
  std::vector<std::string> tokens;
  std::vector<testing::Response> answers;
};

using Outcomes = std::map<std::string, int>;

}  // namespace

TEST_CASE("of 300 claimants on a pool of 100 codes, 100 get a code of their own and 200 are refused") {
  Race race{GENERATE(from_range(engines()))};
  auto& server = race.site.server;
  race.gather(300);
  json::object body{{"type", "COUPON"}, {"metadata", json::object{}}, {"quantity", 0}};
  const auto pool = race.site.new_reward(race.event, body);
  json::array codes;
  for (int i = 0; i < 100; ++i) codes.emplace_back("COUPON-" + std::to_string(1000 + i));
  REQUIRE(server.post(pool + "/codes", {{"codes", codes}}, race.site.operator_).at("/added") == 100);
  server.settle();
  body["quantity"] = 100;
  REQUIRE(server.put(pool, body, race.site.operator_).at("/remaining") == 100);

  CHECK(race.run() == Outcomes{{"201 APPROVED", 100}, {"409 rewards-exhausted", 200}});
  std::set<std::string> given;
  for (std::size_t i = 0; i < race.tokens.size(); ++i) {
    const auto coupons = server.get("/api/wallet", race.tokens[i]).at("/coupons");
    REQUIRE(coupons.as_array().size() == (race.answers[i].status == 201 ? 1U : 0U));
    if (race.answers[i].status != 201) continue;
    const auto code = race.answers[i].text("/grants/0/metadata/code");
    CHECK(coupons.at(0).at("code") == json::string(code));
    given.insert(code);
  }
  CHECK(given.size() == 100);
  const auto after = server.get(pool, race.site.admin);
  CHECK(after.at("/granted") == 100);
  CHECK(after.at("/remaining") == 0);
  race.verify();
}

TEST_CASE("of 500 eligible users on a stock of 10, exactly 10 are approved and 490 refused") {
  Race race{GENERATE(from_range(engines()))};
  auto& server = race.site.server;
  race.gather(500);
  json::object reward{{"type", "POINT"}, {"metadata", {{"amount", 5}}}, {"quantity", 0}};
  const auto path = race.site.new_reward(race.event, reward);
  server.settle();
  reward["quantity"] = 10;
  REQUIRE(server.put(path, reward, race.site.operator_).at("/remaining") == 10);

  CHECK(race.run() == Outcomes{{"201 APPROVED", 10}, {"409 rewards-exhausted", 490}});
  const auto after = server.get(path, race.site.admin);
  CHECK(after.at("/granted") == 10);
  CHECK(after.at("/remaining") == 0);
  int paid = 0;
  for (const auto& token : race.tokens)
    if (server.get("/api/wallet", token).at("/points") == 5) ++paid;
  CHECK(paid == 10);
  race.verify();
}
