// A server from start to stop as its supervisor sees it: signals, drain, restart.
#include <sqlite3.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <thread>

#include "support/live_server.hpp"

using namespace guerdon;
using test::LiveServer;

namespace {

const std::string password = "correct horse battery staple";

json::value registration(const std::string& name) {
  return {{"username", name}, {"email", name + "@example.com"}, {"password", password}};
}

json::value credentials(const std::string& name) { return {{"username", name}, {"password", password}}; }

// Registers one user after another until the server is gone.
class Writer {
 public:
  Writer(std::uint16_t port, int number) : thread_([this, port, number] { write(port, number); }) {}
  void join() { thread_.join(); }

  std::atomic<int> answered{0};
  std::vector<std::string> acknowledged;  // once joined
  std::string unanswered;                 // the last one, if any

 private:
  void write(std::uint16_t port, int number) {
    try {
      testing::Client client{port};
      for (int i = 0;; ++i) {
        unanswered = "w" + std::to_string(number) + "x" + std::to_string(i);
        const auto answer = client.send(testing::json_call("POST", "/api/auth/register", registration(unanswered)));
        if (answer.status == 201) acknowledged.push_back(unanswered);
        // Anything but 503 has been decided and told; a 503 promises that nothing was done.
        if (answer.status != 503) unanswered.clear();
        ++answered;
      }
    } catch (const std::runtime_error&) {
      // The server closed the connection. `unanswered` was sent and got no answer.
    }
  }

  std::thread thread_;
};

}  // namespace

TEST_CASE("SIGTERM under load ends the server with 0, and nothing is done that was not answered") {
  const test::TempFolder folder;
  std::vector<std::unique_ptr<Writer>> writers;
  {
    LiveServer server{folder};
    for (int i = 0; i < 8; ++i) writers.push_back(std::make_unique<Writer>(server.port, i));
    for (const auto& writer : writers) {
      while (writer->answered < 5) std::this_thread::yield();
    }
    server.process.signal(SIGTERM);
    const auto exit = server.process.wait();
    INFO(exit.err);
    CHECK(exit.code == 0);
  }
  for (const auto& writer : writers) writer->join();
  LiveServer again{folder};
  CHECK(again.process.errors().find("did not end") == std::string::npos);
  for (const auto& writer : writers) {
    INFO(writer->acknowledged.size() << " acknowledged, unanswered: " << writer->unanswered);
    CHECK(again.post("/api/auth/login", credentials(writer->acknowledged.back())).status == 200);
    if (!writer->unanswered.empty())
      CHECK(again.post("/api/auth/login", credentials(writer->unanswered)).status == 401);
  }
}

TEST_CASE("a second signal ends a draining server at once, with a line that says so") {
  const test::TempFolder folder;
  LiveServer server{folder};
  // Whoever holds the file's write lock keeps the server from coming to its end.
  sqlite3* raw = nullptr;
  REQUIRE(sqlite3_open((folder / "data/guerdon.db").c_str(), &raw) == SQLITE_OK);
  REQUIRE(sqlite3_exec(raw, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  server.process.signal(SIGTERM);
  server.process.wait_for_line("draining");
  // What comes in the first moment is the same request; so ask again until it is taken for a second one.
  while (!server.process.has_ended(std::chrono::milliseconds{100})) server.process.signal(SIGTERM);
  const auto exit = server.process.wait();
  sqlite3_close(raw);
  CHECK(exit.code == 128 + SIGTERM);
  CHECK(exit.err.find("second signal") != std::string::npos);
}

TEST_CASE("a server whose store hangs ends itself with 70, for its supervisor to start it anew") {
  const test::TempFolder folder;
  LiveServer server{folder, {"database.watchdog=1s"}};
  sqlite3* raw = nullptr;
  REQUIRE(sqlite3_open((folder / "data/guerdon.db").c_str(), &raw) == SQLITE_OK);
  REQUIRE(sqlite3_exec(raw, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  Writer writer{server.port, 0};
  const auto exit = server.process.wait();
  sqlite3_close(raw);
  writer.join();
  CHECK(exit.code == 70);
  CHECK(exit.err.find("the store made no progress for 1s") != std::string::npos);
  CHECK(writer.acknowledged.empty());
}

TEST_CASE("SIGINT stops a server too") {
  const test::TempFolder folder;
  LiveServer server{folder};
  server.process.signal(SIGINT);
  CHECK(server.process.wait().code == 0);
}

TEST_CASE("a restart keeps the accounts, the signing key and the sandbox's time") {
  const test::TempFolder folder;
  const std::vector<std::string> sandbox{"sandbox.clock=true", "auth.accessTokenTtl=30d", "auth.refreshTokenTtl=30d"};
  std::string token;
  Instant moved;
  {
    LiveServer server{folder, sandbox};
    const auto made = test::run_guerdon(
        {.arguments =
             [&] {
               auto all = test::settings_for(folder);
               all.insert(all.end(), {"admin", "create", "--username", "ada", "--email", "ada@example.com"});
               return all;
             }(),
         .input = password + "\n"});
    INFO(made.err);
    REQUIRE(made.code == 0);
    token = server.post("/api/auth/login", credentials("ada")).text("/accessToken");
    const auto answer = server.post("/api/admin/clock", {{"advance", "P10D"}}, token);
    REQUIRE(answer.status == 200);
    moved = *parse_rfc3339(answer.text("/now"));
    CHECK(moved > SystemClock{}.now() + std::chrono::hours{9 * 24});
    server.process.signal(SIGTERM);
    REQUIRE(server.process.wait().code == 0);
  }
  LiveServer again{folder, sandbox};
  CHECK(again.get("/api/auth/info", token).text("/username") == "ada");
  const auto answer = again.post("/api/admin/clock", {{"advance", "PT1S"}}, token);
  CHECK(*parse_rfc3339(answer.text("/now")) > moved);
}
