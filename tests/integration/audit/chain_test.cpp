// The audit log's chain: what is whole, what damage it shows, and what SQL may still do to a row.
#include <catch2/catch.hpp>

#include <functional>
#include <thread>

#include "audit/audit_log.hpp"
#include "guerdon/audit.hpp"
#include "support/databases.hpp"
#include "support/result.hpp"

using namespace guerdon;
using namespace guerdon::test;

namespace {

Caller somebody() {
  Caller caller;
  caller.user = UserId{};
  caller.address = "203.0.113.7";
  return caller;
}

void record(Tx& tx, const Caller& caller, int number) {
  record_audit(tx, caller, {.action = "test.changed", .subject = std::to_string(number), .details = {{"to", number}}});
}

void fill(TestDatabase& store, int entries) {
  for (int number = 1; number <= entries; ++number)
    REQUIRE(store->write([&](Tx& tx) -> Result<void> {
      record(tx, somebody(), number);
      return {};
    }));
}

std::vector<std::string> violations(TestDatabase& store) {
  return store->read([](Snapshot& snapshot) { return audit_chain_violations(snapshot); });
}

std::int64_t count(TestDatabase& store) {
  return store->read([](Snapshot& snapshot) { return snapshot.get<std::int64_t>("SELECT count(*) FROM audit_log"); });
}

/// Whoever owns the file can do this; only the chain tells.
void drop_triggers(Tx& tx) {
  tx.exec({"DROP TRIGGER audit_log_keeps_rows", "DROP TRIGGER audit_log_keeps_rows ON audit_log"});
  tx.exec({"DROP TRIGGER audit_log_keeps_words", "DROP TRIGGER audit_log_keeps_words ON audit_log"});
}

struct Damage {
  const char* what;
  const char* found_at;  ///< how the complaint ends
  std::function<void(Tx&)> make;
};

const Damage damages[] = {
    {"changed details", " at 3",
     [](Tx& tx) { tx.exec("UPDATE audit_log SET details = '{\"to\":4}' WHERE position = 3"); }},
    {"a blank in the details", " at 3",
     [](Tx& tx) { tx.exec("UPDATE audit_log SET details = '{\"to\": 3}' WHERE position = 3"); }},
    {"a changed subject", " at 1", [](Tx& tx) { tx.exec("UPDATE audit_log SET subject = '9' WHERE position = 1"); }},
    {"a changed action", " at 5", [](Tx& tx) { tx.exec("UPDATE audit_log SET action = 'a' WHERE position = 5"); }},
    {"an actor taken away", " at 2", [](Tx& tx) { tx.exec("UPDATE audit_log SET actor = NULL WHERE position = 2"); }},
    {"a changed time", " at 2",
     [](Tx& tx) { tx.exec("UPDATE audit_log SET at = $1 WHERE position = 2", tx.now() + std::chrono::hours{1}); }},
    {"a changed id", " at 4",
     [](Tx& tx) { tx.exec("UPDATE audit_log SET id = $1 WHERE position = 4", tx.new_id<AuditId>()); }},
    {"a changed address", " at 4",
     [](Tx& tx) { tx.exec("UPDATE audit_log SET ip = '198.51.100.1' WHERE position = 4"); }},
    {"an address without its salt", " at 4",
     [](Tx& tx) { tx.exec("UPDATE audit_log SET ip_salt = NULL WHERE position = 4"); }},
    {"a forgotten address whose digest was changed", " at 4",
     [](Tx& tx) { tx.exec("UPDATE audit_log SET ip = NULL, ip_salt = NULL, ip_digest = hash WHERE position = 4"); }},
    {"a removed row", " at 3", [](Tx& tx) { tx.exec("DELETE FROM audit_log WHERE position = 2"); }},
    {"a removed row, the others moved up", " at 2",
     [](Tx& tx) {
       tx.exec("DELETE FROM audit_log WHERE position = 2");
       for (std::int64_t position = 3; position <= 5; ++position)
         tx.exec("UPDATE audit_log SET position = position - 1 WHERE position = $1", position);
       tx.exec("UPDATE audit_head SET position = 4");
     }},
    {"a removed first row", " at 2", [](Tx& tx) { tx.exec("DELETE FROM audit_log WHERE position = 1"); }},
    {"a removed last row", "the head at 5", [](Tx& tx) { tx.exec("DELETE FROM audit_log WHERE position = 5"); }},
    {"a removed last row that the head does not count any more", "the head at 4",
     [](Tx& tx) {
       tx.exec("DELETE FROM audit_log WHERE position = 5");
       tx.exec("UPDATE audit_head SET position = 4");
     }},
    {"swapped rows", " at 2",
     [](Tx& tx) {
       tx.exec("UPDATE audit_log SET position = 9 WHERE position = 2");
       tx.exec("UPDATE audit_log SET position = 2 WHERE position = 3");
       tx.exec("UPDATE audit_log SET position = 3 WHERE position = 9");
     }},
    {"an added row", " at 6",
     [](Tx& tx) {
       tx.exec(
           "INSERT INTO audit_log (position, id, at, action, subject, details, ip_digest, hash)"
           " SELECT 6, $1, at, action, subject, details, ip_digest, hash FROM audit_log WHERE position = 5",
           tx.new_id<AuditId>());
       tx.exec("UPDATE audit_head SET position = 6");
     }},
    {"a changed hash of the head", "the head at 5",
     [](Tx& tx) { tx.exec("UPDATE audit_head SET hash = $1", Bytes{std::string(32, 'x')}); }},
    {"a changed position of the head", "the head at 7", [](Tx& tx) { tx.exec("UPDATE audit_head SET position = 7"); }},
};

}  // namespace

