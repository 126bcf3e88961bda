// Every C++ type that can be a parameter comes back from the database as it went in.
#include <catch2/catch.hpp>

#include <limits>

#include "support/databases.hpp"

using namespace guerdon;
using namespace guerdon::test;

namespace {

enum class Colour { red, dark_green };
BOOST_DESCRIBE_ENUM(Colour, red, dark_green)

struct Everything {
  std::int64_t id{};
  bool flag{};
  std::string text;
  Bytes bytes;
  Uuid uuid;
  Instant instant;
  Date date;
  json::value json;

  friend bool operator==(const Everything&, const Everything&) = default;
};
BOOST_DESCRIBE_STRUCT(Everything, (), (id, flag, text, bytes, uuid, instant, date, json))

struct Maybe {
  std::optional<std::int64_t> number;
  std::optional<bool> flag;
  std::optional<std::string> text;
  std::optional<Bytes> bytes;
  std::optional<UserId> uuid;
  std::optional<Instant> instant;
  std::optional<Date> date;
  std::optional<json::value> json;

  friend bool operator==(const Maybe&, const Maybe&) = default;
};
BOOST_DESCRIBE_STRUCT(Maybe, (), (number, flag, text, bytes, uuid, instant, date, json))

constexpr Sql create_table{
    "CREATE TABLE things (id INTEGER PRIMARY KEY, flag INTEGER, text TEXT, bytes BLOB, uuid BLOB, instant INTEGER, "
    "date INTEGER, json TEXT) STRICT",
    "CREATE TABLE things (id BIGINT PRIMARY KEY, flag BOOLEAN, text TEXT, bytes BYTEA, uuid UUID, instant TIMESTAMPTZ, "
    "date DATE, json JSONB)"};

constexpr Sql insert =
    "INSERT INTO things (id, flag, text, bytes, uuid, instant, date, json) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Rolled back with the test's database; one command, so that both engines see one transaction.
template <class F>
void with_table(TestDatabase& store, F test) {
  store
      ->write([&](Tx& tx) -> Result<void> {
        tx.exec(create_table);
        test(tx);
        return {};
      })
      .value();
}

Everything sample() {
  return {.id = 1,
          .flag = true,
          .text = "Grüße, 'quoted' \"and\" \\ 🎉",
          .bytes = Bytes{std::string("\0\x01\xff'\\", 5)},
          .uuid = Uuid{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 255}},
          .instant = Instant{std::chrono::milliseconds{1'772'445'330'123}},
          .date = std::chrono::sys_days{std::chrono::year{2028} / 2 / 29},
          .json = {{"a", json::array{1, "two", nullptr, true}}, {"ü", -1.5}}};
}

void add(Tx& tx, const Everything& row) {
  tx.exec(insert, row.id, row.flag, row.text, row.bytes, row.uuid, row.instant, row.date, row.json);
}

Everything stored(Tx& tx, std::int64_t id) {
  return tx.get<Everything>("SELECT id, flag, text, bytes, uuid, instant, date, json FROM things WHERE id = $1", id);
}

}  // namespace

TEST_CASE("every type comes back as it went in") {
  TestDatabase store{GENERATE(from_range(engines())), Schema::none};
  with_table(store, [](Tx& tx) {
    add(tx, sample());
    CHECK(stored(tx, 1) == sample());
  });
}

