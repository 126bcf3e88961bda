// Readers: what done() promised is there, a snapshot stands still, and nobody reads without end.
#include <catch2/catch.hpp>

#include <thread>

#include "support/commands.hpp"
#include "support/databases.hpp"

using namespace guerdon;
using namespace guerdon::test;

namespace {

constexpr Sql count_rows = "SELECT count(*) FROM server_state";

void add_row(Database& database, const std::string& key) {
  database
      .write([&](Tx& tx) -> Result<void> {
        tx.exec("INSERT INTO server_state (key, value) VALUES ($1, 'x')", key);
        return {};
      })
      .value();
}

std::int64_t count(Reader& reader) {
  std::int64_t result = 0;
  reader.run([&](Snapshot& snapshot) { result = snapshot.get<std::int64_t>(count_rows); }, 0);
  return result;
}

/// More rows than a laptop counts in a day, from none.
constexpr Sql endless =
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000000) SELECT count(*) FROM n";

}  // namespace

TEST_CASE("a reader sees every command whose done was called before") {
  TestDatabase store{GENERATE(from_range(engines()))};
  std::atomic<int> stale{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const auto reader = store->open_reader();
      for (int i = 1; i <= 200; ++i) {
        const auto key = std::to_string(t) + "-" + std::to_string(i);
        add_row(*store, key);
        bool found = false;
        reader->run(
            [&](Snapshot& snapshot) {
              found = snapshot.find<std::string>("SELECT key FROM server_state WHERE key = $1", key).has_value();
            },
            0);
        if (!found) stale += 1;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(stale == 0);
}

TEST_CASE("a snapshot stands still while others write") {
  TestDatabase store{GENERATE(from_range(engines()))};
  const auto reader = store->open_reader();
  reader->run(
      [&](Snapshot& snapshot) {
        CHECK(snapshot.get<std::int64_t>(count_rows) == 0);
        add_row(*store, "a");
        CHECK(snapshot.get<std::int64_t>(count_rows) == 0);
      },
      0);
  CHECK(count(*reader) == 1);
}

TEST_CASE("a reader maps the file while commits are few, and reads the same while they are many") {
  TestDatabase store{Engine::sqlite};
  const auto reader = store->open_reader();
  const auto is_mapped = [&] {
    bool result = false;
    reader->run([&](Snapshot& snapshot) { result = snapshot.get<std::int64_t>("PRAGMA mmap_size") > 0; }, 0);
    return result;
  };
  CHECK(is_mapped());
  std::int64_t rows = 0;
  const auto write_on = [&] {
    for (int i = 0; i < 200; ++i) {
      add_row(*store, std::to_string(++rows));
      CHECK(count(*reader) == rows);
    }
  };
  write_on();
  CHECK_FALSE(is_mapped());
  std::this_thread::sleep_for(std::chrono::milliseconds{300});
  for (int i = 0; i < 3000; ++i) CHECK(count(*reader) == rows);  // without a commit
  CHECK(is_mapped());
  write_on();
  CHECK_FALSE(is_mapped());
  std::this_thread::sleep_for(std::chrono::milliseconds{300});
  add_row(*store, std::to_string(++rows));  // the first one after a pause
  CHECK(count(*reader) == rows);
  CHECK(is_mapped());
}

TEST_CASE("a reader that let go, failed or was left alone reads on") {
  TestDatabase store{GENERATE(from_range(engines()))};
  const auto reader = store->open_reader();
  CHECK(count(*reader) == 0);
  add_row(*store, "a");
  reader->release();
  reader->release();
  CHECK(count(*reader) == 1);
  CHECK_THROWS_AS(reader->run([](Snapshot&) { throw std::domain_error("thrown"); }, 0), std::domain_error);
  CHECK_THROWS_AS(reader->run([](Snapshot& snapshot) { (void)snapshot.get<int>("SELECT nothing FROM nowhere"); }, 0),
                  StoreError);
  add_row(*store, "b");
  CHECK(count(*reader) == 2);
}

TEST_CASE("a reader can't write") {
  TestDatabase store{GENERATE(from_range(engines()))};
  const auto reader = store->open_reader();
  const auto write = [](Snapshot& snapshot) {
    snapshot.visit("INSERT INTO server_state (key, value) VALUES ('a', 'b')", [](const Row&) {});
  };
  CHECK_THROWS_AS(reader->run(write, 0), StoreError);
  CHECK(count(*reader) == 0);
}

TEST_CASE("a query past its budget of steps is ended, and a smaller one is not") {
  TestDatabase store{Engine::sqlite};
  const auto reader = store->open_reader();
  for (int round = 0; round < 3; ++round) {
    try {
      reader->run([](Snapshot& snapshot) { (void)snapshot.get<std::int64_t>(endless); }, 100'000);
      FAIL("it ended by itself");
    } catch (const StoreError& error) {
      CHECK(error.kind() == StoreError::Kind::overrun);
    }
    reader->run([](Snapshot& snapshot) { (void)snapshot.get<std::int64_t>(count_rows); }, 100'000);
  }
}

TEST_CASE("the budget of steps is for all statements of a run together") {
  TestDatabase store{Engine::sqlite};
  const auto reader = store->open_reader();
  const auto many = [](Snapshot& snapshot) {
    for (int i = 0; i < 1000; ++i) {
      (void)snapshot.get<std::int64_t>(
          "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) SELECT count(*) FROM n");
    }
  };
  CHECK_NOTHROW(reader->run(many, 100'000'000));
  CHECK_THROWS_AS(reader->run(many, 100'000), StoreError);
}

TEST_CASE("a query without a budget is still cut when it takes too long") {
  store::DatabaseOptions options;
  options.longest_read = std::chrono::milliseconds{1};
  TestDatabase store{GENERATE(from_range(engines())), Schema::migrated, options};
  const auto reader = store->open_reader();
  try {
    reader->run([](Snapshot& snapshot) { (void)snapshot.get<std::int64_t>(endless); }, 0);
    FAIL("it ended by itself");
  } catch (const StoreError& error) {
    CHECK(error.kind() == StoreError::Kind::overrun);
  }
}

TEST_CASE("a patient reader takes the time that it needs") {
  store::DatabaseOptions options;
  options.longest_read = std::chrono::milliseconds{1};
  TestDatabase store{GENERATE(from_range(engines())), Schema::migrated, options};
  const auto reader = store->open_patient_reader();
  std::int64_t counted = 0;
  const auto begin = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - begin < std::chrono::milliseconds{20}) {
    reader->run(
        [&](Snapshot& snapshot) {
          counted = snapshot.get<std::int64_t>(
              "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) "
              "SELECT count(*) FROM n");
        },
        0);
  }
  CHECK(counted == 300'000);
}