TEST_CASE("the audit log of a new database is whole, and stays so as entries are added") {
  TestDatabase store{GENERATE(from_range(engines()))};
  CHECK(violations(store).empty());
  fill(store, 5);
  CHECK(count(store) == 5);
  CHECK(violations(store).empty());
  store.reopen();
  fill(store, 2);
  CHECK(count(store) == 7);
  CHECK(violations(store).empty());
}

TEST_CASE("whatever is changed, removed, moved or added behind the audit log's back is found, and where") {
  TestDatabase store{GENERATE(from_range(engines()))};
  fill(store, 5);
  for (const auto& [what, found_at, make] : damages) {
    INFO(what);
    std::vector<std::string> found;
    // Refused in the end, so that the next damage meets a whole log.
    const auto result = store->write([&, &make = make](Tx& tx) -> Result<void> {
      drop_triggers(tx);
      make(tx);
      found = audit_chain_violations(tx);
      return problems::forbidden;
    });
    CHECK_FALSE(result);
    REQUIRE(found.size() == 1);
    CHECK_THAT(found.front(), Catch::EndsWith(found_at));
    REQUIRE(violations(store).empty());
  }
}

TEST_CASE("SQL neither deletes nor changes an entry of the audit log") {
  TestDatabase store{GENERATE(from_range(engines()))};
  fill(store, 2);
  const auto refuses = [&](Sql sql) {
    INFO(sql.text(store->engine()));
    CHECK_THROWS_WITH(store->write([&](Tx& tx) -> Result<void> {
      tx.exec(sql);
      return {};
    }),
                      Catch::Contains("append-only"));
  };
  refuses("DELETE FROM audit_log");
  refuses("DELETE FROM audit_log WHERE position = 2");
  refuses({"DELETE FROM audit_log WHERE position > 0", "TRUNCATE audit_log"});
  refuses("UPDATE audit_log SET position = 3 WHERE position = 2");
  refuses("UPDATE audit_log SET id = id");
  refuses("UPDATE audit_log SET at = at");
  refuses("UPDATE audit_log SET actor = NULL");
  refuses("UPDATE audit_log SET action = 'a'");
  refuses("UPDATE audit_log SET subject = '7' WHERE position = 1");
  refuses("UPDATE audit_log SET details = '{}'");
  refuses("UPDATE audit_log SET ip_digest = hash");
  refuses("UPDATE audit_log SET hash = ip_digest");
  refuses("UPDATE audit_log SET ip = NULL, details = '{}'");
  refuses(
      {"INSERT OR REPLACE INTO audit_log SELECT 2, id, at, actor, action, subject, '{}', ip, ip_salt, ip_digest, hash"
       " FROM audit_log WHERE position = 2",
       "INSERT INTO audit_log SELECT * FROM audit_log WHERE position = 2 ON CONFLICT (position) DO UPDATE SET "
       "details = '{}'"});
  CHECK(count(store) == 2);
  CHECK(violations(store).empty());
}

