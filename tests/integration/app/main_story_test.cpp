// The main story over HTTP, through the embedded server, on each engine: a week of log-ins and its reward.
#include <catch2/catch.hpp>

#include "guerdon/testing.hpp"
#include "support/databases.hpp"
#include "support/temp_folder.hpp"

using namespace guerdon;
using namespace std::chrono_literals;

namespace {

struct Campaign {
  explicit Campaign(Engine engine) : place(engine), server(options()) {
    const auto admin = server.make_admin();
    const auto made = server.post("/api/events",
                                  {{"name", "A week with us"},
                                   {"conditionType", "CONSECUTIVE_LOGIN"},
                                   {"conditionParams", {{"days", 7}}},
                                   {"startAt", to_rfc3339(server.clock().now())}},
                                  admin);
    event = made.text("/id");
    const json::value reward{{"type", "POINT"}, {"metadata", {{"amount", 500}}}};
    if (server.post("/api/events/" + event + "/rewards", reward, admin).status != 201)
      throw std::runtime_error("the reward was refused");
  }

  testing::ServerOptions options() const {
    testing::ServerOptions result;
    result.data_folder = folder.path().string();
    result.configure = [this](Config& config) { config.database.url = *DatabaseUrl::parse(place.url()); };
    return result;
  }

  /// The progress after a log-in of today.
  std::int64_t log_in(const std::string& user) {
    token = server.login(user);
    server.settle();
    return server.get("/api/events/" + event + "/progress", token).at("/progress").as_int64();
  }

  test::TempFolder folder;
  test::DatabasePlace place;
  testing::Server server;
  std::string event, token;
};

}  // namespace

TEST_CASE("seven days in a row bring the reward without anybody's doing, on each engine") {
  Campaign campaign{GENERATE(from_range(test::engines()))};
  campaign.server.register_user("bob");
  for (std::int64_t day = 1; day <= 7; ++day) {
    CHECK(campaign.log_in("bob") == day);
    if (day < 7) campaign.server.advance(24h);
  }
  const auto requests = campaign.server.get("/api/events/requests", campaign.token);
  REQUIRE(requests.at("/items").as_array().size() == 1);
  CHECK(requests.text("/items/0/status") == "APPROVED");
  CHECK(campaign.server.get("/api/wallet", campaign.token).at("/points") == 500);
}

TEST_CASE("a missed day begins the week anew, on each engine") {
  Campaign campaign{GENERATE(from_range(test::engines()))};
  campaign.server.register_user("carol");
  CHECK(campaign.log_in("carol") == 1);
  campaign.server.advance(24h);
  CHECK(campaign.log_in("carol") == 2);
  campaign.server.advance(48h);
  CHECK(campaign.log_in("carol") == 1);
  CHECK(campaign.server.get("/api/wallet", campaign.token).at("/points") == 0);
}
