// The real binary is killed at random moments under parallel clients, fifty times. Nothing acknowledged may be lost,
// nothing refused may leave a trace, what got no answer has happened once after it was asked for again, nobody is paid
// twice, every row has its message, and the invariants hold after every restart.
#include <catch2/catch.hpp>
#include <csignal>
#include <random>

#include "crash_clients.hpp"
#include "guerdon/caller.hpp"
#include "reward/messages.hpp"
#include "support/live_server.hpp"
#include "support/raw_rows.hpp"

using namespace guerdon;
using namespace guerdon::crash;
using namespace std::chrono_literals;
using test::LiveServer;
using test::RawRows;

namespace {

constexpr int rounds = 50;
constexpr unsigned longest_delay_ms = 400;

/// A repeat must still be known as one when the machine is slow.
const std::vector<std::string> settings{"idempotency.window=1h"};

json::value credentials(const std::string& name) { return {{"username", name}, {"password", password}}; }

std::string log_in_admin(LiveServer& server) {
  const auto login = server.post("/api/auth/login", credentials("root"));
  REQUIRE(login.status == 200);
  return login.text("/accessToken");
}

std::string create_event(LiveServer& server, const std::string& admin) {
  const auto event = server.post("/api/events",
                                 {{"name", "One day"},
                                  {"conditionType", "CONSECUTIVE_LOGIN"},
                                  {"conditionParams", {{"days", 1}}},
                                  {"startAt", "2026-01-01T00:00:00Z"}},
                                 admin);
  REQUIRE(event.status == 201);
  const auto id = event.text("/id");
  const auto reward = server.post("/api/events/" + id + "/rewards",
                                  {{"type", "POINT"}, {"metadata", {{"amount", 7}}}, {"quantity", 1'000'000}}, admin);
  REQUIRE(reward.status == 201);
  return id;
}

/// What had no effect may be looked at anew: only answers that tell of one are kept.
bool is_kept(const Try& attempt) { return attempt.what == What::registers || attempt.what == What::asks; }

/// Each was done or not when the server died; after its repeat it is done, and a further repeat does nothing.
void repeat_unanswered(LiveServer& server, Told& told) {
  for (const auto& attempt : std::exchange(told.unanswered, {})) {
    INFO("unanswered: " << attempt.call.path << " of " << attempt.name);
    const auto answer = carry_out(server.client, attempt);
    told.note(attempt, answer);
    if (!is_kept(attempt)) continue;
    const auto again = carry_out(server.client, attempt);
    CHECK(again.header("idempotency-replayed") == "true");
    CHECK(again.status == answer.status);
    CHECK(again.body == answer.body);
  }
}

void check_nothing_lost(LiveServer& server, const std::string& admin, const Told& told, std::size_t users_from,
                        std::size_t requests_from) {
  for (std::size_t i = users_from; i < told.users.size(); ++i) {
    const auto& [name, id] = told.users[i];
    INFO("acknowledged user " << name);
    const auto login = server.post("/api/auth/login", credentials(name));
    REQUIRE(login.status == 200);
    CHECK(login.text("/user/id") == id);
  }
  for (std::size_t i = requests_from; i < told.requests.size(); ++i) {
    INFO("acknowledged request " << told.requests[i]);
    CHECK(server.get("/api/events/requests/" + told.requests[i], admin).status == 200);
  }
}

/// Refused calls have left neither rows nor messages.
void check_nothing_refused_is_left(const RawRows& rows) {
  const auto like = " LIKE '" + never + "%'";
  CHECK(rows.texts("SELECT username FROM auth_users WHERE username" + like + " OR email" + like).empty());
  CHECK(rows.texts("SELECT name FROM event_events").size() == 1);
  CHECK(rows.texts("SELECT payload FROM outbox WHERE payload LIKE '%" + never + "%'").empty());
}

/// What is in the tables was told exactly once, and nothing else was (I20).
void check_rows_and_messages_agree(const RawRows& rows) {
  const auto told = [&](const std::string& type, const std::string& members) {
    return rows.texts("SELECT " + members + " FROM outbox WHERE type = '" + type + "'");
  };
  const std::string request = "json_extract(payload, '$.requestId')", requests = "SELECT id FROM reward_requests";
  CHECK(rows.ids<UserId>("SELECT id FROM auth_users") == told("UserCreated", "json_extract(payload, '$.userId')"));
  CHECK(rows.ids<reward::RequestId>(requests) == told("RewardRequested", request));
  CHECK(rows.ids<reward::RequestId>(requests + " WHERE status = 'APPROVED'") == told("RewardRequestApproved", request));
  CHECK(rows.ids<reward::RequestId, reward::RewardId>("SELECT request_id, reward_id FROM reward_grants") ==
        told("RewardGranted", request + " || ' ' || json_extract(payload, '$.rewardId')"));
}

void check_data(const test::TempFolder& folder) {
  const RawRows rows{folder / "data/guerdon.db"};
  check_nothing_refused_is_left(rows);
  check_rows_and_messages_agree(rows);
  auto arguments = test::settings_for(folder, settings);
  arguments.emplace_back("verify");
  const auto verified = test::run_guerdon({.arguments = arguments});
  INFO(verified.out << verified.err);
  CHECK(verified.code == 0);
}

/// Until the background has caught up, at most two minutes; then every user who logged in has the points exactly once.
void check_everybody_paid_once(LiveServer& server, const std::string& admin, const Told& told) {
  const auto points = [&](const std::string& user) {
    return server.get("/api/wallet?userId=" + user, admin).at("/points").to_number<int>();
  };
  const auto deadline = std::chrono::steady_clock::now() + 2min;
  for (const auto& user : told.logged_in) {
    INFO("user " << user);
    while (points(user) == 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    CHECK(points(user) == 7);
  }
}

}  // namespace

TEST_CASE("killed fifty times under parallel clients, the server loses nothing, leaves nothing and pays nobody twice",
          "[long]") {
  const test::TempFolder folder;
  auto make_admin = test::settings_for(folder, settings);
  for (const auto* word : {"admin", "create", "--username", "root", "--email", "root@example.com"})
    make_admin.emplace_back(word);
  REQUIRE(test::run_guerdon({.arguments = make_admin, .input = password + "\n"}).code == 0);

  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random{seed};  // NOLINT: printed when a check fails
  Told told;
  std::string event;
  std::size_t users_checked = 0, requests_checked = 0, unanswered = 0;
  const auto check = [&](LiveServer& server) {
    const auto admin = log_in_admin(server);
    if (event.empty()) event = create_event(server, admin);
    unanswered += told.unanswered.size();
    repeat_unanswered(server, told);
    check_nothing_lost(server, admin, told, users_checked, requests_checked);
    users_checked = told.users.size();
    requests_checked = told.requests.size();
    check_data(folder);
    return admin;
  };
  for (int round = 0; round < rounds; ++round) {
    INFO("round " << round);
    LiveServer server{folder, settings};
    check(server);
    Clients running{server.port, "r" + std::to_string(round), event, told};
    const bool is_answered = running.wait_for_an_answer();
    running.wait_for_an_end(std::chrono::milliseconds{random() % longest_delay_ms});
    server.process.signal(SIGKILL);
    server.process.wait();
    for (const auto& end : running.join()) {
      INFO(end);
      CHECK(is_answered);
      CHECK(end.rfind("not ", 0) != 0);
    }
  }

  LiveServer server{folder, settings};
  const auto admin = check(server);
  check_everybody_paid_once(server, admin, told);
  check_data(folder);
  CHECK(told.users.size() >= static_cast<std::size_t>(rounds));
  CHECK(told.refused > 0);
  CHECK(unanswered > 0);
}
