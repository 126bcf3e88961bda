// A server from start to stop as its supervisor sees it: signals, drain, restart.
#include <sqlite3.h>

#include <catch2/catch.hpp>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <thread>

#include "support/live_server.hpp"

using namespace guerdon;
using namespace std::chrono_literals;
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
  /// Waits until so many requests were answered: false when the writer ends before, or after a minute.
  [[nodiscard]] bool wait_for_answers(int count) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, 60s, [&] { return answered_ >= count || !end.empty(); });
    return answered_ >= count;
  }

  std::vector<std::string> acknowledged;  // once joined
  std::string unanswered;                 // the last one, if any
  std::string end;                        // why there were no more

 private:
  template <class Change>
  void note(Change change) {
    const std::lock_guard lock{mutex_};
    change();
    changed_.notify_all();
  }

  void write(std::uint16_t port, int number) {
    try {
      testing::Client client{port};
      for (int i = 0;; ++i) {
        unanswered = "w" + std::to_string(number) + "x" + std::to_string(i);
        const auto answer = client.send(testing::json_call("POST", "/api/auth/register", registration(unanswered)));
        if (answer.status == 201) acknowledged.push_back(unanswered);
        // Anything but 503 has been decided and told; a 503 promises that nothing was done.
        if (answer.status != 503) unanswered.clear();
        note([&] { ++answered_; });
      }
    } catch (const std::exception& error) {
      // The server closed the connection. `unanswered` was sent and got no answer.
      note([&] { end = error.what(); });
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  int answered_ = 0;
  std::thread thread_;
};

/// Keeps the server from writing: it holds the write lock of its file.
class LockHolder {
 public:
  explicit LockHolder(const test::TempFolder& folder) {
    REQUIRE(sqlite3_open((folder / "data/guerdon.db").c_str(), &raw_) == SQLITE_OK);
    REQUIRE(sqlite3_busy_timeout(raw_, 30'000) == SQLITE_OK);
    REQUIRE(sqlite3_exec(raw_, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  }
  ~LockHolder() { sqlite3_close(raw_); }
  LockHolder(const LockHolder&) = delete;
  LockHolder& operator=(const LockHolder&) = delete;

 private:
  sqlite3* raw_ = nullptr;
};

}  // namespace

TEST_CASE("SIGTERM under load ends the server with 0, and nothing is done that was not answered") {
  const test::TempFolder folder;
  std::vector<std::unique_ptr<Writer>> writers;
  bool are_busy = true;
  {
    LiveServer server{folder};
    for (int i = 0; i < 8; ++i) writers.push_back(std::make_unique<Writer>(server.port, i));
    for (const auto& writer : writers) are_busy = are_busy && writer->wait_for_answers(5);
    server.process.signal(SIGTERM);
    const auto exit = server.process.wait();
    INFO(exit.err);
    CHECK(exit.code == 0);
  }
  for (const auto& writer : writers) writer->join();
  LiveServer again{folder};
  CHECK(again.process.errors().find("did not end") == std::string::npos);
  for (const auto& writer : writers) {
    INFO(writer->acknowledged.size() << " acknowledged, unanswered: " << writer->unanswered
                                     << ", end: " << writer->end);
    REQUIRE(are_busy);
    REQUIRE_FALSE(writer->acknowledged.empty());
    CHECK(again.post("/api/auth/login", credentials(writer->acknowledged.back())).status == 200);
    if (!writer->unanswered.empty())
      CHECK(again.post("/api/auth/login", credentials(writer->unanswered)).status == 401);
  }
}

TEST_CASE("a second signal ends a draining server at once, with a line that says so") {
  const test::TempFolder folder;
  LiveServer server{folder};
  const LockHolder holder{folder};  // it does not come to its end
  server.process.signal(SIGTERM);
  server.process.wait_for_line("draining");
  // What comes in the first moment is the same request; so ask again until it is taken for a second one.
  for (int i = 0; i < 600 && !server.process.has_ended(100ms); ++i) server.process.signal(SIGTERM);
  const auto exit = server.process.wait();
  CHECK(exit.code == 128 + SIGTERM);
  CHECK(exit.err.find("second signal") != std::string::npos);
}

TEST_CASE("a server whose store hangs ends itself with 70, for its supervisor to start it anew") {
  const test::TempFolder folder;
  // Long enough that a busy machine is no hang, and shorter than a command waits for a lock, which is progress too.
  LiveServer server{folder, {"database.watchdog=4s"}};
  const LockHolder holder{folder};
  Writer writer{server.port, 0};
  const auto exit = server.process.wait();
  writer.join();
  CHECK(exit.code == 70);
  CHECK(exit.err.find("the store made no progress for 4s") != std::string::npos);
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
