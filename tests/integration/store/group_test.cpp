// Many commands at once: each fails for itself, none is lost, none starves, what does not fit is refused at once.
#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

#include "support/commands.hpp"
#include "support/databases.hpp"

using namespace guerdon;
using namespace guerdon::test;

namespace {

void put(Tx& tx, std::int64_t number) {
  tx.exec("INSERT INTO server_state (key, value) VALUES ($1, 'x')", std::to_string(number));
}

std::int64_t count(Database& database) {
  return database.read(
      [](Snapshot& snapshot) { return snapshot.get<std::int64_t>("SELECT count(*) FROM server_state"); });
}

bool exists(Database& database, std::int64_t number) {
  return database.read([&](Snapshot& snapshot) {
    return snapshot.find<std::string>("SELECT key FROM server_state WHERE key = $1", std::to_string(number))
        .has_value();
  });
}

/// An outbox that can't take messages of one type.
class PickyOutbox final : public store::OutboxSink {
 public:
  void write(Connection&, Instant, std::span<OutgoingMessage> messages) override {
    for (const auto& message : messages) {
      if (message.type == "poison") throw StoreError(StoreError::Kind::constraint, "poison");
    }
  }
  void committed(std::span<const OutgoingMessage> messages) noexcept override { taken += messages.size(); }

  std::atomic<std::size_t> taken{0};
};

/// Keeps itself queued until told to stop.
class Storm final : public Command {
 public:
  Storm(Database& database, std::atomic<bool>& over, std::atomic<int>& alive)
      : database_(database), over_(over), alive_(alive) {}

  bool run(Tx&) override { return true; }
  void done(std::exception_ptr) noexcept override {
    if (over_)
      alive_ -= 1;
    else
      database_.submit(std::make_unique<Storm>(database_, over_, alive_));
  }

 private:
  Database& database_;
  std::atomic<bool>& over_;
  std::atomic<int>& alive_;
};

}  // namespace

TEST_CASE("a command that fails leaves the others of its group alone") {
  TestDatabase store{GENERATE(from_range(engines()))};
  store->write([](Tx& tx) -> Result<void> { return put(tx, 0), Result<void>{}; }).value();
  std::vector<std::future<void>> commands;
  {
    const BusyStore busy(*store);
    for (int number = 1; number <= 100; ++number) {
      commands.push_back(submit(*store, [number](Tx& tx) {
        put(tx, number);
        if (number % 10 == 3) put(tx, 0);                                 // a constraint
        if (number % 10 == 5) throw std::domain_error("thrown");          // a bug
        if (number % 10 == 7) tx.exec("INSERT INTO nowhere VALUES (1)");  // bad SQL
        return number % 10 != 9;                                          // a refusal
      }));
    }
  }
  for (int number = 1; number <= 100; ++number) {
    auto& command = commands[static_cast<std::size_t>(number - 1)];
    INFO("command " << number);
    switch (number % 10) {
      case 3:
        CHECK(failure_of(command) == StoreError::Kind::constraint);
        break;
      case 5:
        CHECK_THROWS_AS(command.get(), std::domain_error);
        break;
      case 7:
        CHECK(failure_of(command) == StoreError::Kind::broken);
        break;
      default:
        CHECK_NOTHROW(command.get());
    }
    const bool kept = number % 10 != 3 && number % 10 != 5 && number % 10 != 7 && number % 10 != 9;
    CHECK(exists(*store, number) == kept);
  }
}

TEST_CASE("a message that the outbox can't take fails its own command only") {
  TestDatabase store{GENERATE(from_range(engines()))};
  PickyOutbox outbox;
  store->set_outbox_sink(&outbox);
  std::vector<std::future<void>> commands;
  {
    const BusyStore busy(*store);
    for (int number = 0; number < 20; ++number) {
      commands.push_back(submit(*store, [number](Tx& tx) {
        put(tx, number);
        tx.append({.id = tx.new_id<MessageId>(),
                   .topic = "t",
                   .key = "k",
                   .type = number == 7 ? "poison" : "good",
                   .payload = "{}",
                   .headers = {}});
        return number != 8;
      }));
    }
  }
  for (int number = 0; number < 20; ++number) {
    auto& command = commands[static_cast<std::size_t>(number)];
    INFO("command " << number);
    if (number == 7)
      CHECK(failure_of(command) == StoreError::Kind::constraint);
    else
      CHECK_NOTHROW(command.get());
    CHECK(exists(*store, number) == (number != 7 && number != 8));
  }
  CHECK(outbox.taken == 18);
  store->set_outbox_sink(nullptr);
}

TEST_CASE("commands that wait together share commits") {
  TestDatabase store{Engine::sqlite};
  const auto before = store->stats().commits;
  std::vector<std::future<void>> commands;
  {
    const BusyStore busy(*store);
    for (int number = 0; number < 200; ++number) {
      commands.push_back(submit(*store, [number](Tx& tx) { return put(tx, number), true; }));
    }
  }
  for (auto& command : commands) command.get();
  CHECK(count(*store) == 200);
  CHECK(store->stats().commits - before < 200);
  CHECK(store->stats().waiting == 0);
}

TEST_CASE("a full queue refuses at once and forgets nobody") {
  store::DatabaseOptions options;
  options.queue = 4;
  options.connections = 1;
  TestDatabase store{GENERATE(from_range(engines())), Schema::migrated, options};
  std::vector<std::future<void>> commands;
  {
    const BusyStore busy(*store);
    for (int number = 0; number < 10; ++number) {
      commands.push_back(submit(*store, [number](Tx& tx) { return put(tx, number), true; }));
    }
    for (std::size_t i = 4; i < 10; ++i) CHECK(failure_of(commands[i]) == StoreError::Kind::overloaded);
    auto background = submit(*store, [](Tx& tx) { return put(tx, 10), true; }, Lane::background);
    CHECK(background.wait_for(std::chrono::seconds{0}) == std::future_status::timeout);
    commands.resize(4);
    commands.push_back(std::move(background));
  }
  for (auto& command : commands) CHECK_NOTHROW(command.get());
  CHECK(count(*store) == 5);
}

TEST_CASE("the background gets its turn in a storm of requests") {
  TestDatabase store{GENERATE(from_range(engines()))};
  std::atomic<bool> over{false};
  std::atomic<int> alive{64};
  for (int i = 0; i < 64; ++i) store->submit(std::make_unique<Storm>(*store, over, alive));
  for (int number = 0; number < 20; ++number) {
    auto background = submit(*store, [number](Tx& tx) { return put(tx, number), true; }, Lane::background);
    REQUIRE(ends(background));
  }
  over = true;
  while (alive > 0) std::this_thread::yield();
  CHECK(count(*store) == 20);
}

TEST_CASE("closing finishes what is queued, then refuses") {
  TestDatabase store{GENERATE(from_range(engines()))};
  std::vector<std::future<void>> commands;
  auto busy = std::make_unique<BusyStore>(*store);
  for (int number = 0; number < 50; ++number) {
    commands.push_back(submit(*store, [number](Tx& tx) { return put(tx, number), true; }));
  }
  std::thread closing([&] { store->close(); });
  busy->let_go();
  closing.join();
  for (auto& command : commands) CHECK_NOTHROW(command.get());
  auto late = submit(*store, [](Tx&) { return true; });
  CHECK(failure_of(late) == StoreError::Kind::unavailable);
  CHECK_THROWS_AS(store->open_reader(), StoreError);
  store->close();
  store.reopen();
  CHECK(count(*store) == 50);
}
