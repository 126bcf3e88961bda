// What a server says about itself, without ever waiting for its store.
#include "runtime/readiness.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "guerdon/json.hpp"

using namespace guerdon;
using namespace std::chrono_literals;

namespace {

// Keeps what is submitted until the test says how it ended.
class StubDatabase final : public Database {
 public:
  [[nodiscard]] Engine engine() const noexcept override { return Engine::sqlite; }
  void submit(std::unique_ptr<Command> command) override { commands.push_back(std::move(command)); }
  [[nodiscard]] std::unique_ptr<Reader> open_reader() override { return nullptr; }
  void close() override {}

  void finish(std::exception_ptr failure) {
    commands.back()->done(std::move(failure));
    commands.pop_back();
  }

  std::vector<std::unique_ptr<Command>> commands;
};

std::exception_ptr failure(StoreError::Kind kind) { return std::make_exception_ptr(StoreError{kind, "no"}); }

const Readiness::Time start{1h};

}  // namespace

TEST_CASE("a server is ready between its start and its drain") {
  StubDatabase database;
  Readiness readiness{database, false};
  CHECK(readiness.report(start).body ==
        R"({"status":"starting","dependencies":{"store":"unknown","migrations":"applied"}})");
  CHECK_FALSE(readiness.report(start).is_ready);
  readiness.enter(Readiness::Phase::ready);
  CHECK(readiness.report(start).is_ready);
  readiness.enter(Readiness::Phase::draining);
  CHECK_FALSE(readiness.report(start).is_ready);
  CHECK(readiness.report(start).body.find("draining") != std::string::npos);
}

TEST_CASE("a store that can't be written makes the server not ready, until it can be again") {
  StubDatabase database;
  Readiness readiness{database, false};
  readiness.enter(Readiness::Phase::ready);
  const auto [kind, word] =
      GENERATE(std::pair{StoreError::Kind::storage_full, "full"}, std::pair{StoreError::Kind::overloaded, "overloaded"},
               std::pair{StoreError::Kind::broken, "unavailable"});
  CHECK(readiness.report(start).is_ready);
  database.finish(failure(kind));
  const auto report = readiness.report(start + 2s);
  CHECK_FALSE(report.is_ready);
  CHECK(report.body.find("\"status\":\"not-ready\"") != std::string::npos);
  CHECK(report.body.find(word) != std::string::npos);
  database.finish(nullptr);
  CHECK(readiness.report(start + 4s).is_ready);
}

TEST_CASE("however often a server is asked, the store is asked once a second and once at a time") {
  StubDatabase database;
  Readiness readiness{database, false};
  readiness.enter(Readiness::Phase::ready);
  for (int i = 0; i < 100; ++i) static_cast<void>(readiness.report(start));
  CHECK(database.commands.size() == 1);
  static_cast<void>(readiness.report(start + 2s));
  CHECK(database.commands.size() == 1);
  database.finish(nullptr);
  static_cast<void>(readiness.report(start + 999ms));
  CHECK(database.commands.empty());
  static_cast<void>(readiness.report(start + 1s));
  CHECK(database.commands.size() == 1);
}

TEST_CASE("a store that does not answer makes the server not ready") {
  StubDatabase database;
  Readiness readiness{database, false};
  readiness.enter(Readiness::Phase::ready);
  static_cast<void>(readiness.report(start));
  CHECK(readiness.report(start + 2s).is_ready);
  CHECK_FALSE(readiness.report(start + 2001ms).is_ready);
}

TEST_CASE("a sandbox says so") {
  StubDatabase database;
  Readiness readiness{database, true};
  CHECK(parse_json(readiness.report(start).body)->as_object().at("sandbox") == true);
}

TEST_CASE("a helper says in its own words how it is") {
  StubDatabase database;
  Readiness readiness{database, false};
  auto state = Readiness::HelperState{"standby", true};
  readiness.add_helper("kafka", [&] { return state; });
  readiness.enter(Readiness::Phase::ready);
  CHECK(readiness.report(start).body ==
        R"({"status":"ready","dependencies":{"store":"ok","migrations":"applied","kafka":"standby"}})");
  state = {"unreachable", false};
  const auto report = readiness.report(start);
  CHECK(report.is_ready);
  CHECK(report.body ==
        R"({"status":"degraded","dependencies":{"store":"ok","migrations":"applied","kafka":"unreachable"}})");
}

TEST_CASE("a server without one of its helpers is ready all the same, but degraded, and names it") {
  StubDatabase database;
  Readiness readiness{database, false};
  bool is_up = false;
  readiness.add_helper("redis", [&] { return is_up; });
  CHECK(readiness.report(start).body.find("\"status\":\"starting\"") != std::string::npos);
  readiness.enter(Readiness::Phase::ready);
  auto report = readiness.report(start);
  CHECK(report.is_ready);
  CHECK(report.body ==
        R"({"status":"degraded","dependencies":{"store":"ok","migrations":"applied","redis":"unavailable"}})");
  is_up = true;
  CHECK(readiness.report(start).body ==
        R"({"status":"ready","dependencies":{"store":"ok","migrations":"applied","redis":"ok"}})");
  is_up = false;
  database.finish(failure(StoreError::Kind::broken));
  report = readiness.report(start + 2s);
  CHECK_FALSE(report.is_ready);
  CHECK(report.body.find("\"status\":\"not-ready\"") != std::string::npos);
}
