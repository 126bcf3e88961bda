// The anomaly loop: the Nth statement or commit fails, for N = 1, 2, … until none does; each command happened wholly or
// not at all, and its owner was told which.
#include <catch2/catch.hpp>

#include "support/commands.hpp"
#include "support/databases.hpp"
#include "support/nth_fault.hpp"
#include "support/sync_gate.hpp"

using namespace guerdon;
using namespace guerdon::test;
using What = NthFault::What;

namespace {

constexpr int few = 3, so_many_that_it_runs_ahead = 12;

/// What a loop goes over: how many commands queue up behind each other, in which store.
struct Site {
  Engine engine;
  int commands;
};
std::vector<Site> sites() {
  std::vector<Site> all{{Engine::sqlite, so_many_that_it_runs_ahead}};
  for (const Engine engine : engines()) all.push_back({engine, few});
  return all;
}

struct Faulty {
  explicit Faulty(Engine engine) : store(engine, Schema::migrated, options()) {}

  store::DatabaseOptions options() {
    store::DatabaseOptions result;
    result.faults = &faults;
    result.connections = 1;
    result.on_fatal = [this](int code, const std::string&) { fatal = code; };
    return result;
  }

  std::int64_t rows(const std::string& key) {
    return store->read([&](Snapshot& snapshot) {
      return snapshot.get<std::int64_t>("SELECT count(*) FROM server_state WHERE key LIKE $1", key + "%");
    });
  }
  std::ptrdiff_t messages(const std::string& key) {
    return std::ranges::count(store.outbox.messages(), key, &OutgoingMessage::key);
  }

  NthFault faults;
  std::atomic<int> fatal{0};
  TestDatabase store;
};

/// Three rows, one of them in a savepoint, one replaced in a savepoint that is undone; one message.
bool work(Tx& tx, const std::string& key) {
  tx.exec("INSERT INTO server_state (key, value) VALUES ($1, '1')", key + "/1");
  const auto kept = tx.savepoint([&]() -> Result<void> {
    tx.exec("INSERT INTO server_state (key, value) VALUES ($1, '2')", key + "/2");
    tx.append({.id = tx.new_id<MessageId>(), .topic = "t", .key = key, .type = "T", .payload = "{}", .headers = {}});
    return {};
  });
  const auto undone = tx.savepoint([&]() -> Result<void> {
    tx.exec("DELETE FROM server_state WHERE key LIKE $1", key + "/%");
    return problems::forbidden;
  });
  tx.exec("INSERT INTO server_state (key, value) VALUES ($1, '3')", key + "/3");
  return kept.has_value() && !undone.has_value();
}

/// Commands that queue up behind each other; which of them were said to be done.
std::vector<bool> round(Faulty& faulty, int number, int count, What what, StoreError::Kind kind) {
  std::vector<std::future<void>> commands;
  queue_behind(*faulty.store, [&] {
    faulty.faults.arm(what, number, kind);
    for (int i = 0; i < count; ++i) {
      const auto key = std::to_string(number) + "-" + std::to_string(i);
      commands.push_back(submit(*faulty.store, [key](Tx& tx) { return work(tx, key); }));
    }
  });
  std::vector<bool> done;
  for (auto& command : commands) done.push_back(!failure_of(command));
  return done;
}

void check_all_or_nothing(Faulty& faulty, int number, const std::vector<bool>& done) {
  for (std::size_t i = 0; i < done.size(); ++i) {
    const auto key = std::to_string(number) + "-" + std::to_string(i);
    INFO("command " << key);
    CHECK(faulty.rows(key + "/") == (done[i] ? 3 : 0));
    CHECK(faulty.messages(key) == (done[i] ? 1 : 0));
  }
}

}  // namespace

TEST_CASE("whichever statement fails, each command happens wholly or not at all") {
  const auto site = GENERATE(from_range(sites()));
  Faulty faulty{site.engine};
  const auto kind = GENERATE(StoreError::Kind::broken, StoreError::Kind::constraint, StoreError::Kind::storage_full);
  int number = 0;
  bool struck = true;
  while (struck) {
    const auto done = round(faulty, ++number, site.commands, What::statement, kind);
    struck = !faulty.faults.armed();
    faulty.faults.disarm();
    check_all_or_nothing(faulty, number, done);
    if (!struck) CHECK(std::ranges::count(done, true) == site.commands);
  }
  CHECK(number > site.commands * 8);
  CHECK(faulty.fatal == 0);
}

TEST_CASE("whichever commit is refused, what was not kept was not said to be") {
  const auto site = GENERATE(from_range(sites()));
  Faulty faulty{site.engine};
  int number = 0;
  bool struck = true;
  while (struck) {
    const auto done = round(faulty, ++number, site.commands, What::commit_refused, StoreError::Kind::storage_full);
    struck = !faulty.faults.armed();
    faulty.faults.disarm();
    check_all_or_nothing(faulty, number, done);
  }
  CHECK(number > 1);
  CHECK(faulty.fatal == 0);
}

TEST_CASE("a commit of unknown outcome stops the store, and nothing is written after it") {
  Faulty faulty{Engine::sqlite};
  const auto what = GENERATE(What::commit_lost, What::commit_unconfirmed);
  faulty.faults.arm(what, 1);
  auto command = submit(*faulty.store, [](Tx& tx) { return work(tx, "unknown"); });
  CHECK(failure_of(command) == StoreError::Kind::commit_unknown);
  auto later = submit(*faulty.store, [](Tx& tx) { return work(tx, "later"); });
  CHECK(failure_of(later) == StoreError::Kind::unavailable);
  CHECK(faulty.fatal == 74);
  CHECK(faulty.messages("unknown") == 0);
  CHECK(faulty.rows("later") == 0);
  faulty.store.reopen();
  CHECK(faulty.rows("unknown") == (what == What::commit_unconfirmed ? 3 : 0));
  auto again = submit(*faulty.store, [](Tx& tx) { return work(tx, "again"); });
  CHECK_FALSE(failure_of(again));
}

TEST_CASE("an action that throws after a commit stops the store") {
  Faulty faulty{Engine::sqlite};
  auto command = submit(*faulty.store, [](Tx& tx) {
    tx.on_commit([] { throw std::domain_error("a bug"); });
    return work(tx, "kept");
  });
  CHECK_FALSE(failure_of(command));
  auto later = submit(*faulty.store, [](Tx& tx) { return work(tx, "later"); });
  CHECK(failure_of(later) == StoreError::Kind::unavailable);
  CHECK(faulty.fatal == 70);
  CHECK(faulty.rows("kept") == 3);
}

TEST_CASE("a slow command is counted and told") {
  store::DatabaseOptions options;
  std::atomic<int> told{0};
  options.on_slow_command = [&](std::chrono::milliseconds time) {
    told += time >= std::chrono::milliseconds{50} ? 1 : 0;
  };
  TestDatabase store{Engine::sqlite, Schema::migrated, options};
  const auto before = store->stats();  // migrating may have been slow as well
  const int told_before = told;
  auto command = submit(*store, [](Tx&) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds{51};
    while (std::chrono::steady_clock::now() < end) {
    }
    return true;
  });
  command.get();
  store->close();
  CHECK(told == told_before + 1);
  CHECK(store->stats().slow_commands == before.slow_commands + 1);
  CHECK(store->stats().progress > before.progress);
}