TEST_CASE("an address may be forgotten: the audit log's chain stays whole, and goes on") {
  TestDatabase store{GENERATE(from_range(engines()))};
  fill(store, 3);
  REQUIRE(store
              ->write([](Tx& tx) -> Result<std::int64_t> {
                return tx.exec("UPDATE audit_log SET ip = NULL, ip_salt = NULL WHERE position = 2");
              })
              .value() == 1);
  CHECK(violations(store).empty());
  fill(store, 1);
  CHECK(violations(store).empty());
  CHECK(store->read([](Snapshot& snapshot) {
    return snapshot.get<std::int64_t>("SELECT count(*) FROM audit_log WHERE ip IS NULL");
  }) == 1);
}

TEST_CASE("equal addresses have different digests, so that a forgotten one can't be looked up") {
  TestDatabase store{GENERATE(from_range(engines()))};
  fill(store, 3);
  CHECK(store->read([](Snapshot& snapshot) {
    return snapshot.get<std::int64_t>("SELECT count(DISTINCT ip_digest) FROM audit_log");
  }) == 3);
}

TEST_CASE("callers without address, user or key are recorded as what they are") {
  TestDatabase store{GENERATE(from_range(engines()))};
  auto key = somebody();
  key.user.reset();
  key.key = KeyId{};
  REQUIRE(store->write([&](Tx& tx) -> Result<void> {
    record(tx, Caller{}, 1);
    record(tx, key, 2);
    return {};
  }));
  using Row = std::tuple<std::optional<std::string>, std::optional<std::string>>;
  const auto rows = store->read(
      [](Snapshot& snapshot) { return snapshot.list<Row>("SELECT actor, ip FROM audit_log ORDER BY position"); });
  CHECK(rows == std::vector<Row>{{std::nullopt, std::nullopt}, {KeyId{}.to_string(), "203.0.113.7"}});
  CHECK(violations(store).empty());
}

TEST_CASE("audited transactions of many threads, some of them refused, form one chain without a gap") {
  constexpr int threads = 8, transactions = 25;
  TestDatabase store{GENERATE(from_range(engines()))};
  std::vector<std::thread> running;
  std::atomic<int> kept{0};
  for (int thread = 0; thread < threads; ++thread)
    running.emplace_back([&store, &kept, thread] {
      for (int n = 0; n < transactions; ++n) {
        const auto result = store->write([&](Tx& tx) -> Result<void> {
          record(tx, somebody(), thread);
          if (n % 5 == 0) record(tx, somebody(), n);
          if (n % 3 == 0) return problems::forbidden;
          return {};
        });
        if (result) kept += n % 5 == 0 ? 2 : 1;
      }
    });
  for (auto& thread : running) thread.join();
  CHECK(violations(store).empty());
  CHECK(count(store) == kept);
  // 25 less the 9 refused, and one more entry for each of 5, 10 and 20.
  CHECK(kept == threads * (16 + 3));
}

TEST_CASE("what a transaction records in a savepoint that is undone was never recorded") {
  TestDatabase store{GENERATE(from_range(engines()))};
  REQUIRE(store->write([](Tx& tx) -> Result<void> {
    record(tx, somebody(), 1);
    const auto undone = tx.savepoint([&]() -> Result<void> {
      record(tx, somebody(), 2);
      return problems::forbidden;
    });
    record(tx, somebody(), 3);
    return undone ? Result<void>{problems::forbidden} : Result<void>{};
  }));
  CHECK(count(store) == 2);
  CHECK(violations(store).empty());
}
