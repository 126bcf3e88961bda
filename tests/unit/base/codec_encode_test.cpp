// Structs into JSON: compact, valid whatever the strings hold, and read back as the same.
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <limits>

#include "codec_types.hpp"
#include "guerdon/json.hpp"
#include "support/result.hpp"

using namespace guerdon;
using namespace codec_test;
using namespace std::string_literals;

namespace omit_test {

struct AllOmitted {
  Omittable<int> a;
  Omittable<std::string> b;
};
BOOST_DESCRIBE_STRUCT(AllOmitted, (), (a, b))

struct Mixed {
  Omittable<int> first;
  int second = 2;
  Omittable<int> third;
  std::optional<int> fourth;
};
BOOST_DESCRIBE_STRUCT(Mixed, (), (first, second, third, fourth))

}  // namespace omit_test

TEST_CASE("Nullopt is written as null and an empty omittable not at all") {
  using omit_test::AllOmitted;
  using omit_test::Mixed;
  CHECK(to_json(AllOmitted{}) == "{}");
  CHECK(to_json(AllOmitted{{}, "x"s}) == R"({"b":"x"})");
  CHECK(to_json(Mixed{}) == R"({"second":2,"fourth":null})");
  CHECK(to_json(Mixed{1, 2, 3, 4}) == R"({"first":1,"second":2,"third":3,"fourth":4})");
}

TEST_CASE("Encoding appends") {
  std::string out = "data: ";
  encode(out, Part{*Text<1, 5>::parse("a"), 1});
  CHECK(out == R"(data: {"name":"a","count":1})");
}

TEST_CASE("Numbers are written so that they read back as themselves") {
  CHECK(to_json(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  CHECK(to_json(std::numeric_limits<std::int64_t>::max()) == "9223372036854775807");
  for (const double number : {0.0, 0.1, 1.0 / 3, 1e21, 1e-7, 123456789.125, 5e-324, 1.7976931348623157e308, -2.5}) {
    CAPTURE(number);
    CHECK(decode<double>(parse_json(to_json(number)).value()).value() == number);
  }
  CHECK(to_json(std::numeric_limits<double>::infinity()) == "null");
  CHECK(to_json(std::numeric_limits<double>::quiet_NaN()) == "null");
}

TEST_CASE("Strings are escaped where they must be and nowhere else") {
  CHECK(to_json("plain"s) == "\"plain\"");
  CHECK(to_json("\"\\/\b\f\n\r\t\x01\x1F\x7F"s) == "\"\\\"\\\\/\\u0008\\u000c\\n\\r\\t\\u0001\\u001f\x7F\"");
  CHECK(to_json(std::string(1, '\0')) == "\"\\u0000\"");
  CHECK(to_json("\xC3\xA9\xE2\x80\xA8\xF0\x9F\x98\x80"s) == "\"\xC3\xA9\xE2\x80\xA8\xF0\x9F\x98\x80\"");
}

TEST_CASE("Every character is escaped rightly at every place of a word of eight") {
  for (int c = 0; c < 128; ++c) {
    for (std::size_t place = 0; place < 20; ++place) {
      std::string text(20, 'x');
      text[place] = static_cast<char>(c);
      CAPTURE(c, place);
      REQUIRE(json::parse(to_json(text)).as_string() == text);
    }
  }
}

TEST_CASE("Bytes that are no UTF-8 are replaced and those around them kept") {
  const std::string replaced = "\xEF\xBF\xBD";
  CHECK(to_json("a\xFF"s + "b") == "\"a" + replaced + "b\"");
  CHECK(to_json("\xC3"s) == "\"" + replaced + "\"");
  CHECK(to_json("\xED\xA0\x80"s) == "\"" + replaced + replaced + replaced + "\"");
  CHECK(to_json("\xC0\x80"s) == "\"" + replaced + replaced + "\"");
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      const std::string text{'x', static_cast<char>(a), static_cast<char>(b), 'y'};
      std::string out;
      append_json_string(out, text);
      CAPTURE(a, b);
      REQUIRE_NOTHROW(json::parse(out));
    }
  }
}

TEST_CASE("Free-form values are written as they were read") {
  for (const auto& text :
       {R"({"a":[],"b":{},"c":[1,-2,18446744073709551615,0.5,true,false,null,"x\n"],"d":{"e":{"f":1}}})"s, "[]"s, "{}"s,
        "null"s, "\"\""s}) {
    CHECK(to_json(parse_json(text).value()) == text);
  }
}

TEST_CASE("Ids and times and enums and dates have their one text") {
  CHECK(to_json(State::auto_) == "\"AUTO\"");
  CHECK(to_json(UserId{}) == "\"usr_00000000000000000000000000\"");
  CHECK(to_json(Instant{}) == "\"1970-01-01T00:00:00.000Z\"");
  CHECK(to_json(Date{}) == "\"1970-01-01\"");
  CHECK(to_json(TimeZone{}) == "\"UTC\"");
  CHECK(to_json(Page<int>{{1, 2}, "c"s}) == R"({"items":[1,2],"nextCursor":"c"})");
  CHECK(to_json(std::vector<bool>{true, false}) == "[true,false]");
}
