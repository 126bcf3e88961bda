// The real binary is killed while it replays hundreds of dead letters, three times. After the restart a second call
// goes on: each letter was replayed once, has had its effect, and none is left.
#include <catch2/catch.hpp>
#include <csignal>
#include <thread>

#include "bus/parking.hpp"
#include "crash_clients.hpp"
#include "guerdon/app.hpp"
#include "support/eventually.hpp"
#include "support/live_server.hpp"
#include "support/raw_rows.hpp"

using namespace guerdon;
using namespace guerdon::crash;
using test::LiveServer;
using test::RawRows;

namespace {

constexpr int rounds = 3, letters_a_round = 400;
constexpr std::size_t users = 20;
constexpr std::int64_t first_login = 1'767'225'600'000;  // one a millisecond from then on
const std::string replay_all = "/api/admin/dlq/replay?topic=user.login";

void stop(LiveServer& server) {
  server.process.signal(SIGTERM);
  REQUIRE(server.process.wait().code == 0);
}

std::string log_in_admin(LiveServer& server) {
  const auto login = server.post("/api/auth/login", {{"username", "root"}, {"password", password}});
  REQUIRE(login.status == 200);
  return login.text("/accessToken");
}

std::vector<std::string> register_users(LiveServer& server) {
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < users; ++i) {
    const auto name = "user" + std::to_string(i);
    const auto made = server.post("/api/auth/register",
                                  {{"username", name}, {"email", name + "@example.com"}, {"password", password}});
    REQUIRE(made.status == 201);
    ids.push_back(made.text("/id"));
  }
  return ids;
}

/// As if a consumer had given up log-ins, each at a moment of its own. Their positions are nobody else's.
void give_up(const test::TempFolder& folder, const std::vector<std::string>& ids, int round) {
  Config config = Config::defaults();
  config.database.url = *DatabaseUrl::parse("sqlite:" + (folder / "data/guerdon.db"));
  config.log.level = LogLevel::off;
  App app{config, {}};
  app.database()
      .write([&](Tx& tx) -> Result<void> {
        for (int i = 0; i < letters_a_round; ++i) {
          const int number = round * letters_a_round + i;
          const auto& user = ids[static_cast<std::size_t>(number) % ids.size()];
          bus::Parked parked;
          parked.delivery.position = 1'000'000 + number;
          parked.delivery.topic = "user.login";
          parked.delivery.key = user;
          parked.delivery.type = "UserLoggedIn";
          parked.delivery.payload = R"({"userId":")" + user +
                                    R"(","sessionId":"ses_01jd3q6p8hfvmt3e8zkx0v9c2b","loginTime":")" +
                                    to_rfc3339(Instant{std::chrono::milliseconds{first_login + number}}) + R"("})";
          parked.attempts = 8;
          parked.error = "a test";
          bus::add_dead_letter(tx, "progress.logins", parked);
        }
        return {};
      })
      .value();
}

std::int64_t number(const test::TempFolder& folder, const std::string& sql) {
  const RawRows rows{folder / "data/guerdon.db"};
  return std::stoll(rows.texts(sql).at(0));
}

/// Kills the server once some of the letters are replayed, as soon as that can be seen.
void replay_until_killed(LiveServer& server, const std::string& admin, const test::TempFolder& folder) {
  std::thread caller{[port = server.port, admin] {
    try {
      testing::Client client{port};
      static_cast<void>(client.send(testing::json_call("POST", replay_all, {}, admin)));
    } catch (const std::runtime_error&) {
      // Killed: what it was asked may have been done or not.
    }
  }};
  bool has_begun = false;
  try {
    has_begun = test::eventually([&] { return number(folder, "SELECT COUNT(*) FROM dead_letters") < letters_a_round; });
  } catch (const std::runtime_error& error) {
    UNSCOPED_INFO(error.what());
  }
  server.process.signal(SIGKILL);
  server.process.wait();
  caller.join();
  CHECK(has_begun);
}

void check_each_replayed_once(const test::TempFolder& folder, int letters) {
  const auto login = std::to_string(first_login);
  CHECK(number(folder, "SELECT COUNT(*) FROM dead_letters") == 0);
  CHECK(test::eventually([&] { return number(folder, "SELECT COUNT(*) FROM parked") == 0; }));
  CHECK(number(folder, "SELECT COUNT(*) FROM dead_letters") == 0);  // and none has died again
  CHECK(number(folder, "SELECT COUNT(*) FROM progress_logins WHERE at >= " + login + " AND at < " + login + " + " +
                           std::to_string(letters)) == letters);
  CHECK(number(folder,
               "SELECT SUM(json_extract(details, '$.count')) FROM audit_log WHERE action = 'dead-letters.replayed'") ==
        letters);
}

}  // namespace

TEST_CASE("killed while it replays hundreds of dead letters, the server goes on when it is asked again", "[long]") {
  const test::TempFolder folder;
  auto make_admin = test::settings_for(folder);
  for (const auto* word : {"admin", "create", "--username", "root", "--email", "root@example.com"})
    make_admin.emplace_back(word);
  REQUIRE(test::run_guerdon({.arguments = make_admin, .input = password + "\n"}).code == 0);
  std::vector<std::string> ids;
  {
    LiveServer server{folder};
    ids = register_users(server);
    stop(server);
  }
  int cut_off = 0;
  for (int round = 0; round < rounds; ++round) {
    INFO("round " << round);
    give_up(folder, ids, round);
    {
      LiveServer server{folder};
      replay_until_killed(server, log_in_admin(server), folder);
    }
    LiveServer server{folder};
    const auto admin = log_in_admin(server);
    const auto again = server.post(replay_all, {}, admin);
    INFO(again.body);
    REQUIRE(again.status == 202);
    CHECK(again.at("/hasMore") == false);
    if (again.at("/replayed").as_int64() > 0) ++cut_off;
    check_each_replayed_once(folder, (round + 1) * letters_a_round);
    stop(server);
  }
  CHECK(cut_off > 0);  // otherwise nothing was shown
}
