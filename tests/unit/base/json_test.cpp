// What the strict reader lets in, and the corpus of what it refuses.
#include "guerdon/json.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>
#include <vector>

#include "support/result.hpp"

using namespace guerdon;
using namespace std::string_literals;

namespace {

std::string refusal(std::string_view text, JsonLimits limits = {}) {
  const auto parsed = parse_json(text, limits);
  if (parsed) return "accepted as " + json::serialize(*parsed);
  CHECK(parsed.error().problem == problems::malformed_json);
  return parsed.error().detail;
}

std::string nested(std::size_t depth, const std::string& inner = "") {
  return std::string(depth, '[') + inner + std::string(depth, ']');
}

}  // namespace

TEST_CASE("Ordinary JSON is read as the library reads it") {
  for (const auto& text :
       {R"(null)"s, R"(true)"s, R"(false)"s, R"(0)"s, R"(-1)"s, R"("")"s, R"({})"s, R"([])"s, R"( [1, 2 ,3]	)"s,
        R"({"a":{"b":[{"c":null}]},"d":"e"})"s, R"("\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00")"s,
        "\"\xC3\xA9\xF0\x9F\x98\x80\""s, R"({"":1," ":2})"s, "\r\n{\"a\":1}\r\n"s, R"([[],{},[[]],[{}]])"s,
        "\"" + std::string(100'000, 'x') + "\"", "{\"" + std::string(5000, 'k') + "\\n\":1}",
        R"([1e2,1E+2,-0.5,1.5e-3])"s}) {
    CAPTURE(text);
    const auto parsed = parse_json(text, {.depth = 16, .nodes = 1000});
    REQUIRE(parsed);
    CHECK(*parsed == json::parse(text));
  }
}

TEST_CASE("Integers keep their kind to the edges of 64 bits") {
  CHECK(parse_json("9223372036854775807")->is_int64());
  CHECK(parse_json("-9223372036854775808")->as_int64() == std::numeric_limits<std::int64_t>::min());
  CHECK(parse_json("18446744073709551615")->as_uint64() == std::numeric_limits<std::uint64_t>::max());
  CHECK(parse_json("1.0")->is_double());
}

TEST_CASE("A fraction is read as the nearest double") {
  for (const auto& [text, number] :
       std::vector<std::pair<std::string, double>>{{"0.1", 0.1},
                                                   {"3.141592653589793", 3.141592653589793},
                                                   {"1.7976931348623157e308", 1.7976931348623157e308},
                                                   {"2.2250738585072014e-308", 2.2250738585072014e-308},
                                                   {"5e-324", 5e-324},
                                                   {"-8.41e21", -8.41e21},
                                                   {"9007199254740993.0", 9007199254740992.0},
                                                   {"1e-400", 0.0}}) {
    CAPTURE(text);
    CHECK(parse_json(text)->as_double() == number);
  }
}

TEST_CASE("A member name that occurs twice is refused wherever it stands") {
  CHECK_THAT(refusal(R"({"a":1,"a":1})"), Catch::Contains("occurs twice"));
  CHECK_THAT(refusal(R"({"a":1,"b":{"c":[{"d":1,"e":2,"d":3}]}})"), Catch::Contains("occurs twice"));
  CHECK_THAT(refusal(R"({"a":1,"\u0061":2})"), Catch::Contains("occurs twice"));
  CHECK_THAT(refusal(R"({"":1,"":2})"), Catch::Contains("occurs twice"));
  std::string many = "{";
  for (int i = 0; i < 100; ++i) many += "\"k" + std::to_string(i) + "\":0,";
  CHECK_THAT(refusal(many + "\"k7\":0}"), Catch::Contains("occurs twice"));
  CHECK(parse_json(R"({"a":1,"A":2,"b":{"a":3}})"));
}

TEST_CASE("A number that nothing holds is refused") {
  for (const auto& text : {"1e400", "-1e400", "1e309", "1.8e308", "[1e999]", "1e99999999999"}) {
    CAPTURE(text);
    CHECK_THAT(refusal(text), !Catch::StartsWith("accepted"));
  }
  for (const auto& text : {"18446744073709551616", "-9223372036854775809", "100000000000000000000000000000"}) {
    CAPTURE(text);
    CHECK_THAT(refusal(text), Catch::Contains("does not fit 64 bits"));
  }
}

TEST_CASE("Text that is no JSON is refused") {
  for (const auto& text : std::vector<std::string>{
           "",          " ",         "{",           "}",           "[",        "]",         "[1",
           "[1,",       "[1,]",      "[,1]",        "{\"a\"",      "{\"a\":",  "{\"a\":1,", "{\"a\":1,}",
           "{,}",       "{a:1}",     "{'a':1}",     "'a'",         "{1:2}",    "{\"a\" 1}", "{\"a\":1 \"b\":2}",
           "[1 2]",     "nul",       "nulll",       "TRUE",        "True",     "NaN",       "Infinity",
           "-Infinity", "undefined", "+1",          "01",          "-01",      "00",        "1.",
           ".5",        "-",         "-.5",         "1e",          "1e+",      "0x10",      "1_000",
           "// c\n1",   "/* c */1",  "1 // c",      "#1",          "\"",       "\"a",       "\"\\\"",
           "\"\\x41\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\U0041\"", "\"a\nb\"", "\"a\tb\"",  "\"a\x01b\"",
           "\"\x1F\"",  "{}{}",      "1 2",         "[]]",         "{}}",      "null null", "{} x",
           "\v1",       "\f1",       "[\xC2\xA0]",  "[1]\0"s,      "\0"s,      "1\0"s}) {
    CAPTURE(text);
    CHECK_THAT(refusal(text), !Catch::StartsWith("accepted"));
  }
}

TEST_CASE("Text that is no UTF-8 is refused") {
  for (const std::string& bytes :
       {"\x80"s, "\xBF"s, "\xC0\x80"s, "\xC1\xBF"s, "\xC3"s, "\xC3("s, "\xE0\x80\x80"s, "\xE0\x9F\xBF"s, "\xE2\x82"s,
        "\xED\xA0\x80"s, "\xED\xBF\xBF"s, "\xF0\x80\x80\x80"s, "\xF0\x8F\xBF\xBF"s, "\xF0\x9F\x98"s,
        "\xF4\x90\x80\x80"s, "\xF5\x80\x80\x80"s, "\xF8\x88\x80\x80\x80"s, "\xFE"s, "\xFF"s}) {
    CAPTURE(bytes);
    CHECK_THAT(refusal("\"" + bytes + "\""), !Catch::StartsWith("accepted"));
    CHECK_THAT(refusal("{\"" + bytes + "\":1}"), !Catch::StartsWith("accepted"));
    CHECK_THAT(refusal(bytes + "1"), !Catch::StartsWith("accepted"));
  }
}

TEST_CASE("A surrogate without its partner is refused") {
  for (const auto& text : {R"("\ud800")", R"("\udc00")", R"("\ud800\ud800")", R"("\ud800x")", R"("\udc00\ud800")",
                           R"("\ud83d\u0041")", R"({"\ud800":1})"}) {
    CAPTURE(text);
    CHECK_THAT(refusal(text), !Catch::StartsWith("accepted"));
  }
}

TEST_CASE("NUL is refused in strings and names") {
  CHECK_THAT(refusal(R"("a\u0000b")"), Catch::Contains("NUL"));
  CHECK_THAT(refusal(R"({"a\u0000":1})"), Catch::Contains("NUL"));
  CHECK_THAT(refusal("\"a\0b\""s), !Catch::StartsWith("accepted"));
}

TEST_CASE("A byte order mark is refused in any encoding") {
  CHECK_THAT(refusal("\xEF\xBB\xBF{}"), Catch::Contains("byte order mark"));
  CHECK_THAT(refusal("\xFE\xFF\0{\0}"s), !Catch::StartsWith("accepted"));
  CHECK_THAT(refusal("\xFF\xFE{\0}\0"s), !Catch::StartsWith("accepted"));
}

TEST_CASE("Nesting is allowed to the limit and refused one deeper") {
  CHECK(parse_json(nested(16)));
  CHECK(parse_json(nested(15, "{}")));
  CHECK_THAT(refusal(nested(17)), Catch::Contains("nested too deeply"));
  CHECK_THAT(refusal(nested(16, "{}")), Catch::Contains("nested too deeply"));
  CHECK(parse_json(nested(2), {.depth = 2}));
  CHECK_THAT(refusal(nested(3), {.depth = 2}), Catch::Contains("nested too deeply"));
  CHECK(parse_json("1", {.depth = 0}));
  CHECK_THAT(refusal("[]", {.depth = 0}), Catch::Contains("nested too deeply"));
  CHECK(parse_json(nested(32), {.depth = 500}));
  CHECK_THAT(refusal(nested(33), {.depth = 500}), Catch::Contains("nested too deeply"));
  CHECK_THAT(refusal(std::string(1'000'000, '[')), Catch::Contains("nested too deeply"));
}

TEST_CASE("As many values as allowed are read and not one more") {
  CHECK(parse_json("[1,[2],{\"a\":3}]", {.nodes = 6}));
  CHECK_THAT(refusal("[1,[2],{\"a\":3}]", {.nodes = 5}), Catch::Contains("too many values"));
  std::string thousand = "[0";
  for (int i = 2; i < 1000; ++i) thousand += ",0";
  CHECK(parse_json(thousand + "]"));
  CHECK_THAT(refusal(thousand + ",0]"), Catch::Contains("too many values"));
}

TEST_CASE("A refusal says where the trouble is") {
  CHECK(refusal("{\n  \"a\": 1,\n  \"a\": 2\n}") == "Line 3, column 5: a member name occurs twice.");
  CHECK(refusal("[1] x") == "Line 1, column 5: something follows the value.");
  CHECK(refusal("[1,") == "Line 1, column 4: it ends too early.");
  CHECK(refusal("") == "Line 1, column 1: it ends too early.");
  CHECK(refusal("nope") == "Line 1, column 1: this is no JSON.");
}
