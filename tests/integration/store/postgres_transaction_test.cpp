// Savepoints and failures inside a transaction, where PostgreSQL differs from the embedded engine.
#include <catch2/catch.hpp>

#include "support/databases.hpp"

using namespace guerdon;
using namespace guerdon::test;

namespace {

struct Numbers {
  TestDatabase store{Engine::postgres, Schema::none};

  Numbers() {
    store
        ->write([](Tx& tx) -> Result<void> {
          tx.exec("CREATE TABLE numbers (n bigint PRIMARY KEY)");
          return {};
        })
        .value();
  }

  std::vector<int> all() {
    return store->read([](Snapshot& snapshot) { return snapshot.list<int>("SELECT n FROM numbers ORDER BY n"); });
  }
};

void add(Tx& tx, int n) { tx.exec("INSERT INTO numbers (n) VALUES ($1)", n); }

const Error refused{problems::forbidden};

}  // namespace

TEST_CASE("a violated constraint in a savepoint undoes the savepoint only") {
  Numbers numbers;
  numbers.store
      ->write([](Tx& tx) -> Result<void> {
        add(tx, 1);
        const auto twice = [&] {
          return tx.savepoint([&]() -> Result<void> {
            add(tx, 2);
            add(tx, 1);
            return {};
          });
        };
        try {
          (void)twice();
          FAIL("the constraint was not noticed");
        } catch (const StoreError& error) {
          CHECK(error.kind() == StoreError::Kind::constraint);
        }
        add(tx, 3);
        return {};
      })
      .value();
  CHECK(numbers.all() == std::vector{1, 3});
}

TEST_CASE("nested savepoints are undone one by one") {
  Numbers numbers;
  numbers.store
      ->write([](Tx& tx) -> Result<void> {
        const auto inner = [&](int n, bool keep) {
          return tx.savepoint([&]() -> Result<void> {
            add(tx, n);
            if (keep) return {};
            return refused;
          });
        };
        const auto outer = [&](int n, bool keep_inner, bool keep) {
          return tx.savepoint([&]() -> Result<void> {
            add(tx, n);
            (void)inner(n + 1, keep_inner);
            (void)tx.savepoint([]() -> Result<void> { return refused; });
            add(tx, n + 2);
            if (keep) return {};
            return refused;
          });
        };
        (void)outer(10, true, true);
        (void)outer(20, false, true);
        (void)outer(30, true, false);
        return {};
      })
      .value();
  CHECK(numbers.all() == std::vector{10, 11, 12, 20, 22});
}

TEST_CASE("savepoints without a statement cost nothing and break nothing") {
  Numbers numbers;
  numbers.store
      ->write([](Tx& tx) -> Result<void> {
        (void)tx.savepoint([]() -> Result<void> { return {}; });
        (void)tx.savepoint([&]() -> Result<void> {
          (void)tx.savepoint([]() -> Result<void> { return refused; });
          return {};
        });
        add(tx, 1);
        (void)tx.savepoint([&]() -> Result<void> {
          (void)tx.savepoint([&]() -> Result<void> {
            add(tx, 2);
            return {};
          });
          return refused;
        });
        return {};
      })
      .value();
  CHECK(numbers.all() == std::vector{1});
}

TEST_CASE("a command that hides a failed statement is not committed") {
  Numbers numbers;
  const auto hide = [&] {
    numbers.store
        ->write([](Tx& tx) -> Result<void> {
          add(tx, 1);
          CHECK_THROWS_AS(add(tx, 1), StoreError);
          return {};
        })
        .value();
  };
  CHECK_THROWS_AS(hide(), StoreError);
  CHECK(numbers.all().empty());
}

TEST_CASE("a refused command leaves nothing, one that keeps its effects does") {
  Numbers numbers;
  const auto refuse = [&](Error error) {
    return numbers.store->write([&](Tx& tx) -> Result<void> {
      add(tx, 1);
      tx.append({.id = {}, .topic = "t", .key = "k", .type = "T", .payload = "{}", .headers = {}});
      return error;
    });
  };
  CHECK(refuse(refused).error().problem == problems::forbidden);
  CHECK(numbers.all().empty());
  CHECK(numbers.store.outbox.messages().empty());
  CHECK(refuse(Error{problems::forbidden}.keeping_effects()).has_error());
  CHECK(numbers.all() == std::vector{1});
  CHECK(numbers.store.outbox.messages().size() == 1);
}

TEST_CASE("a constraint that is checked at the commit undoes the command") {
  Numbers numbers;
  numbers.store
      ->write([](Tx& tx) -> Result<void> {
        tx.exec("CREATE TABLE parts (n bigint REFERENCES numbers (n) DEFERRABLE INITIALLY DEFERRED)");
        return {};
      })
      .value();
  bool told = false;
  try {
    (void)numbers.store->write([&](Tx& tx) -> Result<void> {
      add(tx, 1);
      tx.exec("INSERT INTO parts (n) VALUES (2)");
      tx.on_commit([&] { told = true; });
      return {};
    });
    FAIL("the constraint was not noticed");
  } catch (const StoreError& error) {
    CHECK(error.kind() == StoreError::Kind::constraint);
  }
  CHECK_FALSE(told);
  CHECK(numbers.all().empty());
}

TEST_CASE("a reader sees one snapshot for its whole run, and can't write") {
  Numbers numbers;
  const auto reader = numbers.store->open_reader();
  reader->run(
      [&](Snapshot& snapshot) {
        CHECK(snapshot.list<int>("SELECT n FROM numbers").empty());
        numbers.store
            ->write([](Tx& tx) -> Result<void> {
              add(tx, 1);
              return {};
            })
            .value();
        CHECK(snapshot.list<int>("SELECT n FROM numbers").empty());
      },
      0);
  reader->run([](Snapshot& snapshot) { CHECK(snapshot.list<int>("SELECT n FROM numbers").size() == 1); }, 0);
  const auto write = [&] {
    reader->run([](Snapshot& snapshot) { snapshot.visit("DELETE FROM numbers", [](const Row&) {}); }, 0);
  };
  CHECK_THROWS_AS(write(), StoreError);
  CHECK(numbers.all() == std::vector{1});
}

TEST_CASE("a query that takes more than its steps is cut off") {
  Numbers numbers;
  const auto reader = numbers.store->open_reader();
  const auto sleep = [&] {
    reader->run([](Snapshot& snapshot) { snapshot.visit("SELECT pg_sleep(60)", [](const Row&) {}); }, 1);
  };
  try {
    sleep();
    FAIL("the query was not cut off");
  } catch (const StoreError& error) {
    CHECK(error.kind() == StoreError::Kind::overrun);
  }
  reader->run([](Snapshot& snapshot) { CHECK(snapshot.get<int>("SELECT 1") == 1); }, 0);
}

TEST_CASE("durability decides how a session commits") {
  store::DatabaseOptions options;
  options.full_durability = GENERATE(true, false);
  TestDatabase store{Engine::postgres, Schema::none, options};
  const auto setting = store->write([](Tx& tx) -> Result<std::string> {
    return tx.get<std::string>("SELECT current_setting('synchronous_commit')");
  });
  CHECK(setting.value() == (options.full_durability ? "on" : "off"));
}
