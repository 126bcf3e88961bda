// Connections that die: idle, in the middle of a command, around the commit, with the whole server.
#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <mutex>
#include <set>
#include <thread>

#include "guerdon/app.hpp"
#include "store/postgres/commit_fate.hpp"
#include "support/databases.hpp"
#include "support/postgres_proxy.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;
namespace pg = guerdon::store::postgres;

namespace {

store::DatabaseOptions one_worker() {
  store::DatabaseOptions options;
  options.connections = 1;
  return options;
}

/// A store on a URL of the test's choice.
class Store {
 public:
  explicit Store(std::string url, int connections = 1) {
    store::DatabaseOptions options;
    options.url = std::move(url);
    options.connections = connections;
    options.clock = &clock_;
    options.ids = &ids_;
    database_ = store::open_database(options);
  }
  store::ManagedDatabase* operator->() { return database_.get(); }

 private:
  FakeClock clock_;
  std::unique_ptr<Random> random_ = system_random();
  IdSource ids_{*random_};
  std::unique_ptr<store::ManagedDatabase> database_;
};

Result<void> make_events(Tx& tx) {
  tx.exec("CREATE TABLE happened (n bigint)");
  return {};
}

Result<void> happen(Tx& tx) {
  tx.exec("INSERT INTO happened (n) VALUES (1)");
  return {};
}

template <class Database>
int count(Database& store) {
  return store->read([](Snapshot& snapshot) { return snapshot.get<int>("SELECT count(*) FROM happened"); });
}

int backend(Snapshot& snapshot) { return snapshot.get<int>("SELECT pg_backend_pid()"); }

void terminate(int backend) {
  SideSession side{postgres_url()};
  // Until it is gone: a dying backend may still answer.
  side.run("SELECT pg_terminate_backend(" + std::to_string(backend) + ", 10000)");
}

template <class F>
StoreError::Kind kind_of(F fails) {
  try {
    fails();
  } catch (const StoreError& error) {
    return error.kind();
  }
  throw std::runtime_error("it did not fail");
}

}  // namespace

TEST_CASE("a connection that died while idle is replaced unnoticed") {
  TestDatabase store{Engine::postgres, Schema::none, one_worker()};
  store->write(make_events).value();
  int runs = 0;
  terminate(store->write([](Tx& tx) -> Result<int> { return backend(tx); }).value());
  store
      ->write([&](Tx& tx) {
        ++runs;
        return happen(tx);
      })
      .value();
  CHECK(runs == 1);
  CHECK(count(store) == 1);

  const auto reader = store->open_reader();
  int reading = 0;
  reader->run([&](Snapshot& snapshot) { reading = backend(snapshot); }, 0);
  terminate(reading);
  reader->run([](Snapshot& snapshot) { CHECK(snapshot.get<int>("SELECT count(*) FROM happened") == 1); }, 0);
}

TEST_CASE("a command whose connection is killed under it runs again from scratch") {
  TestDatabase store{Engine::postgres, Schema::none, one_worker()};
  store->write(make_events).value();
  int runs = 0;
  store
      ->write([&](Tx& tx) -> Result<void> {
        (void)happen(tx);
        if (++runs == 1) terminate(backend(tx));
        return happen(tx);
      })
      .value();
  CHECK(runs == 2);
  CHECK(count(store) == 2);
}

TEST_CASE("a command that hides the loss of its connection runs again all the same") {
  TestDatabase store{Engine::postgres, Schema::none, one_worker()};
  store->write(make_events).value();
  int runs = 0;
  store
      ->write([&](Tx& tx) -> Result<void> {
        (void)happen(tx);
        if (++runs > 1) return {};
        terminate(backend(tx));
        CHECK_THROWS_AS(tx.savepoint([&] { return happen(tx); }), StoreError);
        return Error{problems::forbidden};
      })
      .value();
  CHECK(runs == 2);
  CHECK(count(store) == 1);
}

TEST_CASE("a command that kills its connection each time is told that the store is unavailable") {
  TestDatabase store{Engine::postgres, Schema::none, one_worker()};
  store->write(make_events).value();
  int runs = 0;
  CHECK(kind_of([&] {
          (void)store->write([&](Tx& tx) -> Result<void> {
            ++runs;
            (void)happen(tx);
            terminate(backend(tx));
            return happen(tx);
          });
        }) == StoreError::Kind::unavailable);
  CHECK(runs == 2);
  CHECK(count(store) == 0);
  store->write(happen).value();
  CHECK(count(store) == 1);
}

TEST_CASE("a reader whose connection is killed under it says so, and reads again") {
  TestDatabase store{Engine::postgres, Schema::none, one_worker()};
  store->write(make_events).value();
  const auto reader = store->open_reader();
  CHECK(kind_of([&] {
          reader->run(
              [](Snapshot& snapshot) {
                terminate(backend(snapshot));
                (void)backend(snapshot);
              },
              0);
        }) == StoreError::Kind::unavailable);
  reader->run([](Snapshot& snapshot) { CHECK(backend(snapshot) > 0); }, 0);
}

