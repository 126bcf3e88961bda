// The real binary is killed while accounts are being deleted, ten times. After the restart each deletion ends in one of
// two states, whoever got an answer has a deletion, and whoever has none is as they were.
#include <catch2/catch.hpp>
#include <csignal>
#include <random>

#include "crash_clients.hpp"
#include "support/eventually.hpp"
#include "support/live_server.hpp"

using namespace guerdon;
using namespace guerdon::crash;
using test::LiveServer;

namespace {

constexpr int rounds = 10, users_a_round = 12;

struct Leaver {
  std::string name, id, token;
  bool was_answered = false;
};

json::value credentials(const std::string& name) { return {{"username", name}, {"password", password}}; }

std::string log_in(LiveServer& server, const std::string& name) {
  const auto login = server.post("/api/auth/login", credentials(name));
  REQUIRE(login.status == 200);
  return login.text("/accessToken");
}

std::vector<Leaver> new_leavers(LiveServer& server, int round) {
  std::vector<Leaver> leavers;
  for (int i = 0; i < users_a_round; ++i) {
    Leaver one{.name = "r" + std::to_string(round) + "n" + std::to_string(i), .id = {}, .token = {}};
    const auto made = server.post(
        "/api/auth/register", {{"username", one.name}, {"email", one.name + "@example.com"}, {"password", password}});
    REQUIRE(made.status == 201);
    one.id = made.text("/id");
    one.token = log_in(server, one.name);
    leavers.push_back(std::move(one));
  }
  return leavers;
}

/// The server is killed once so many were answered; the next call tells that it is gone.
void delete_until_killed(LiveServer& server, std::vector<Leaver>& leavers, std::size_t answers) {
  try {
    for (std::size_t i = 0; i < leavers.size(); ++i) {
      if (i == answers) server.process.signal(SIGKILL);
      const auto answer = server.client.send(testing::json_call("DELETE", "/api/auth", {}, leavers[i].token));
      CHECK(answer.status == 202);
      leavers[i].was_answered = answer.status == 202;
    }
  } catch (const std::runtime_error&) {
    // Killed: what was asked last may have been done or not.
  }
  server.process.signal(SIGKILL);
  server.process.wait();
}

/// The state of the user's deletion once it has ended; empty where there is none.
std::string ended_state(LiveServer& server, const std::string& admin, const std::string& user) {
  std::string state;
  CHECK(test::eventually([&] {
    const auto items = server.get("/api/admin/sagas?userId=" + user, admin).at("/items").as_array();
    state = items.empty() ? "" : std::string{items.front().at("state").as_string()};
    return state != "RUNNING" && state != "COMPENSATING";
  }));
  return state;
}

void check_ended(LiveServer& server, const std::string& admin, const Leaver& one) {
  INFO(one.name);
  const auto state = ended_state(server, admin, one.id);
  if (one.was_answered) CHECK_FALSE(state.empty());
  const bool is_gone = state == "SUCCEEDED";
  CHECK((is_gone || state == "FAILED" || state.empty()));
  CHECK(server.get("/api/users/" + one.id, admin).text("/status") == (is_gone ? "DELETED" : "ACTIVE"));
  CHECK(server.post("/api/auth/login", credentials(one.name)).status == (is_gone ? 401 : 200));
}

void check_data(const test::TempFolder& folder) {
  auto arguments = test::settings_for(folder);
  arguments.emplace_back("verify");
  const auto verified = test::run_guerdon({.arguments = arguments});
  INFO(verified.out << verified.err);
  CHECK(verified.code == 0);
}

}  // namespace

TEST_CASE("killed ten times while accounts are deleted, the server ends each deletion whole or not at all", "[long]") {
  const test::TempFolder folder;
  auto make_admin = test::settings_for(folder);
  for (const auto* word : {"admin", "create", "--username", "root", "--email", "root@example.com"})
    make_admin.emplace_back(word);
  REQUIRE(test::run_guerdon({.arguments = make_admin, .input = password + "\n"}).code == 0);

  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random{seed};  // NOLINT: printed when a check fails
  std::vector<Leaver> leavers;
  for (int round = 0; round <= rounds; ++round) {
    INFO("round " << round);
    LiveServer server{folder};
    const auto admin = log_in(server, "root");
    for (const auto& one : leavers) check_ended(server, admin, one);
    check_data(folder);
    if (round == rounds) break;
    leavers = new_leavers(server, round);
    delete_until_killed(server, leavers, 1 + random() % users_a_round);
  }
}
