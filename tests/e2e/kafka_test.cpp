// The real binary is killed while it relays and takes activities: everything that was committed reaches Kafka, in order
// per key, nothing else does, and each activity counts once.
#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <functional>
#include <random>
#include <thread>

#include "support/live_server.hpp"
#include "support/raw_rows.hpp"
#include "support/relay_site.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;

namespace {

const std::string password = "correct horse battery staple";
const std::vector<std::string> topics{"user.login", "auth.events.user", "auth.events.login"};
const std::string activities = "shop.activities";

std::vector<std::string> settings(const MockKafka& cluster, const std::string& group = "guerdon") {
  return hurried_settings(cluster, activities, group);
}

json::value registration(const std::string& name) {
  return {{"username", name}, {"email", name + "@example.com"}, {"password", password}};
}

/// Registers and logs in one user after another, until the server is gone.
class Users {
 public:
  Users(std::uint16_t port, std::string prefix)
      : thread_([this, port, prefix = std::move(prefix)] {
          try {
            testing::Client client{port};
            for (int i = 0;; ++i) {
              const auto name = prefix + "x" + std::to_string(i);
              client.send(testing::json_call("POST", "/api/auth/register", registration(name)));
              client.send(testing::json_call("POST", "/api/auth/login", {{"username", name}, {"password", password}}));
              ++done_;
            }
          } catch (const std::exception&) {
            is_over_ = true;  // the server was killed
          }
        }) {}
  ~Users() { thread_.join(); }
  Users(const Users&) = delete;
  Users& operator=(const Users&) = delete;

  /// False: it ended before.
  [[nodiscard]] bool wait_for(int count) {
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (done_ < count && !is_over_ && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(2ms);
    return done_ >= count;
  }

 private:
  std::atomic<int> done_{0};
  std::atomic<bool> is_over_{false};
  std::thread thread_;
};

std::size_t rows(const TempFolder& folder, const std::string& sql) {
  return RawRows{folder / "data/guerdon.db"}.texts(sql).size();
}

bool comes_true(const std::function<bool()>& is_so) {
  const auto deadline = std::chrono::steady_clock::now() + 90s;
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(20ms);
  }
  return true;
}

/// The data of a server that has stopped.
struct StoppedStore {
  explicit StoppedStore(const TempFolder& folder) {
    options.url = "sqlite:" + (folder / "data/guerdon.db");
    options.clock = &clock;
    options.ids = &ids;
    database = store::open_database(options);
  }

  SystemClock clock;
  std::unique_ptr<Random> random = system_random();
  IdSource ids{*random};
  store::DatabaseOptions options;
  std::unique_ptr<store::ManagedDatabase> database;
};

}  // namespace

TEST_CASE(
    "killed while it relays and takes activities, the server loses nothing, invents nothing and counts each once") {
  const TempFolder folder;
  MockKafka cluster{2};
  cluster.make_topic(activities, 2);
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random{seed};  // NOLINT: printed when a check fails
  std::string user;
  int sent = 0;
  for (int round = 0; round < 6; ++round) {
    INFO("round " << round);
    LiveServer server{folder, settings(cluster, "round" + std::to_string(round))};
    if (user.empty()) user = server.post("/api/auth/register", registration("mina")).text("/id");
    if (round % 2 == 1) server.process.wait_for_line(takes_activities);  // else it is killed before it has its group
    Users users{server.port, "r" + std::to_string(round)};
    // Without an id of its own, an activity that is taken twice counts twice.
    for (int i = 0; i < 40; ++i, ++sent)
      cluster.send(
          activities, "k" + std::to_string(i % 5),
          json::serialize(json::value{{"userId", user}, {"type", "purchase"}, {"attributes", {{"amount", 1}}}}));
    if (round == 3) cluster.down(1);
    CHECK(users.wait_for(static_cast<int>(5 + random() % 20)));
    server.process.signal(SIGKILL);
    server.process.wait();
    if (round == 3) cluster.up(1);
  }

  KafkaReader reader{cluster.brokers(), topics};
  {
    LiveServer server{folder, settings(cluster, "round5")};  // where the dead one is still a member, as after a crash
    const bool are_taken = comes_true(
        [&] { return rows(folder, "SELECT id FROM progress_activities") >= static_cast<std::size_t>(sent); });
    INFO(server.process.errors());
    CHECK(are_taken);
    const auto expected = rows(folder,
                               "SELECT position FROM outbox WHERE topic IN ('user.login', 'auth.events.user', "
                               "'auth.events.login')");
    CHECK(reader.read_until([&](const auto& records) { return ids_of(records).size() >= expected; }));
    server.process.signal(SIGTERM);
    CHECK(server.process.wait().code == 0);
  }
  CHECK(rows(folder, "SELECT id FROM progress_activities") == static_cast<std::size_t>(sent));
  const StoppedStore stopped{folder};
  check_delivered(*stopped.database, reader);
}

TEST_CASE("a server stops in time though no broker answers") {
  const TempFolder folder;
  MockKafka cluster;
  LiveServer server{folder, settings(cluster)};
  cluster.down();
  CHECK(server.post("/api/auth/register", registration("mina")).status == 201);
  server.process.signal(SIGTERM);
  CHECK(server.process.wait().code == 0);
}

TEST_CASE("settings that librdkafka refuses stop the start with one line, and passwords never show") {
  const TempFolder folder;
  const auto file = folder.write("g.json", R"({"kafka": {"brokers": "127.0.0.1:1", "saslUsername": "u",
      "saslPassword": "hunter2", "security": "sasl_plaintext", "properties": {"ssl.key.password": "hunter3"}}})");
  auto arguments = settings_for(folder, {R"(kafka.properties={"no.such.property":"1"})"});
  arguments.insert(arguments.begin(), {"--config", file});
  const auto refused = run_guerdon({.arguments = arguments});
  CHECK(refused.code == 78);
  CHECK(refused.err.find("no.such.property") != std::string::npos);
  CHECK(refused.err.find("hunter") == std::string::npos);

  auto shown = settings_for(folder, {"kafka.clientId=me"});
  shown.insert(shown.begin(), {"--config", file});
  shown.emplace_back("config");
  const auto config = run_guerdon({.arguments = shown});
  CHECK(config.code == 0);
  CHECK(config.out.find("hunter") == std::string::npos);

  auto secret = settings_for(folder, {R"(kafka.properties={"ssl.key.password":"hunter3"})"});
  const auto told = run_guerdon({.arguments = secret});
  CHECK(told.code == 78);
  CHECK(told.err.find("a secret on the command line") != std::string::npos);
}
