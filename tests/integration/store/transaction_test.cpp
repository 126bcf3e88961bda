// What a transaction promises to business code: savepoints, actions after the commit, messages in order.
#include <catch2/catch.hpp>

#include "support/commands.hpp"
#include "support/databases.hpp"

using namespace guerdon;
using namespace guerdon::test;

namespace {

constexpr Problem refused{409, "refused"};

void put(Tx& tx, std::string_view key) { tx.exec("INSERT INTO server_state (key, value) VALUES ($1, 'x')", key); }

void say(Tx& tx, std::string type) {
  tx.append({.id = tx.new_id<MessageId>(),
             .topic = "t",
             .key = "k",
             .type = std::move(type),
             .payload = "{}",
             .headers = {}});
}

std::vector<std::string> keys(TestDatabase& store) {
  return store->read(
      [](Snapshot& snapshot) { return snapshot.list<std::string>("SELECT key FROM server_state ORDER BY key"); });
}

std::vector<std::string> said(TestDatabase& store) {
  std::vector<std::string> types;
  for (const auto& message : store.outbox.messages()) types.push_back(message.type);
  return types;
}

using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE("what is written can be read, also after a restart") {
  TestDatabase store{GENERATE(from_range(engines()))};
  const auto written = store->write([](Tx& tx) -> Result<std::int64_t> {
    return tx.exec("INSERT INTO server_state (key, value) VALUES ($1, $2)", "colour", "green");
  });
  REQUIRE(written.value() == 1);
  store.reopen();
  store::migrate(*store);
  REQUIRE(store->read([](Snapshot& snapshot) {
    return snapshot.get<std::string>("SELECT value FROM server_state WHERE key = $1", "colour");
  }) == "green");
}

TEST_CASE("a refusal undoes the command and is handed back") {
  TestDatabase store{GENERATE(from_range(engines()))};
  bool acted = false;
  const auto result = store->write([&](Tx& tx) -> Result<int> {
    put(tx, "a");
    say(tx, "A");
    tx.on_commit([&] { acted = true; });
    return refused;
  });
  REQUIRE(result.error().problem == refused);
  CHECK(keys(store).empty());
  CHECK(said(store).empty());
  CHECK_FALSE(acted);
}

TEST_CASE("a refusal that keeps its effects is committed") {
  TestDatabase store{GENERATE(from_range(engines()))};
  const auto result = store->write([](Tx& tx) -> Result<int> {
    put(tx, "a");
    say(tx, "A");
    return Error{refused}.keeping_effects();
  });
  REQUIRE(result.error().problem == refused);
  CHECK(keys(store) == Strings{"a"});
  CHECK(said(store) == Strings{"A"});
}

TEST_CASE("a throw undoes the command and reaches its owner") {
  TestDatabase store{GENERATE(from_range(engines()))};
  const auto command = [](Tx& tx) -> Result<void> {
    put(tx, "a");
    say(tx, "A");
    throw std::domain_error("thrown");
  };
  REQUIRE_THROWS_AS(store->write(command), std::domain_error);
  CHECK(keys(store).empty());
  CHECK(said(store).empty());
}

TEST_CASE("a constraint undoes the command and is told apart") {
  TestDatabase store{GENERATE(from_range(engines()))};
  const auto command = [](Tx& tx) -> Result<void> {
    put(tx, "a");
    put(tx, "a");
    return {};
  };
  try {
    store->write(command).value();
    FAIL("the second row was taken");
  } catch (const StoreError& error) {
    CHECK(error.kind() == StoreError::Kind::constraint);
  }
  CHECK(keys(store).empty());
}

TEST_CASE("a savepoint undoes its own rows, messages and actions, and those of the savepoints in it") {
  TestDatabase store{GENERATE(from_range(engines()))};
  Strings acted;
  const auto step = [&](Tx& tx, const char* name) {
    put(tx, name);
    say(tx, name);
    tx.on_commit([&acted, name] { acted.emplace_back(name); });
  };
  store
      ->write([&](Tx& tx) -> Result<void> {
        step(tx, "1 before");
        const auto outer = tx.savepoint([&]() -> Result<void> {
          step(tx, "2 outer");
          CHECK(tx.savepoint([&]() -> Result<void> {
                    step(tx, "3 inner, kept by the outer one");
                    return {};
                  }).has_value());
          return refused;
        });
        CHECK(outer.error().problem == refused);
        const auto kept = tx.savepoint([&]() -> Result<int> {
          step(tx, "4 outer");
          CHECK_THROWS_AS(tx.savepoint([&]() -> Result<void> {
            step(tx, "5 inner, thrown out of");
            throw std::domain_error("thrown");
          }),
                          std::domain_error);
          step(tx, "6 outer again");
          return 7;
        });
        CHECK(kept.value() == 7);
        step(tx, "8 after");
        return {};
      })
      .value();
  const Strings expected{"1 before", "4 outer", "6 outer again", "8 after"};
  CHECK(keys(store) == expected);
  CHECK(said(store) == expected);
  CHECK(acted == expected);
}

TEST_CASE("a statement that fails in a savepoint does not spoil the transaction") {
  TestDatabase store{GENERATE(from_range(engines()))};
  store
      ->write([](Tx& tx) -> Result<void> {
        put(tx, "a");
        CHECK_THROWS_AS(tx.savepoint([&]() -> Result<void> {
          put(tx, "b");
          put(tx, "a");
          return {};
        }),
                        StoreError);
        put(tx, "c");
        return {};
      })
      .value();
  CHECK(keys(store) == Strings{"a", "c"});
}

TEST_CASE("an action runs after the commit, when every reader can see it, and before done") {
  TestDatabase store{GENERATE(from_range(engines()))};
  Strings seen_by_action;
  auto command = submit(*store, [&](Tx& tx) {
    put(tx, "a");
    tx.on_commit([&] { seen_by_action = keys(store); });
    CHECK(seen_by_action.empty());
    return true;
  });
  command.get();
  CHECK(seen_by_action == Strings{"a"});
}

TEST_CASE("messages of commands that commit together keep their order") {
  TestDatabase store{GENERATE(from_range(engines()))};
  std::vector<std::future<void>> commands;
  {
    const BusyStore busy(*store);
    for (const char* name : {"a", "b", "c"}) {
      commands.push_back(submit(*store, [name](Tx& tx) {
        say(tx, std::string(name) + "1");
        say(tx, std::string(name) + "2");
        return std::string_view{name} != "b";
      }));
    }
  }
  for (auto& command : commands) command.get();
  const auto types = said(store);
  const auto place = [&](const char* type) { return std::ranges::find(types, type) - types.begin(); };
  REQUIRE(types.size() == 4);
  CHECK(place("a1") + 1 == place("a2"));
  CHECK(place("c1") + 1 == place("c2"));
  if (store->engine() == Engine::sqlite) CHECK(types == Strings{"a1", "a2", "c1", "c2"});
}

TEST_CASE("a message carries the instant of its transaction") {
  TestDatabase store{GENERATE(from_range(engines()))};
  Instant now;
  store
      ->write([&](Tx& tx) -> Result<void> {
        now = tx.now();
        store.clock.advance(std::chrono::hours{1});
        CHECK(tx.now() == now);
        say(tx, "A");
        return {};
      })
      .value();
  CHECK(store.outbox.messages().at(0).time == now);
  CHECK(store->read([](Snapshot& snapshot) { return snapshot.now(); }) == now + std::chrono::hours{1});
}

TEST_CASE("publishing without an outbox is refused, not forgotten") {
  TestDatabase store{GENERATE(from_range(engines()))};
  store->set_outbox_sink(nullptr);
  const auto command = [](Tx& tx) -> Result<void> {
    put(tx, "a");
    say(tx, "A");
    return {};
  };
  CHECK_THROWS_AS(store->write(command), std::logic_error);
  CHECK(keys(store).empty());
}
