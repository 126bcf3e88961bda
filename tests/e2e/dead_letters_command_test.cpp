// guerdon dlq as people use it: beside a running server, and on the store itself.
#include <catch2/catch.hpp>
#include <csignal>

#include "bus/parking.hpp"
#include "guerdon/app.hpp"
#include "runtime/exit_codes.hpp"
#include "support/live_server.hpp"

using namespace guerdon;
using test::Exit;
using test::LiveServer;

namespace {

Exit dlq(const test::TempFolder& folder, std::vector<std::string> words) {
  auto arguments = test::settings_for(folder);
  arguments.emplace_back("dlq");
  arguments.insert(arguments.end(), words.begin(), words.end());
  return test::run_guerdon({.arguments = arguments});
}

/// As if a consumer had given up a log-in of nobody, which it can handle now: two of them.
std::vector<std::string> give_up(const test::TempFolder& folder) {
  Config config = Config::defaults();
  config.database.url = *DatabaseUrl::parse("sqlite:" + (folder / "data/guerdon.db"));
  config.log.level = LogLevel::off;
  App app{config, {}};
  std::vector<std::string> ids;
  app.database()
      .write([&](Tx& tx) -> Result<void> {
        for (const std::int64_t position : {1, 2}) {
          bus::Parked parked;
          parked.delivery.position = position;
          parked.delivery.topic = "user.login";
          parked.delivery.key = "usr_01jd3q6p8hfvmt3e8zkx0v9c2a";
          parked.delivery.type = "UserLoggedIn";
          parked.delivery.payload =
              R"({"userId":"usr_01jd3q6p8hfvmt3e8zkx0v9c2a","sessionId":"ses_01jd3q6p8hfvmt3e8zkx0v9c2b",)"
              R"("loginTime":"2026-11-20T10:15:30.123Z"})";
          parked.attempts = 8;
          parked.error = "a test";
          bus::add_dead_letter(tx, "progress.logins", parked);
        }
        for (const auto id : tx.list<bus::DeadLetterId>("SELECT id FROM dead_letters ORDER BY id"))
          ids.push_back(id.to_string());
        return {};
      })
      .value();
  return ids;
}

bool says(const Exit& exit, const std::string& text) {
  INFO(exit.out << exit.err);
  return (exit.out + exit.err).find(text) != std::string::npos;
}

/// A server has been there, so that its consumers have their places.
void run_once(const test::TempFolder& folder) {
  LiveServer server{folder};
  server.process.signal(SIGTERM);
  REQUIRE(server.process.wait().code == 0);
}

}  // namespace

TEST_CASE("dead letters are looked after while no server runs") {
  const test::TempFolder folder;
  run_once(folder);
  const auto ids = give_up(folder);
  const auto listed = dlq(folder, {"list"});
  CHECK(listed.code == exit_ok);
  CHECK(says(listed, ids[0]));
  CHECK(says(listed, "2 dead letters"));
  CHECK(says(dlq(folder, {"list", "--topic", "no.such"}), "0 dead letters"));
  CHECK(dlq(folder, {"replay", ids[0]}).code == exit_ok);
  CHECK(dlq(folder, {"replay", ids[0]}).code == exit_failed);
  CHECK(dlq(folder, {"discard", ids[1], "--reason", "a test"}).code == exit_ok);
  LiveServer server{folder};
  CHECK(says(dlq(folder, {"list"}), "0 dead letters"));
}

TEST_CASE("dead letters are looked after through a running server") {
  const test::TempFolder folder;
  run_once(folder);
  const auto ids = give_up(folder);
  LiveServer server{folder};
  CHECK(says(dlq(folder, {"list", "--consumer", "progress.logins"}), "2 dead letters"));
  CHECK(dlq(folder, {"discard", ids[0], "--reason", "a test"}).code == exit_ok);
  const auto replayed = dlq(folder, {"replay", "--topic", "user.login"});
  CHECK(replayed.code == exit_ok);
  CHECK(says(replayed, "replayed 1"));
  CHECK(says(dlq(folder, {"list"}), "0 dead letters"));
}

TEST_CASE("a dead letter is shown whole, while a server runs and while none does") {
  const test::TempFolder folder;
  run_once(folder);
  const auto ids = give_up(folder);
  const auto alone = dlq(folder, {"show", ids[0]});
  CHECK(alone.code == exit_ok);
  CHECK(says(alone, "id:           " + ids[0] + "\n"));
  CHECK(says(alone, "consumer:     progress.logins\n"));
  CHECK(says(alone, "attempts:     8\n"));
  CHECK(says(alone, "error:        a test\n"));
  CHECK(says(alone, "position:     1 in partition 0\n"));
  CHECK(says(alone, "payload:\n  userId: \"usr_01jd3q6p8hfvmt3e8zkx0v9c2a\"\n"));
  CHECK(says(alone, "\n  loginTime: \"2026-11-20T10:15:30.123Z\"\n"));
  LiveServer server{folder};
  const auto beside = dlq(folder, {"show", ids[0]});
  CHECK(beside.code == exit_ok);
  CHECK(beside.out == alone.out);
  CHECK(dlq(folder, {"discard", ids[0], "--reason", "a test"}).code == exit_ok);
  CHECK(dlq(folder, {"show", ids[0]}).code == exit_failed);
}

TEST_CASE("a dlq command that does not say which is refused with one line") {
  const test::TempFolder folder;
  run_once(folder);
  CHECK(dlq(folder, {}).code == exit_usage);
  CHECK(dlq(folder, {"show"}).code == exit_usage);
  CHECK(dlq(folder, {"show", "nonsense"}).code == exit_usage);
  CHECK(dlq(folder, {"replay"}).code == exit_usage);
  CHECK(dlq(folder, {"discard", "dlq_01jd3q6p8hfvmt3e8zkx0v9c2a"}).code == exit_usage);
  CHECK(dlq(folder, {"replay", "nonsense"}).code == exit_usage);
  CHECK(dlq(folder, {"replay", "dlq_01jd3q6p8hfvmt3e8zkx0v9c2a", "--topic", "user.login"}).code == exit_usage);
  CHECK(dlq(folder, {"replay", "dlq_01jd3q6p8hfvmt3e8zkx0v9c2a"}).code == exit_failed);
}
