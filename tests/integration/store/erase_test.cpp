// What was deleted vanishes from SQLite's files: rows, the copies of them that moving rows leaves in pages, and the
// log.
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <future>
#include <random>
#include <set>
#include <thread>

#include "guerdon/crypto.hpp"
#include "purge/erasure.hpp"
#include "support/databases.hpp"
#include "support/result.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;

namespace {

constexpr int all_rows = 6000;

/// Twelve signs that no two rows share, in no order, so that pages split in the middle.
std::string name_of(int row) { return "row-" + to_hex(sha256("number " + std::to_string(row))).substr(0, 12); }

class Store {
 public:
  Store() : database(Engine::sqlite) {
    write([](Tx& tx) {
      tx.exec("CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, more TEXT NOT NULL) STRICT");
      tx.exec("CREATE TABLE by_name (name TEXT PRIMARY KEY NOT NULL, more TEXT NOT NULL) STRICT, WITHOUT ROWID");
    });
    std::minstd_rand dice{1};
    for (int begin = 0; begin < all_rows; begin += 500)
      write([&](Tx& tx) {
        for (int row = begin; row < begin + 500; ++row) add(tx, row, static_cast<int>(dice() % 250));
        // What grows makes others move.
        for (int i = 0; i < 50; ++i)
          tx.exec("UPDATE names SET more = $2 WHERE id = $1", static_cast<std::int64_t>(dice() % (begin + 1)),
                  std::string(dice() % 600, 'y'));
      });
    file = database->read(
        [](Snapshot& s) { return s.get<std::string>("SELECT file FROM pragma_database_list WHERE name = 'main'"); });
  }

  template <class F>
  void write(F fn) {
    REQUIRE(database->write([&](Tx& tx) -> Result<void> {
      fn(tx);
      return {};
    }));
  }
  /// Every row but the tenth.
  void delete_most() {
    for (int begin = 0; begin < all_rows; begin += 500)
      write([&](Tx& tx) {
        for (int row = begin; row < begin + 500; ++row) {
          if (row % 10 == 0) continue;
          tx.exec("DELETE FROM names WHERE id = $1", row);
          tx.exec("DELETE FROM by_name WHERE name = $1", name_of(row));
        }
      });
  }
  void erase() {
    write([&](Tx& tx) { tx.on_commit([this] { database->erase_deleted(); }); });
  }
  /// As a hard delete that has ended leaves it where the process ends right after the commit.
  void wish(const std::string& name) {
    write([&](Tx& tx) { tx.exec("INSERT INTO server_state (key, value) VALUES ('erase.pending', $1)", name); });
  }
  [[nodiscard]] std::optional<std::string> pending() {
    return database->read(
        [](Snapshot& s) { return s.find<std::string>("SELECT value FROM server_state WHERE key = 'erase.pending'"); });
  }
  /// How many names of deleted rows stand in the file or in its log.
  [[nodiscard]] std::size_t left_behind() const {
    std::set<std::string> found;
    for (const std::string suffix : {"", "-wal"}) {
      std::ifstream in{file + suffix, std::ios::binary};
      const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
      for (auto at = bytes.find("row-"); at != std::string::npos; at = bytes.find("row-", at + 1))
        found.insert(bytes.substr(at, 16));
    }
    std::size_t deleted = 0;
    for (int row = 0; row < all_rows; ++row) deleted += row % 10 != 0 && found.contains(name_of(row)) ? 1 : 0;
    return deleted;
  }
  [[nodiscard]] bool log_is_empty() const { return std::ifstream{file + "-wal", std::ios::ate}.tellg() <= 0; }
  [[nodiscard]] bool is_sound() {
    return database->read([](Snapshot& s) {
      const auto names = s.list<std::string>("SELECT name FROM names ORDER BY id");
      bool all_there = names.size() == all_rows / 10;
      for (std::size_t i = 0; all_there && i < names.size(); ++i)
        all_there = names[i] == name_of(static_cast<int>(i) * 10);
      return all_there && s.list<std::string>("PRAGMA integrity_check") == std::vector<std::string>{"ok"};
    });
  }

  TestDatabase database;
  std::string file;

 private:
  static void add(Tx& tx, int row, int size) {
    tx.exec("INSERT INTO names (id, name, more) VALUES ($1, $2, $3)", row, name_of(row), std::string(size, 'x'));
    tx.exec("INSERT INTO by_name (name, more) VALUES ($1, $2)", name_of(row), std::string(size / 2, 'z'));
  }
};

template <class F>
bool comes_true(F condition) {
  for (const auto deadline = std::chrono::steady_clock::now() + 20s; std::chrono::steady_clock::now() < deadline;) {
    if (condition()) return true;
    std::this_thread::yield();
  }
  return condition();
}

}  // namespace

