// Every type of parameter there and back, and what is refused rather than guessed.
#include <catch2/catch.hpp>

#include <limits>

#include "support/databases.hpp"

using namespace guerdon;
using namespace guerdon::test;

namespace {

struct PgValues {
  bool flag;
  std::int64_t number;
  std::string text;
  Bytes bytes;
  Uuid uuid;
  Instant instant;
  Date date;
  json::value document;
};
BOOST_DESCRIBE_STRUCT(PgValues, (), (flag, number, text, bytes, uuid, instant, date, document))

struct PgNulls {
  std::optional<bool> flag;
  std::optional<std::int64_t> number;
  std::optional<std::string> text;
  std::optional<Bytes> bytes;
  std::optional<Uuid> uuid;
  std::optional<Instant> instant;
  std::optional<Date> date;
  std::optional<json::value> document;
};
BOOST_DESCRIBE_STRUCT(PgNulls, (), (flag, number, text, bytes, uuid, instant, date, document))

constexpr Sql insert = "INSERT INTO pg_values VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
constexpr Sql all = "SELECT flag, number, text, bytes, uuid, instant, date, document FROM pg_values";

Result<void> make_table(Tx& tx) {
  tx.exec(
      "CREATE TABLE pg_values (flag boolean, number bigint, text text, bytes bytea, uuid uuid, instant timestamptz, "
      "date date, document jsonb)");
  return {};
}

template <class T>
T from_sql(TestDatabase& store, Sql sql) {
  return store->read([&](Snapshot& snapshot) { return snapshot.get<T>(sql); });
}

Instant at(std::int64_t ms) { return Instant{std::chrono::milliseconds{ms}}; }
Date on(int days) { return Date{std::chrono::days{days}}; }

}  // namespace