TEST_CASE("a server that has become read-only is left, and looked for again") {
  TestDatabase store{Engine::postgres, Schema::none, one_worker()};
  store->write(make_events).value();
  std::vector<int> backends;
  store
      ->write([&](Tx& tx) -> Result<void> {
        backends.push_back(backend(tx));
        if (backends.size() == 1) tx.exec("SET TRANSACTION READ ONLY");
        return happen(tx);
      })
      .value();
  REQUIRE(backends.size() == 2);
  CHECK(backends[0] != backends[1]);
  CHECK(count(store) == 1);
}

TEST_CASE("statements prepared before a table was changed are prepared anew") {
  TestDatabase store{Engine::postgres, Schema::none, one_worker()};
  store->write(make_events).value();
  const auto reader = store->open_reader();
  const auto columns = [&] {
    int result = 0;
    reader->run(
        [&](Snapshot& snapshot) {
          snapshot.visit("SELECT * FROM happened", [&](const Row& row) { result = row.columns(); });
        },
        0);
    return result;
  };
  store->write(happen).value();
  CHECK(columns() == 1);
  store
      ->write([](Tx& tx) -> Result<void> {
        tx.exec("ALTER TABLE happened ADD COLUMN m bigint");
        return {};
      })
      .value();
  CHECK(columns() == 2);
}

TEST_CASE("a commit whose answer was lost is found to be committed") {
  SideSession side{postgres_url()};
  PostgresProxy proxy{side.socket_folder()};
  PostgresSchema schema;
  Store store{schema.url(proxy.folder()), 2};
  store->write(make_events).value();
  const auto witness = store->open_reader();
  witness->run([](Snapshot& snapshot) { (void)backend(snapshot); }, 0);
  int runs = 0;
  bool told = false;
  // So that the session which commits is younger than the witness.
  terminate(store->write([](Tx& tx) -> Result<int> { return backend(tx); }).value());
  terminate(store->write([](Tx& tx) -> Result<int> { return backend(tx); }).value());
  proxy.cut_next(PostgresProxy::Cut::after_commit);
  store
      ->write([&](Tx& tx) {
        ++runs;
        tx.on_commit([&] { told = true; });
        return happen(tx);
      })
      .value();
  CHECK(runs == 1);
  CHECK(told);
  CHECK(count(store) == 1);
}

TEST_CASE("a commit that never arrived is found to be undone, and the command runs again") {
  SideSession side{postgres_url()};
  PostgresProxy proxy{side.socket_folder()};
  PostgresSchema schema;
  Store store{schema.url(proxy.folder())};
  store->write(make_events).value();
  int runs = 0;
  proxy.cut_next(PostgresProxy::Cut::before_commit);
  store
      ->write([&](Tx& tx) {
        ++runs;
        return happen(tx);
      })
      .value();
  CHECK(runs == 2);
  CHECK(count(store) == 1);
}

TEST_CASE("a commit about which nobody can be asked is unknown") {
  SideSession side{postgres_url()};
  PostgresProxy proxy{side.socket_folder()};
  PostgresSchema schema;
  Store store{schema.url(proxy.folder())};
  store->write(make_events).value();
  proxy.refuse_after_cut();
  proxy.cut_next(PostgresProxy::Cut::after_commit);
  CHECK(kind_of([&] { store->write(happen).value(); }) == StoreError::Kind::commit_unknown);
  CHECK(kind_of([&] { store->write(happen).value(); }) == StoreError::Kind::unavailable);
  CHECK(side.run("SELECT count(*) FROM " + schema.name() + ".happened") == "1");
}

TEST_CASE("the fate of a transaction is believed only on proof") {
  PostgresSchema schema;
  const auto target = pg::parse_target(schema.url());
  pg::Session witness{target};
  witness.connect();
  pg::Session writer{target};
  writer.begin_write();
  const auto xid_of = [](pg::Session& session) {
    std::string xid;
    session.execute("SELECT CAST(pg_current_xact_id() AS text)", {}, [&](const Row& row) { xid = row.text(0); });
    return xid;
  };
  pg::CommitLost lost{.xid = xid_of(writer), .origin = writer.link().origin()};
  pg::Session asker{target};

  SECTION("it runs still") { CHECK(pg::find_fate(lost, asker, 50ms) == pg::Fate::unknown); }
  SECTION("it was undone") {
    writer.rollback();
    writer.begin_write();
    (void)xid_of(writer);  // the rollback has been answered
    CHECK(pg::find_fate(lost, asker, 5s) == pg::Fate::aborted);
  }
  SECTION("it was committed, and an older session proves that there was no crash") {
    writer.commit();
    CHECK(pg::find_fate(lost, asker, 5s) == pg::Fate::committed);
  }
  SECTION("its id was committed, but perhaps by another transaction, after a crash") {
    writer.commit();
    lost.origin.started = "2000-01-01 00:00:00+00";
    CHECK(pg::find_fate(lost, asker, 5s) == pg::Fate::unknown);
  }
  SECTION("its id was committed, but on a server with another history") {
    writer.commit();
    lost.origin.timeline = "FFFFFFFF";
    CHECK(pg::find_fate(lost, asker, 5s) == pg::Fate::unknown);
  }
  SECTION("its id was never given out by the server as it is now") {
    lost.xid = "999999999999";
    CHECK(pg::find_fate(lost, asker, 5s) == pg::Fate::aborted);
  }
}

