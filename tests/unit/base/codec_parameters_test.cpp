// Query strings and captured path parts into structs.
#include <catch2/catch.hpp>

#include "codec_types.hpp"
#include "support/result.hpp"

using namespace guerdon;
using namespace codec_test;

namespace {

using Parameters = std::vector<Parameter>;
using Strings = std::vector<std::string>;

template <class T = Search>
Strings faults(const Parameters& parameters, Unknown unknown = Unknown::refuse) {
  const auto decoded = decode_parameters<T>(parameters, unknown);
  Strings all;
  if (decoded) return all;
  for (const auto& fault : decoded.error().faults) {
    CHECK(fault.is_parameter);
    all.push_back(fault.where + " " + fault.code);
  }
  return all;
}

}  // namespace

namespace path_test {
struct Path {
  UserId id;
  Text<1, 128> name;
  int number = 0;
};
BOOST_DESCRIBE_STRUCT(Path, (), (id, name, number))
}  // namespace path_test

TEST_CASE("Parameters are read by their type") {
  const auto search = decode_parameters<Search>(Parameters{{"state", "IN_PROGRESS"},
                                                           {"limit", "5"},
                                                           {"isActive", "false"},
                                                           {"q", "a b"},
                                                           {"userId", "usr_01h455vb4pex5vsknk084sn02q"},
                                                           {"from", "2026-11-20T19:15:30+09:00"}});
  REQUIRE(search);
  CHECK(search->limit.value() == 5);
  CHECK_FALSE(search->is_active.value());
  CHECK(search->state == State::in_progress);
  CHECK(search->q->value() == "a b");
  CHECK(search->user_id->to_string() == "usr_01h455vb4pex5vsknk084sn02q");
  CHECK(to_rfc3339(*search->from) == "2026-11-20T10:15:30.000Z");
  CHECK_FALSE(search->role);
}

TEST_CASE("Absent parameters are empty or have their default") {
  const auto search = decode_parameters<Search>(Parameters{});
  REQUIRE(search);
  CHECK(search->limit.value() == 20);
  CHECK_FALSE(search->state);
}

TEST_CASE("All faults of parameters are reported at once by name") {
  CHECK(faults({{"limit", "abc"},
                {"isActive", "yes"},
                {"state", "draft"},
                {"q", ""},
                {"userId", "1"},
                {"from", "now"},
                {"sort", "x"},
                {"Limit", "1"}}) == Strings{"limit wrong-type", "isActive wrong-type", "state not-one-of",
                                            "q too-short", "userId bad-format", "from bad-format",
                                            "sort unknown-parameter", "Limit unknown-parameter"});
  CHECK(faults({{"sort", "x"}}, Unknown::ignore).empty());
}

TEST_CASE("An integer parameter is decimal digits in its range") {
  CHECK(faults({{"limit", "1"}}).empty());
  CHECK(faults({{"limit", "100"}}).empty());
  CHECK(faults({{"limit", "0"}}) == Strings{"limit too-small"});
  CHECK(faults({{"limit", "-1"}}) == Strings{"limit too-small"});
  CHECK(faults({{"limit", "101"}}) == Strings{"limit too-large"});
  CHECK(faults({{"limit", "99999999999999999999"}}) == Strings{"limit too-large"});
  CHECK(faults({{"limit", "-99999999999999999999"}}) == Strings{"limit too-small"});
  for (const std::string_view text : {"", " 1", "1 ", "+1", "1.0", "0x1", "1e1", "-", "--1"}) {
    CAPTURE(text);
    CHECK(faults({{"limit", text}}) == Strings{"limit wrong-type"});
  }
}

TEST_CASE("A parameter that is given twice is refused unless it is a list") {
  CHECK(faults({{"q", "a"}, {"q", "b"}, {"q", "c"}}) == Strings{"q duplicate-parameter"});
  CHECK(faults({{"role", "DRAFT"}, {"role", "AUTO"}}).empty());
  const auto search = decode_parameters<Search>(Parameters{{"role", "DRAFT"}, {"role", "AUTO"}});
  CHECK(*search->role == List<State, 1, 2>{State::draft, State::auto_});
  CHECK(faults({{"role", "DRAFT"}, {"role", "AUTO"}, {"role", "AUTO"}, {"role", "AUTO"}}) == Strings{"role too-many"});
  CHECK(faults({{"role", "DRAFT"}, {"role", "x"}}) == Strings{"role not-one-of"});
}

TEST_CASE("A text parameter must be UTF-8 without control characters") {
  CHECK(faults({{"q", "\xFF"}}) == Strings{"q bad-format"});
  CHECK(faults({{"q", std::string_view{"a\0b", 3}}}) == Strings{"q control-character"});
  CHECK(faults({{"q", "\xED\x95\x9C"}}).empty());
}

TEST_CASE("Parts of a path are required") {
  using path_test::Path;
  CHECK(faults<Path>({}) == Strings{"id required", "name required", "number required"});
  CHECK(faults<Path>({{"id", "usr_01h455vb4pex5vsknk084sn02q"}, {"name", "x"}, {"number", "-3"}}).empty());
  CHECK(faults<Path>({{"id", "evt_01h455vb4pex5vsknk084sn02q"}, {"name", ""}, {"number", "3"}}) ==
        Strings{"id bad-format", "name too-short"});
}