TEST_CASE("PostgreSQL gives back every value as it was stored") {
  TestDatabase store{Engine::postgres, Schema::none};
  const PgValues values = GENERATE(
      PgValues{true, 1, "grün \xF0\x9F\x8E\x81", Bytes{std::string{"\0\xFF\x01", 3}}, Uuid{{1, 2, 3, 255}},
               at(1'795'000'123'456), on(20'000), json::parse(R"({"a":[1,2.5,null,"ü"]})")},
      PgValues{false, std::numeric_limits<std::int64_t>::min(), "", Bytes{}, Uuid{}, at(0), on(0), json::parse("null")},
      PgValues{true, std::numeric_limits<std::int64_t>::max(), std::string(100'000, 'x'),
               Bytes{std::string(70'000, '\0')}, Uuid{}, at(-1), on(-1), json::parse("[]")},
      PgValues{true, -1, "'; DROP TABLE pg_values; --", Bytes{"\\x00"}, Uuid{}, at(253'402'300'799'999), on(2'932'896),
               json::parse("\"text\"")},
      PgValues{true, 0, "x", Bytes{}, Uuid{}, at(946'684'799'999), on(10'956), json::parse("17")});
  store->write(make_table).value();
  store->write([&](Tx& tx) -> Result<std::int64_t> {
    return tx.exec(insert, values.flag, values.number, values.text, values.bytes, values.uuid, values.instant,
                   values.date, values.document);
  });
  const auto stored = from_sql<PgValues>(store, all);
  CHECK(stored.flag == values.flag);
  CHECK(stored.number == values.number);
  CHECK(stored.text == values.text);
  CHECK(stored.bytes == values.bytes);
  CHECK(stored.uuid == values.uuid);
  CHECK(stored.instant == values.instant);
  CHECK(stored.date == values.date);
  CHECK(stored.document == values.document);
}

TEST_CASE("PostgreSQL keeps a NULL of every type") {
  TestDatabase store{Engine::postgres, Schema::none};
  store->write(make_table).value();
  store->write([&](Tx& tx) -> Result<std::int64_t> {
    const PgNulls none;
    return tx.exec(insert, none.flag, none.number, none.text, none.bytes, none.uuid, none.instant, none.date,
                   none.document);
  });
  const auto stored = from_sql<PgNulls>(store, all);
  CHECK_FALSE((stored.flag || stored.number || stored.text || stored.bytes || stored.uuid || stored.instant ||
               stored.date || stored.document));
}

TEST_CASE("PostgreSQL stores what its own functions understand") {
  TestDatabase store{Engine::postgres, Schema::none};
  store->write(make_table).value();
  store->write([&](Tx& tx) -> Result<std::int64_t> {
    return tx.exec(insert, true, 5, "text", Bytes{"b"}, Uuid{{0x01, 0x23}}, at(1'000'000'000'123), on(365),
                   json::parse(R"({"n":7})"));
  });
  CHECK(from_sql<std::string>(store, "SELECT CAST(instant AS text) FROM pg_values") == "2001-09-09 01:46:40.123+00");
  CHECK(from_sql<std::string>(store, "SELECT CAST(date AS text) FROM pg_values") == "1971-01-01");
  CHECK(from_sql<std::string>(store, "SELECT CAST(uuid AS text) FROM pg_values") ==
        "01230000-0000-0000-0000-000000000000");
  CHECK(from_sql<std::string>(store, "SELECT document->>'n' FROM pg_values") == "7");
}

TEST_CASE("integers of every width are integers, and microseconds are cut to milliseconds") {
  TestDatabase store{Engine::postgres, Schema::none};
  CHECK(from_sql<std::int64_t>(store, "SELECT CAST(-7 AS smallint)") == -7);
  CHECK(from_sql<std::int64_t>(store, "SELECT CAST(-70000 AS integer)") == -70'000);
  CHECK(from_sql<int>(store, "SELECT count(*) FROM pg_class WHERE false") == 0);
  CHECK(from_sql<Instant>(store, "SELECT CAST('1969-12-31 23:59:59.9995+00' AS timestamptz)") == at(-1));
  CHECK(from_sql<bool>(store, "SELECT EXISTS (SELECT 1)"));
}

TEST_CASE("a column of another type is refused, not converted") {
  TestDatabase store{Engine::postgres, Schema::none};
  CHECK_THROWS_WITH(from_sql<std::int64_t>(store, "SELECT CAST(1 AS numeric)"), Catch::Contains("CAST it in the SQL"));
  CHECK_THROWS_AS(from_sql<std::string>(store, "SELECT 1"), std::logic_error);
  CHECK_THROWS_AS(from_sql<std::int64_t>(store, "SELECT true"), std::logic_error);
  CHECK_THROWS_AS(from_sql<bool>(store, "SELECT 1"), std::logic_error);
  CHECK_THROWS_AS(from_sql<Uuid>(store, "SELECT 'x'"), std::logic_error);
  CHECK_THROWS_AS(from_sql<Instant>(store, "SELECT CAST(now() AS date)"), std::logic_error);
  CHECK_THROWS_AS(from_sql<Date>(store, "SELECT now()"), std::logic_error);
  CHECK_THROWS_AS(from_sql<Bytes>(store, "SELECT 'x'"), std::logic_error);
}

TEST_CASE("what PostgreSQL can't hold is refused before it is sent") {
  TestDatabase store{Engine::postgres, Schema::none};
  store->write(make_table).value();
  const auto put = [&](auto value, Sql sql) {
    store->write([&](Tx& tx) -> Result<std::int64_t> { return tx.exec(sql, value); }).value();
  };
  CHECK_THROWS_AS(put(std::string("a\0b", 3), "INSERT INTO pg_values (text) VALUES ($1)"), StoreError);
  CHECK_THROWS_AS(put(Instant::max(), "INSERT INTO pg_values (instant) VALUES ($1)"), std::out_of_range);
  CHECK_THROWS_AS(put(Instant::min(), "INSERT INTO pg_values (instant) VALUES ($1)"), std::out_of_range);
  CHECK_THROWS_AS(put(on(2'000'000'000), "INSERT INTO pg_values (date) VALUES ($1)"), std::out_of_range);
  CHECK(from_sql<std::int64_t>(store, "SELECT count(*) FROM pg_values") == 0);
}

TEST_CASE("one statement can be used with parameters of different types") {
  TestDatabase store{Engine::postgres, Schema::none};
  store->read([](Snapshot& snapshot) {
    constexpr Sql is_null = "SELECT $1 IS NULL";
    CHECK_FALSE(snapshot.get<bool>(is_null, 1));
    CHECK_FALSE(snapshot.get<bool>(is_null, "text"));
    CHECK(snapshot.get<bool>(is_null, std::optional<Date>{}));
    CHECK_FALSE(snapshot.get<bool>(is_null, 2));
  });
}

TEST_CASE("the number of rows changed is told, and none for a question") {
  TestDatabase store{Engine::postgres, Schema::none};
  store->write(make_table).value();
  store
      ->write([](Tx& tx) -> Result<void> {
        CHECK(tx.exec("INSERT INTO pg_values (number) SELECT generate_series(1, 25)") == 25);
        CHECK(tx.exec("UPDATE pg_values SET number = number + 1 WHERE number > $1", 20) == 5);
        CHECK(tx.exec("SELECT number FROM pg_values") == 0);
        CHECK(tx.list<int>("DELETE FROM pg_values WHERE number < $1 RETURNING number", 4).size() == 3);
        CHECK(tx.exec("UPDATE pg_values SET number = 0 WHERE false") == 0);
        return {};
      })
      .value();
}