TEST_CASE("what is deleted vanishes from file and log, and the rest is as it was") {
  Store store;
  store.delete_most();
  REQUIRE(store.left_behind() > 0);
  store.erase();
  CHECK(comes_true([&] { return store.log_is_empty() && store.left_behind() == 0; }));
  CHECK(store.is_sound());
  store.database.reopen();
  CHECK(store.is_sound());
}

TEST_CASE("erasing goes on beside writes and reads, and none of them is hurt") {
  Store store;
  store.delete_most();
  std::atomic<bool> stops{false};
  std::atomic<int> reads{0};
  std::thread reader{[&] {
    const auto own = store.database->open_reader();
    while (!stops) {
      own->run([&](Snapshot& s) { reads += s.get<std::int64_t>("SELECT count(*) FROM by_name") >= 600 ? 1 : 0; }, 0);
    }
  }};
  store.erase();
  for (int i = 0; i < 300; ++i)
    store.write([&](Tx& tx) {
      tx.exec("INSERT INTO by_name (name, more) VALUES ($1, $2)", "new-" + name_of(i).substr(4), std::string(100, 'n'));
    });
  CHECK(comes_true([&] { return store.left_behind() == 0; }));
  stops = true;
  reader.join();
  CHECK(reads > 0);
  CHECK(store.is_sound());
  CHECK(store.database->read([](Snapshot& s) { return s.get<std::int64_t>("SELECT count(*) FROM by_name"); }) == 900);
}

TEST_CASE("a reader in the middle of an old state holds erasing up, and no longer than it lasts") {
  Store store;
  std::atomic<bool> has_begun{false}, may_end{false};
  std::thread reader{[&] {
    const auto own = store.database->open_reader();
    own->run(
        [&](Snapshot& s) {
          (void)s.get<std::int64_t>("SELECT count(*) FROM names");
          has_begun = true;
          while (!may_end) std::this_thread::yield();
        },
        0);
  }};
  REQUIRE(comes_true([&] { return has_begun.load(); }));
  store.delete_most();
  store.erase();
  store.write([](Tx& tx) { tx.exec("UPDATE names SET more = 'still writing' WHERE id = 0"); });
  CHECK_FALSE(store.log_is_empty());
  may_end = true;
  reader.join();
  CHECK(comes_true([&] { return store.log_is_empty() && store.left_behind() == 0; }));
  CHECK(store.is_sound());
}

TEST_CASE("erasing begins at once, also while nobody writes") {
  Store store;
  store.delete_most();
  std::this_thread::sleep_for(600ms);  // the store has copied its log and waits for commands
  std::promise<void> done;
  store.database->erase_deleted([&] { done.set_value(); });
  CHECK(done.get_future().wait_for(20s) == std::future_status::ready);
  CHECK(store.left_behind() == 0);
}

TEST_CASE("a wish to erase that the process did not live to see is taken up at the next start, and then forgotten") {
  Store store;
  store.delete_most();
  store.wish("one");
  store.database.reopen();
  REQUIRE(store.left_behind() > 0);
  CHECK(store.pending() == "one");
  resume_erasure(*store.database);
  CHECK(comes_true([&] { return store.left_behind() == 0 && !store.pending(); }));
  CHECK(store.is_sound());
}

TEST_CASE("a wish is kept with the transaction that it belongs to, until it has come true") {
  Store store;
  store.delete_most();
  const auto refused = store.database->write([&](Tx& tx) -> Result<void> {
    want_erasure(tx, *store.database, "refused");
    return Error{problems::not_found, "never mind"};
  });
  CHECK_FALSE(refused);
  CHECK_FALSE(store.pending());
  store.write([&](Tx& tx) { want_erasure(tx, *store.database, "one"); });
  CHECK(comes_true([&] { return store.left_behind() == 0 && !store.pending(); }));
}

TEST_CASE("a wish that has come true does not make a newer one forgotten") {
  Store store;
  store.delete_most();
  store.write([&](Tx& tx) {
    want_erasure(tx, *store.database, "one");
    tx.exec("UPDATE server_state SET value = 'two' WHERE key = 'erase.pending'");
  });
  REQUIRE(comes_true([&] { return store.log_is_empty() || store.left_behind() == 0; }));
  CHECK(store.pending() == "two");
  resume_erasure(*store.database);
  CHECK(comes_true([&] { return !store.pending(); }));
}

TEST_CASE("of those who ask while the files are swept, the last one is told") {
  Store store;
  store.delete_most();
  std::atomic<int> first{0}, last{0};
  store.write([&](Tx& tx) {
    tx.on_commit([&] {
      store.database->erase_deleted([&] { ++first; });
      store.database->erase_deleted([&] { ++last; });
    });
  });
  CHECK(comes_true([&] { return last == 1; }));
  CHECK(first == 0);
  CHECK(store.left_behind() == 0);
}
