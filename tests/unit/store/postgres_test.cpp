// The parts of the PostgreSQL engine that need no server: URLs, failures, values on the wire, statements by their
// place.
#include <catch2/catch.hpp>

#include "store/postgres/failure.hpp"
#include "store/postgres/statements.hpp"
#include "store/postgres/target.hpp"
#include "store/postgres/wire.hpp"

using namespace guerdon;
namespace pg = guerdon::store::postgres;

TEST_CASE("the schema is cut out of the URL wherever it stands") {
  const auto parsed = [](std::string_view url) {
    const auto target = pg::parse_target(url);
    return std::pair{target.conninfo, target.schema};
  };
  using Parsed = std::pair<std::string, std::string>;
  CHECK(parsed("postgres://u@h/d") == Parsed{"postgres://u@h/d", ""});
  CHECK(parsed("postgres://u@h/d?schema=abc") == Parsed{"postgres://u@h/d", "abc"});
  CHECK(parsed("postgresql://u@h/d?schema=abc&sslmode=require") == Parsed{"postgresql://u@h/d?sslmode=require", "abc"});
  CHECK(parsed("postgres://u@h/d?sslmode=require&schema=a_1&connect_timeout=3") ==
        Parsed{"postgres://u@h/d?sslmode=require&connect_timeout=3", "a_1"});
}

TEST_CASE("a URL that can't be right is refused, and never repeated in the message") {
  const std::string url = GENERATE("", "sqlite:x", "postgres:/secret",
                                   "postgres://secret@h/d?schema=", "postgres://secret@h/d?schema=a;DROP",
                                   "postgres://secret@h/d?schema=Abc", "postgres://secret@h/d?schema=1a",
                                   "postgres://secret@h/d?nonsense=1", "postgres://secret@h:port:port/d?sslmode");
  try {
    (void)pg::parse_target(url);
    FAIL("it was accepted: " << url);
  } catch (const std::invalid_argument& error) {
    CHECK(std::string_view{error.what()}.find("secret") == std::string_view::npos);
  }
}

TEST_CASE("each SQLSTATE has its kind and its remedy") {
  using Kind = StoreError::Kind;
  using pg::Remedy;
  struct Case {
    const char* code;
    Kind kind;
    Remedy remedy;
  };
  const auto expected =
      GENERATE(Case{"", Kind::unavailable, Remedy::reconnect}, Case{"08006", Kind::unavailable, Remedy::reconnect},
               Case{"57P01", Kind::unavailable, Remedy::reconnect}, Case{"57P02", Kind::unavailable, Remedy::reconnect},
               Case{"57P03", Kind::unavailable, Remedy::reconnect}, Case{"25P03", Kind::unavailable, Remedy::reconnect},
               Case{"25006", Kind::unavailable, Remedy::reconnect}, Case{"0A000", Kind::broken, Remedy::reconnect},
               Case{"40001", Kind::conflict, Remedy::retry}, Case{"40P01", Kind::conflict, Remedy::retry},
               Case{"55P03", Kind::conflict, Remedy::none}, Case{"23505", Kind::constraint, Remedy::none},
               Case{"57014", Kind::overrun, Remedy::none}, Case{"53100", Kind::storage_full, Remedy::none},
               Case{"53300", Kind::overloaded, Remedy::none}, Case{"42601", Kind::broken, Remedy::none});
  const auto failure = pg::classify(expected.code);
  CAPTURE(expected.code);
  CHECK(failure.kind == expected.kind);
  CHECK(failure.remedy == expected.remedy);
}

TEST_CASE("parameters are laid out in network byte order, counted from the year 2000") {
  const auto wire = [](const Param& param) {
    const pg::WireParams params{std::span{&param, 1}};
    return std::string{params.values()[0], static_cast<std::size_t>(params.lengths()[0])};
  };
  using namespace std::string_literals;
  CHECK(wire(to_param(true)) == "\1"s);
  CHECK(wire(to_param(0x0102030405060708)) == "\1\2\3\4\5\6\7\10"s);
  CHECK(wire(to_param(-1)) == "\377\377\377\377\377\377\377\377"s);
  CHECK(wire(to_param(Date{std::chrono::year{2000} / 1 / 2})) == "\0\0\0\1"s);
  CHECK(wire(to_param(Instant{Date{std::chrono::year{2000} / 1 / 1}} + std::chrono::milliseconds{1})) ==
        "\0\0\0\0\0\0\3\350"s);
  CHECK(wire(to_param(json::parse("[1]"))) == "\1[1]"s);
  CHECK(wire(to_param(std::string_view{})).empty());
}

TEST_CASE("an empty text is not a NULL") {
  const std::array params{to_param(std::string_view{}), to_param(std::optional<std::string>{})};
  const pg::WireParams wire{params};
  CHECK(wire.values()[0] != nullptr);
  CHECK(wire.values()[1] == nullptr);
}

TEST_CASE("a statement is one per text and types of its parameters, and stays where it is") {
  pg::Statements statements;
  const char* text = "SELECT $1";
  auto& one = statements.find_or_add(text, {pg::oids::int8});
  auto& other = statements.find_or_add(text, {pg::oids::text});
  CHECK(&one != &other);
  CHECK(one.name != other.name);
  CHECK(&statements.find_or_add(text, {pg::oids::int8}) == &one);
  one.known = true;
  statements.forget();
  CHECK_FALSE(statements.find_or_add(text, {pg::oids::int8}).known);
}
