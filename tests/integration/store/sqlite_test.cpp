// What is SQLite's own: the file, the full disk, the write-ahead log and its checkpoints, a foreign process.
#include <sqlite3.h>
#include <sys/stat.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "guerdon/app.hpp"
#include "support/commands.hpp"
#include "support/databases.hpp"
#include "support/temp_folder.hpp"

using namespace guerdon;
using namespace guerdon::test;
namespace fs = std::filesystem;

namespace {

std::unique_ptr<store::ManagedDatabase> open(const std::string& url, store::DatabaseOptions options = {}) {
  static FakeClock clock;
  static const auto random = system_random();
  static IdSource ids{*random};
  options.url = url;
  options.clock = &clock;
  options.ids = &ids;
  return store::open_database(std::move(options));
}

std::string url_of(const TempFolder& folder, const std::string& name) { return "sqlite:" + folder / name; }

void add_pages(Database& database, int from, int count) {
  database
      .write([&](Tx& tx) -> Result<void> {
        const std::string page(4000, 'p');
        for (int i = from; i < from + count; ++i) {
          tx.exec("INSERT INTO server_state (key, value) VALUES ($1, $2)", std::to_string(i), page);
        }
        return {};
      })
      .value();
}

std::int64_t count(Database& database) {
  return database.read(
      [](Snapshot& snapshot) { return snapshot.get<std::int64_t>("SELECT count(*) FROM server_state"); });
}

std::string refusal(const std::string& url) {
  try {
    (void)open(url);
  } catch (const StartError& error) {
    CHECK(error.exit_code() == 78);
    CHECK(std::string_view{error.what()}.find('\n') == std::string_view::npos);
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("the file and its folder are made, for the owner alone") {
  const TempFolder folder;
  {
    const auto database = open(url_of(folder, "data/guerdon.db"));
    store::migrate(*database);
  }
  struct stat status{};
  REQUIRE(stat((folder.path() / "data").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0700);
  REQUIRE(stat((folder.path() / "data/guerdon.db").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("what can't be opened is refused with one line, undamaged") {
  const TempFolder folder;
  std::ofstream(folder.path() / "text.db") << std::string(5000, 't');
  CHECK_THAT(refusal(url_of(folder, "text.db")), Catch::Contains("not a database"));
  CHECK(fs::file_size(folder.path() / "text.db") == 5000);
  CHECK_THAT(refusal("sqlite:" + folder.path().string()), Catch::Contains("directory"));
  CHECK_THAT(refusal(url_of(folder, "text.db/under.db")), Catch::Contains("under.db"));
  CHECK_THAT(refusal("sqlite:"), Catch::Contains("database.url"));
  CHECK_THAT(refusal("mysql://x"), Catch::Contains("database.url"));
}

TEST_CASE("the database in memory leaves nothing behind") {
  const auto folders = [] {  // of the files that this process has open: others have databases too
    std::set<fs::path> found;
    for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
      std::error_code ignored;
      const auto file = fs::read_symlink(entry.path(), ignored);
      if (file.filename() == "guerdon.db") found.insert(file.parent_path());
    }
    return found;
  };
  const auto before = folders();
  std::set<fs::path> made;
  {
    const auto database = open("sqlite::memory:");
    store::migrate(*database);
    add_pages(*database, 0, 1);
    CHECK(count(*database) == 1);
    std::ranges::set_difference(folders(), before, std::inserter(made, made.end()));
    REQUIRE(made.size() == 1);
    CHECK(fs::exists(*made.begin()));
  }
  CHECK_FALSE(fs::exists(*made.begin()));
}

TEST_CASE("a copy of the files taken at any moment opens and has every commit that was answered") {
  const TempFolder folder;
  const auto database = open(url_of(folder, "a.db"));
  store::migrate(*database);
  for (int i = 0; i < 20; ++i) {
    add_pages(*database, i * 10, 10);
    const auto name = "copy" + std::to_string(i) + ".db";
    fs::copy_file(folder.path() / "a.db", folder.path() / name);
    fs::copy_file(folder.path() / "a.db-wal", folder.path() / (name + "-wal"));
    const auto copy = open(url_of(folder, name));
    CHECK(count(*copy) == (i + 1) * 10);
  }
}

TEST_CASE("after a clean close everything is in the file itself") {
  const TempFolder folder;
  {
    const auto database = open(url_of(folder, "a.db"));
    store::migrate(*database);
    add_pages(*database, 0, 50);
    const auto reader = database->open_reader();
    reader->run([](Snapshot& snapshot) { (void)snapshot.get<std::int64_t>("SELECT count(*) FROM server_state"); }, 0);
    database->close();
  }
  fs::remove(folder.path() / "a.db-wal");
  fs::remove(folder.path() / "a.db-shm");
  CHECK(count(*open(url_of(folder, "a.db"))) == 50);
}

TEST_CASE("a full database fails the group, goes on reading and recovers by itself") {
  const TempFolder folder;
  const auto database = open(url_of(folder, "a.db"));
  store::migrate(*database);
  add_pages(*database, 0, 10);
  database->write([](Tx& tx) -> Result<void> { return tx.exec("PRAGMA max_page_count = 40"), Result<void>{}; }).value();
  std::vector<std::future<void>> commands;
  {
    const BusyStore busy(*database);
    for (int i = 0; i < 50; ++i) {
      commands.push_back(submit(*database, [i](Tx& tx) {
        tx.exec("INSERT INTO server_state (key, value) VALUES ($1, $2)", 1000 + i, std::string(8000, 'v'));
        return true;
      }));
    }
  }
  std::int64_t kept = 0;
  for (auto& command : commands) {
    const auto failure = failure_of(command);
    if (failure)
      CHECK(*failure == StoreError::Kind::storage_full);
    else
      ++kept;
  }
  CHECK(kept < 50);
  CHECK(count(*database) == 10 + kept);
  database->write([](Tx& tx) -> Result<void> { return tx.exec("PRAGMA max_page_count = 4000"), Result<void>{}; })
      .value();
  add_pages(*database, 100, 50);
  CHECK(count(*database) == 60 + kept);
}

TEST_CASE("the log stays bounded while readers keep snapshots they do not use") {
  const TempFolder folder;
  const auto database = open("sqlite::memory:");
  store::migrate(*database);
  const auto idle = database->open_reader();
  const auto busy = database->open_reader();
  const auto read = [](Snapshot& snapshot) {
    (void)snapshot.get<std::int64_t>("SELECT count(*) FROM server_state WHERE key = 'x'");
  };
  idle->run(read, 0);
  std::uint64_t largest = 0;
  for (int i = 0; i < 60; ++i) {
    add_pages(*database, i * 1000, 1000);
    busy->run(read, 0);
    largest = std::max(largest, database->stats().wal_pages);
  }
  CHECK(largest >= 10'000);
  CHECK(largest < 24'000);
  CHECK(count(*database) == 60'000);
}

TEST_CASE("a foreign process that holds the file makes commands fail, not hang, and passes") {
  const TempFolder folder;
  store::DatabaseOptions options;
  options.busy_patience = std::chrono::milliseconds{1};
  const auto database = open(url_of(folder, "a.db"), options);
  store::migrate(*database);
  sqlite3* foreign = nullptr;
  REQUIRE(sqlite3_open((folder.path() / "a.db").c_str(), &foreign) == SQLITE_OK);
  REQUIRE(sqlite3_exec(foreign, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  auto command = submit(*database, [](Tx&) { return true; });
  CHECK(failure_of(command) == StoreError::Kind::unavailable);
  REQUIRE(sqlite3_exec(foreign, "ROLLBACK", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(foreign);
  add_pages(*database, 0, 1);
  CHECK(count(*database) == 1);
}

TEST_CASE("a command that waits for the file's lock is counted as waiting, so that the watchdog sees it") {
  const TempFolder folder;
  store::DatabaseOptions options;
  options.busy_patience = std::chrono::minutes{5};
  const auto database = open(url_of(folder, "a.db"), options);
  store::migrate(*database);
  sqlite3* foreign = nullptr;
  REQUIRE(sqlite3_open((folder.path() / "a.db").c_str(), &foreign) == SQLITE_OK);
  REQUIRE(sqlite3_exec(foreign, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  auto command = submit(*database, [](Tx&) { return true; });
  int unseen = 0;
  for (int look = 0; look < 100; ++look) {
    if (database->stats().waiting != 1) ++unseen;
    REQUIRE(command.wait_for(std::chrono::milliseconds{1}) == std::future_status::timeout);
  }
  CHECK(unseen == 0);
  REQUIRE(sqlite3_exec(foreign, "ROLLBACK", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(foreign);
  CHECK_NOTHROW(command.get());
  CHECK(database->stats().waiting == 0);
}

TEST_CASE("what may not be created is refused, and nothing is made") {
  const TempFolder folder;
  store::DatabaseOptions options;
  options.may_create = false;
  std::ofstream(folder.path() / "empty.db").close();
  for (const auto* name : {"none/none.db", "empty.db"}) {
    try {
      (void)open(url_of(folder, name), options);
      FAIL("it opened");
    } catch (const StartError& error) {
      CHECK(error.exit_code() == 78);
      CHECK_THAT(error.what(), Catch::Contains("there is no database") && Catch::Contains(name));
    }
  }
  CHECK_FALSE(fs::exists(folder.path() / "none"));
  CHECK(fs::file_size(folder.path() / "empty.db") == 0);
  CHECK_THROWS_AS(open("sqlite::memory:", options), StartError);
}