TEST_CASE("the ends of each range come back as they went in") {
  TestDatabase store{GENERATE(from_range(engines())), Schema::none};
  with_table(store, [](Tx& tx) {
    auto low = sample();
    low.id = std::numeric_limits<std::int64_t>::min();
    low.flag = false;
    low.text = "";
    low.bytes = {};
    low.uuid = {};
    low.instant = Instant{std::chrono::milliseconds{-1}};
    low.date = std::chrono::sys_days{std::chrono::year{1} / 1 / 1};
    low.json = json::object{};
    add(tx, low);
    CHECK(stored(tx, low.id) == low);

    auto high = sample();
    high.id = std::numeric_limits<std::int64_t>::max();
    high.text = std::string(100'000, 'x');
    high.bytes.value = std::string(100'000, '\0');
    high.instant = Instant{std::chrono::sys_days{std::chrono::year{9999} / 12 / 31}} + std::chrono::milliseconds{1};
    high.date = std::chrono::sys_days{std::chrono::year{9999} / 12 / 31};
    add(tx, high);
    CHECK(stored(tx, high.id) == high);
  });
}

TEST_CASE("an empty optional is NULL and NULL is an empty optional") {
  TestDatabase store{GENERATE(from_range(engines())), Schema::none};
  with_table(store, [](Tx& tx) {
    const Maybe none;
    tx.exec(insert, 1, none.flag, none.text, none.bytes, none.uuid, none.instant, none.date, none.json);
    const auto read = tx.get<Maybe>("SELECT NULLIF(id, 1), flag, text, bytes, uuid, instant, date, json FROM things");
    CHECK(read == none);
    CHECK_THROWS_AS(tx.get<std::string>("SELECT text FROM things"), std::runtime_error);
    CHECK(tx.get<std::int64_t>("SELECT count(*) FROM things WHERE text IS NULL AND json IS NULL AND uuid IS NULL") ==
          1);
  });
}

TEST_CASE("enumerations are stored under their wire name, checked texts and numbers as what they hold") {
  TestDatabase store{GENERATE(from_range(engines())), Schema::none};
  with_table(store, [](Tx& tx) {
    using Name = Text<1, 8>;
    using Size = Bounded<1, 100>;
    tx.exec("INSERT INTO things (id, text) VALUES ($1, $2)", Size::make(7).value(), Colour::dark_green);
    CHECK(tx.get<std::string>("SELECT text FROM things WHERE id = 7") == "DARK_GREEN");
    CHECK(tx.get<std::tuple<Size, Colour>>("SELECT id, text FROM things") ==
          std::tuple{Size::make(7).value(), Colour::dark_green});
    tx.exec("UPDATE things SET text = $1", Name::parse("blue").value());
    CHECK(tx.get<Name>("SELECT text FROM things") == Name::parse("blue"));
    CHECK_THROWS_AS(tx.get<Colour>("SELECT text FROM things"), std::runtime_error);
  });
}

TEST_CASE("parameters are found by number, in any order and more than once") {
  TestDatabase store{GENERATE(from_range(engines())), Schema::none};
  with_table(store, [](Tx& tx) {
    tx.exec("INSERT INTO things (text, id) VALUES ($2, $1)", 5, "five");
    tx.exec(
        "INSERT INTO things (id, text) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET text = $3 WHERE things.id = $1",
        5, "unused", "six");
    CHECK(tx.get<std::string>("SELECT text FROM things WHERE id = $1", 5) == "six");
  });
}

TEST_CASE("more than nine parameters keep their numbers") {
  TestDatabase store{GENERATE(from_range(engines())), Schema::none};
  with_table(store, [](Tx& tx) {
    tx.exec(
        "INSERT INTO things (id, text) VALUES ($11, 'k'), ($10, 'j'), ($9, 'i'), ($8, 'h'), ($7, 'g'), ($6, 'f'), "
        "($5, 'e'), ($4, 'd'), ($3, 'c'), ($2, 'b'), ($1, 'a')",
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    CHECK(tx.list<std::string>("SELECT text FROM things ORDER BY id") ==
          std::vector<std::string>{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"});
  });
}

TEST_CASE("a writing statement tells how many rows it changed, a reading one none") {
  TestDatabase store{GENERATE(from_range(engines())), Schema::none};
  with_table(store, [](Tx& tx) {
    CHECK(tx.exec("INSERT INTO things (id) VALUES (1), (2), (3)") == 3);
    CHECK(tx.exec("INSERT INTO things (id) VALUES (3), (4) ON CONFLICT DO NOTHING") == 1);
    CHECK(tx.exec("UPDATE things SET flag = $1 WHERE id > $2", true, 2) == 2);
    CHECK(tx.exec("UPDATE things SET flag = $1 WHERE id > $2", true, 9) == 0);
    CHECK(tx.exec("SELECT id FROM things") == 0);
    std::vector<std::int64_t> returned;
    const auto changed = tx.visit(
        "DELETE FROM things WHERE id < $1 RETURNING id", [&](const Row& row) { returned.push_back(row.integer(0)); },
        3);
    CHECK(changed == 2);
    CHECK(returned.size() == 2);
    CHECK(tx.exec("DELETE FROM things") == 2);
  });
}

TEST_CASE("a text with NUL is refused by every engine and harms nothing else") {
  TestDatabase store{GENERATE(from_range(engines())), Schema::none};
  with_table(store, [](Tx& tx) {
    try {
      tx.exec("INSERT INTO things (id, text) VALUES ($1, $2)", 1, std::string("a\0b", 3));
      FAIL("the text was taken");
    } catch (const StoreError& error) {
      CHECK(error.kind() == StoreError::Kind::constraint);
    }
    tx.exec("INSERT INTO things (id, text) VALUES ($1, $2)", 1, "ab");
    CHECK(tx.get<std::int64_t>("SELECT count(*) FROM things") == 1);
  });
}

TEST_CASE("a row type that does not fit its SELECT list is found") {
  TestDatabase store{GENERATE(from_range(engines())), Schema::none};
  with_table(store, [](Tx& tx) {
    tx.exec("INSERT INTO things (id, text, uuid) VALUES ($1, $2, $3)", 1, "one", UserId{}.uuid());
    CHECK_THROWS_AS((tx.get<std::tuple<std::int64_t, std::string>>("SELECT id FROM things")), std::logic_error);
    CHECK_THROWS_AS(tx.get<std::int64_t>("SELECT text FROM things"), std::logic_error);
    CHECK_THROWS_AS(tx.get<std::string>("SELECT id FROM things"), std::logic_error);
    CHECK_THROWS_AS(tx.get<UserId>("SELECT text FROM things"), std::logic_error);
    CHECK_THROWS_AS(tx.get<std::string>("SELECT text FROM things WHERE id = 2"), std::logic_error);
  });
}

TEST_CASE("a statement may be run again while its own rows are visited") {
  TestDatabase store{GENERATE(from_range(engines())), Schema::none};
  with_table(store, [](Tx& tx) {
    tx.exec("INSERT INTO things (id) VALUES (1), (2), (3)");
    constexpr Sql after = "SELECT id FROM things WHERE id > $1 ORDER BY id";
    std::vector<std::vector<std::int64_t>> seen;
    tx.visit(after, [&](const Row& row) { seen.push_back(tx.list<std::int64_t>(after, row.integer(0))); }, 0);
    CHECK(seen == std::vector<std::vector<std::int64_t>>{{2, 3}, {3}, {}});
  });
}
