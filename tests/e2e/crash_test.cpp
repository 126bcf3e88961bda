// The real binary is killed at random moments under parallel writers, fifty times. Nothing acknowledged may be lost,
// nothing may be paid twice, and the invariants hold after every restart.
#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "support/live_server.hpp"

using namespace guerdon;
using namespace std::chrono_literals;
using test::LiveServer;

namespace {

constexpr int rounds = 50;
constexpr int writers = 6;
const std::string password = "correct horse battery staple";

json::value credentials(const std::string& name) { return {{"username", name}, {"password", password}}; }

/// What clients were told, over all rounds.
struct Acknowledged {
  std::mutex mutex;
  std::vector<std::pair<std::string, std::string>> users;  ///< name and id, registered
  std::vector<std::string> logged_in;                      ///< ids of users who will have met the condition
  std::vector<std::string> requests;                       ///< ids of reward requests
  std::atomic<int> answers{0};

  void add(std::vector<std::string>& list, std::string id) {
    const std::lock_guard lock{mutex};
    list.push_back(std::move(id));
  }
};

/// One user's way: register, log in, ask. Throws when the server is gone.
void play_user(testing::Client& client, const std::string& name, const std::string& event, Acknowledged& told) {
  const auto registered = client.send(testing::json_call(
      "POST", "/api/auth/register", {{"username", name}, {"email", name + "@example.com"}, {"password", password}}));
  if (registered.status != 201) throw std::runtime_error("not registered: " + registered.body);
  const auto id = registered.text("/id");
  {
    const std::lock_guard lock{told.mutex};
    told.users.emplace_back(name, id);
  }
  ++told.answers;

  const auto login = client.send(testing::json_call("POST", "/api/auth/login", credentials(name)));
  if (login.status != 200) throw std::runtime_error("not logged in: " + login.body);
  told.add(told.logged_in, id);
  ++told.answers;

  const auto asked = client.send(
      testing::json_call("POST", "/api/events/" + event + "/requests", json::object{}, login.text("/accessToken")));
  if (asked.status == 201)
    told.add(told.requests, asked.text("/id"));
  else if (asked.status == 409)
    told.add(told.requests, asked.text("/request/id"));
  else
    throw std::runtime_error("not asked: " + asked.body);
  ++told.answers;
}

/// Writers that go on until the server is killed under them.
class Writers {
 public:
  Writers(std::uint16_t port, int round, const std::string& event, Acknowledged& told) {
    for (int i = 0; i < writers; ++i)
      threads_.emplace_back([this, port, round, i, event, &told] {
        try {
          testing::Client client{port};
          for (int n = 0;; ++n)
            play_user(client, "r" + std::to_string(round) + "w" + std::to_string(i) + "n" + std::to_string(n), event,
                      told);
        } catch (const std::runtime_error& error) {
          const std::lock_guard lock{mutex_};
          ends_.insert(error.what());
        }
      });
  }
  /// How they ended; call it after the kill.
  std::set<std::string> join() {
    for (auto& thread : threads_) thread.join();
    return ends_;
  }

 private:
  std::mutex mutex_;
  std::set<std::string> ends_;
  std::vector<std::thread> threads_;
};

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

void check_nothing_lost(LiveServer& server, const std::string& admin, const Acknowledged& told, std::size_t users_from,
                        std::size_t requests_from) {
  for (std::size_t i = users_from; i < told.users.size(); ++i) {
    INFO("acknowledged user " << told.users[i].first);
    CHECK(server.post("/api/auth/login", credentials(told.users[i].first)).status == 200);
  }
  for (std::size_t i = requests_from; i < told.requests.size(); ++i) {
    INFO("acknowledged request " << told.requests[i]);
    CHECK(server.get("/api/events/requests/" + told.requests[i], admin).status == 200);
  }
}

void check_invariants(const test::TempFolder& folder) {
  auto arguments = test::settings_for(folder);
  arguments.emplace_back("verify");
  const auto verified = test::run_guerdon({.arguments = arguments});
  INFO(verified.out << verified.err);
  CHECK(verified.code == 0);
}

/// Until the background has caught up, at most a minute; then every user who logged in has the points exactly once.
void check_everybody_paid_once(LiveServer& server, const std::string& admin, const Acknowledged& told) {
  const auto points = [&](const std::string& user) {
    return server.get("/api/wallet?userId=" + user, admin).at("/points").to_number<int>();
  };
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  for (const auto& user : told.logged_in) {
    INFO("user " << user);
    while (points(user) == 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    CHECK(points(user) == 7);
  }
}

}  // namespace

TEST_CASE("killed fifty times under parallel writers, the server loses nothing it acknowledged and pays nobody twice") {
  const test::TempFolder folder;
  auto make_admin = test::settings_for(folder);
  for (const auto* word : {"admin", "create", "--username", "root", "--email", "root@example.com"})
    make_admin.emplace_back(word);
  REQUIRE(test::run_guerdon({.arguments = make_admin, .input = password + "\n"}).code == 0);

  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random{seed};  // NOLINT: printed when a check fails
  Acknowledged told;
  std::string event;
  std::size_t users_checked = 0, requests_checked = 0;
  for (int round = 0; round < rounds; ++round) {
    INFO("round " << round);
    LiveServer server{folder};
    const auto admin = log_in_admin(server);
    if (round == 0) event = create_event(server, admin);
    check_nothing_lost(server, admin, told, users_checked, requests_checked);
    users_checked = told.users.size();
    requests_checked = told.requests.size();
    check_invariants(folder);

    const int until = told.answers + 1 + static_cast<int>(random() % 60);
    Writers running{server.port, round, event, told};
    while (told.answers < until) std::this_thread::yield();
    server.process.signal(SIGKILL);
    server.process.wait();
    for (const auto& end : running.join()) {
      INFO(end);
      CHECK(end.rfind("not ", 0) != 0);
    }
  }

  LiveServer server{folder};
  const auto admin = log_in_admin(server);
  check_nothing_lost(server, admin, told, users_checked, requests_checked);
  check_everybody_paid_once(server, admin, told);
  check_invariants(folder);
  CHECK(told.users.size() > static_cast<std::size_t>(rounds));
}