TEST_CASE("after a restart of the server nothing is lost and everything goes on") {
  const int how = GENERATE(SIGINT, SIGQUIT);
  PostgresServer server;
  Store store{server.url(), 3};
  store->write(make_events).value();
  store->write(happen).value();
  const auto reader = store->open_reader();
  server.stop(how);
  CHECK(kind_of([&] { (void)store->write(happen); }) == StoreError::Kind::unavailable);
  CHECK(kind_of([&] { (void)count(store); }) == StoreError::Kind::unavailable);
  server.start();
  int written = 1;
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  while (written < 4 && std::chrono::steady_clock::now() < deadline) {
    try {
      store->write(happen).value();
      ++written;
    } catch (const StoreError& error) {
      REQUIRE(error.kind() == StoreError::Kind::unavailable);
      std::this_thread::yield();
    }
  }
  CHECK(written == 4);
  CHECK(count(store) == 4);
}

TEST_CASE("while the server crashes again and again, what is acknowledged stays and what is refused is not there") {
  PostgresServer server;
  constexpr int threads = 4, rounds = 6, commits_a_round = 150;
  Store store{server.url(), threads};
  store->write(make_events).value();
  store
      ->write([](Tx& tx) -> Result<void> {
        tx.exec("CREATE UNIQUE INDEX happened_once ON happened (n)");
        return {};
      })
      .value();
  std::mutex mutex;
  std::set<int> acknowledged, refused;  // the rest: commit_unknown
  std::atomic<int> next{0}, commits{0}, of_other_kinds{0};
  std::atomic<bool> stop{false};
  const auto write_on = [&] {
    while (!stop) {
      const int n = next++;
      std::optional<StoreError::Kind> failure;
      try {
        store
            ->write([&](Tx& tx) -> Result<void> {
              tx.exec("INSERT INTO happened (n) VALUES ($1)", n);
              return {};
            })
            .value();
        ++commits;
      } catch (const StoreError& error) {
        failure = error.kind();
      }
      const std::lock_guard lock(mutex);
      if (!failure)
        acknowledged.insert(n);
      else if (*failure == StoreError::Kind::unavailable)
        refused.insert(n);
      else if (*failure != StoreError::Kind::commit_unknown)
        ++of_other_kinds;
    }
  };
  std::vector<std::thread> writers;
  for (int i = 0; i < threads; ++i) writers.emplace_back(write_on);
  for (int round = 0; round < rounds; ++round) {
    const int goal = commits + commits_a_round;
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    while (commits < goal && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(1ms);
    CHECK(commits >= goal);
    server.stop(SIGQUIT);
    server.start();
  }
  stop = true;
  for (auto& writer : writers) writer.join();

  CHECK(of_other_kinds == 0);
  const auto numbers =
      store->read([](Snapshot& snapshot) { return snapshot.list<int>("SELECT n FROM happened ORDER BY n"); });
  const std::set<int> present{numbers.begin(), numbers.end()};
  CHECK(present.size() == numbers.size());
  CHECK(std::ranges::includes(present, acknowledged));
  CHECK(std::ranges::none_of(refused, [&](int n) { return present.contains(n); }));
  CHECK(acknowledged.size() > commits_a_round * rounds);
}

TEST_CASE("a database that is no use is refused at the start, in one line") {
  const auto exit_code = [](const std::string& url) {
    try {
      Store store{url};
    } catch (const StartError& error) {
      CHECK(std::string_view{error.what()}.find('\n') == std::string_view::npos);
      return error.exit_code();
    }
    return 0;
  };
  CHECK(exit_code("postgres://%%%") == 78);
  CHECK(exit_code("postgresql:/x") == 78);
  CHECK(exit_code("postgres://guerdon@/postgres?host=/nowhere&schema=Not;Plain") == 78);
  CHECK(exit_code("postgres://guerdon@/postgres?host=/nowhere") == 75);

  SideSession side{postgres_url()};
  const std::string name = PostgresSchema{}.name();
  side.run("CREATE DATABASE " + name + " ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
  CHECK(exit_code("postgres://guerdon@/" + name + "?host=" + side.socket_folder()) == 78);
  side.run("DROP DATABASE " + name);
}
