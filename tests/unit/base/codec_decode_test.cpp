// JSON into structs: every fault at once, each with its place and code.
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <cstring>

#include "codec_types.hpp"
#include "support/result.hpp"

using namespace guerdon;
using namespace codec_test;

namespace {

// "/pointer code" of each fault, in order.
template <class T>
std::vector<std::string> faults(const json::value& value, Unknown unknown = Unknown::refuse) {
  const auto decoded = decode<T>(value, unknown);
  std::vector<std::string> all;
  if (decoded) return all;
  CHECK(decoded.error().problem == problems::validation_failed);
  for (const auto& fault : decoded.error().faults) {
    CHECK_FALSE(fault.is_parameter);
    CHECK_FALSE(fault.detail.empty());
    all.push_back(fault.where + " " + fault.code);
  }
  return all;
}

template <class T>
std::vector<std::string> faults_of(std::string_view text) {
  return faults<T>(json::parse(json::string_view{text.data(), text.size()}));
}

json::value everything_but(std::string_view pointer, const json::value& value) {
  auto document = json::parse(json::string_view{everything_json.data(), everything_json.size()});
  document.at_pointer({pointer.data(), pointer.size()}) = value;
  return document;
}

std::string fault_of(std::string_view pointer, const json::value& value) {
  const auto found = faults<Everything>(everything_but(pointer, value));
  return found.empty() ? "" : found.size() == 1 ? found.front() : "several";
}

using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE("A struct is decoded and encoded back to the same text") {
  const auto decoded =
      decode<Everything>(json::parse(json::string_view{everything_json.data(), everything_json.size()}));
  REQUIRE(decoded);
  CHECK(decoded->user_name.value() == "alice");
  CHECK(decoded->big == 9007199254740993);
  CHECK(decoded->level == 42);
  CHECK(decoded->state == State::in_progress);
  CHECK(decoded->time_zone.name() == "Asia/Seoul");
  CHECK(decoded->parts.size() == 2);
  CHECK_FALSE(decoded->parts[1].count);
  CHECK(to_json(*decoded) == everything_json);
}

TEST_CASE("All faults are reported at once in the order of the fields") {
  CHECK(faults_of<Everything>(
            R"({"userName":"Al","isActive":1,"small":"1","big":1.5,"ratio":"x","note":null,"level":0,"userId":"usr_1",
                "createdAt":"yesterday","day":"2023-02-29","timeZone":"Mars","state":"draft","maybe":3,"leftOut":"x",
                "parts":[{"name":""},{"name":"toolong","count":2.5,"x":0},7],"totals":{"a/b~c":"q"},"metadata":[],
                "roles":["ADMIN"]})") ==
        Strings{"/userName too-short",    "/isActive wrong-type",       "/small wrong-type",
                "/big wrong-type",        "/ratio wrong-type",          "/note wrong-type",
                "/level too-small",       "/userId bad-format",         "/createdAt bad-format",
                "/day bad-format",        "/timeZone bad-format",       "/state not-one-of",
                "/maybe wrong-type",      "/leftOut wrong-type",        "/parts/0/name too-short",
                "/parts/1/name too-long", "/parts/1/count wrong-type",  "/parts/1/x unknown-member",
                "/parts/2 wrong-type",    "/totals/a~1b~0c wrong-type", "/metadata wrong-type",
                "/anything required",     "/roles unknown-member"});
}

TEST_CASE("Every member that is not optional is required") {
  CHECK(faults_of<Part>("{}") == Strings{"/name required"});
  CHECK(faults_of<Login>("{}") == Strings{"/username required", "/password required"});
  CHECK(faults_of<Part>("[]") == Strings{" wrong-type"});
  CHECK(faults_of<Part>("null") == Strings{" wrong-type"});
}

TEST_CASE("Unknown members are refused or ignored as asked") {
  const auto value = json::parse(R"({"name":"a","role":"ADMIN","Name":"b"})");
  CHECK(faults<Part>(value) == Strings{"/role unknown-member", "/Name unknown-member"});
  CHECK(faults<Part>(value, Unknown::ignore).empty());
  const auto nested = json::parse(R"({"items":[{"name":"a","x":1}],"nextCursor":null})");
  CHECK(faults<Page<Part>>(nested) == Strings{"/items/0/x unknown-member"});
  CHECK(faults<Page<Part>>(nested, Unknown::ignore).empty());
}

TEST_CASE("The number of faults that are reported is bounded") {
  json::array parts(1000, json::object{});
  CHECK(faults<std::vector<Part>>(parts).size() == Place::max_faults);
}

TEST_CASE("An integer is an integer in whatever form JSON Schema allows") {
  CHECK(fault_of("/small", 2147483647).empty());
  CHECK(fault_of("/small", 1.0).empty());
  CHECK(fault_of("/small", -1e2).empty());
  CHECK(fault_of("/small", 2147483648) == "/small too-large");
  CHECK(fault_of("/small", -2147483649) == "/small too-small");
  CHECK(fault_of("/small", 1e10) == "/small too-large");
  CHECK(fault_of("/small", 1.5) == "/small wrong-type");
  CHECK(fault_of("/small", true) == "/small wrong-type");
  CHECK(fault_of("/small", nullptr) == "/small wrong-type");
  CHECK(fault_of("/big", std::numeric_limits<std::int64_t>::min()).empty());
  CHECK(fault_of("/big", std::uint64_t{9223372036854775808U}) == "/big too-large");
  CHECK(fault_of("/big", 1e18) == "/big wrong-type");
  CHECK(fault_of("/level", 1).empty());
  CHECK(fault_of("/level", 100).empty());
  CHECK(fault_of("/level", 101) == "/level too-large");
}

TEST_CASE("A double takes any number") {
  CHECK(decode<double>(json::value(3)).value() == 3.0);
  CHECK(decode<double>(json::value(std::uint64_t{1} << 63U)).value() == 9223372036854775808.0);
  CHECK(decode<double>(json::value(-0.25)).value() == -0.25);
}

TEST_CASE("Lengths of text are counted in code points") {
  using Short = Text<2, 3>;
  CHECK(decode<Short>("\xC3\xA9\xF0\x9F\x98\x80").value().value() == "\xC3\xA9\xF0\x9F\x98\x80");
  CHECK(faults<Short>("\xF0\x9F\x98\x80") == Strings{" too-short"});
  CHECK(faults<Short>("\xED\x95\x9C\xEA\xB5\xAD\xEC\x96\xB4").empty());
  CHECK(faults<Short>("\xED\x95\x9C\xEA\xB5\xAD\xEC\x96\xB4!") == Strings{" too-long"});
}

TEST_CASE("Text is made of what is right only and compares with plain text") {
  using Name = Text<1, 3>;
  CHECK_FALSE(Name::parse("abcd"));
  CHECK(*Name::parse("abc") == "abc");
  CHECK(*Name::parse("abc") == std::string{"abc"});
  CHECK(*Name::parse("abc") == *Name::parse("abc"));
  CHECK(*Name::parse("abc") != "abd");
  CHECK(*Name::parse("abc") < *Name::parse("abd"));
  CHECK(Name::fault("")->code == "too-short");
}

TEST_CASE("Control characters are refused in text unless its rule allows them") {
  using Line = Text<0, 20>;
  using Lines = Text<0, 20, MultilineText>;
  for (const std::string& bad : {std::string(1, '\0'), std::string{"\x01"}, std::string{"\x1B"}, std::string{"\x7F"},
                                 std::string{"\xC2\x80"}, std::string{"\xC2\x9F"}}) {
    CAPTURE(bad);
    CHECK(faults<Line>(json::string{"a" + bad}) == Strings{" control-character"});
    CHECK(faults<Lines>(json::string{"a" + bad}) == Strings{" control-character"});
  }
  CHECK(faults<Line>("a\nb") == Strings{" control-character"});
  CHECK(faults<Lines>("a\r\n\tb").empty());
  CHECK(faults<Line>("\xC2\xA0\xE2\x80\xA8 x").empty());
}

TEST_CASE("A rule says what is wrong in its own words") {
  const auto decoded = decode<Named>(json::parse(R"({"userName":"Alice"})"));
  REQUIRE_FALSE(decoded);
  CHECK(decoded.error().faults == std::vector{Fault{"/userName", false, "bad-format", "must be lower-case letters"}});
}

TEST_CASE("An optional member may be absent or null") {
  CHECK_FALSE(decode<Part>(json::parse(R"({"name":"a"})")).value().count);
  CHECK_FALSE(decode<Part>(json::parse(R"({"name":"a","count":null})")).value().count);
  CHECK(decode<Part>(json::parse(R"({"name":"a","count":0})")).value().count == 0);
}

namespace patch_test {
struct Patch {
  Omittable<std::optional<int>> number;
};
BOOST_DESCRIBE_STRUCT(Patch, (), (number))
}  // namespace patch_test

TEST_CASE("An omittable optional tells absent from null") {
  using patch_test::Patch;
  CHECK_FALSE(decode<Patch>(json::parse("{}")).value().number.has_value());
  const auto cleared = decode<Patch>(json::parse(R"({"number":null})")).value();
  REQUIRE(cleared.number.has_value());
  CHECK_FALSE(cleared.number->has_value());
  CHECK(decode<Patch>(json::parse(R"({"number":5})")).value().number.value() == 5);
  CHECK(to_json(Patch{}) == "{}");
  CHECK(to_json(cleared) == R"({"number":null})");
}

TEST_CASE("A defaulted member has its default when absent and is checked when present") {
  const auto search = decode<Search>(json::parse("{}")).value();
  CHECK(search.limit.value() == 20);
  CHECK(search.is_active.value());
  CHECK_FALSE(decode<Search>(json::parse(R"({"isActive":false})")).value().is_active.value());
  CHECK(faults_of<Search>(R"({"limit":101,"isActive":null})") == Strings{"/limit too-large", "/isActive wrong-type"});
}

TEST_CASE("Lists keep to their bounds") {
  CHECK(fault_of("/parts", json::array{}) == "/parts too-few");
  CHECK(fault_of("/parts", json::parse(R"([{"name":"a"},{"name":"a"},{"name":"a"}])")).empty());
  CHECK(fault_of("/parts", json::array(4, json::object{})) == "/parts too-many");
  CHECK(fault_of("/parts", json::object{}) == "/parts wrong-type");
}

TEST_CASE("Free-form objects keep to five levels and eight kilobytes") {
  const auto nested = [](int levels) {
    json::value value = json::object{};
    for (int i = 1; i < levels; ++i)
      value = i % 2 != 0 ? json::value(json::object{{"a", value}})
                         : json::value(json::object{{"b", json::array{}}, {"a", value}});
    return value;
  };
  CHECK(fault_of("/metadata", nested(5)).empty());
  CHECK(fault_of("/metadata", nested(6)) == "/metadata too-deep");
  CHECK(fault_of("/metadata", json::parse("{\"a\":[[[[]]]]}")).empty());
  CHECK(fault_of("/metadata", json::parse("{\"a\":[[[[[]]]]]}")) == "/metadata too-deep");
  CHECK(fault_of("/metadata", json::object{{"a", json::string(8192 - 8, 'x')}}).empty());
  CHECK(fault_of("/metadata", json::object{{"a", json::string(8192 - 7, 'x')}}) == "/metadata too-long");
}

TEST_CASE("Ids of another kind are refused") {
  CHECK(fault_of("/userId", "ses_01h455vb4pex5vsknk084sn02q") == "/userId bad-format");
  CHECK(fault_of("/userId", 5) == "/userId wrong-type");
}

TEST_CASE("A type that contains itself is decoded") {
  const auto tree = decode<Tree>(json::parse(R"({"value":1,"branches":[{"value":2,"branches":[]}]})")).value();
  CHECK(tree.branches.at(0).value == 2);
  CHECK(faults_of<Tree>(R"({"value":1,"branches":[{"value":2,"branches":[{"value":"x","branches":[]}]}]})") ==
        Strings{"/branches/0/branches/0/value wrong-type"});
}

template <class T>
concept Writable = requires(std::string out, const T& value) { Codec<T>::encode(out, value); };

TEST_CASE("A secret is read and checked but cannot be written") {
  STATIC_REQUIRE(Writable<Text<8, 128>>);
  STATIC_REQUIRE_FALSE(Writable<Secret<Text<8, 128>>>);
  const auto login = decode<Login>(json::parse(R"({"username":"a","password":"correct horse"})")).value();
  CHECK(login.password.reveal().value() == "correct horse");
  CHECK(faults_of<Login>(R"({"username":"a","password":"short"})") == Strings{"/password too-short"});
}

TEST_CASE("A secret leaves nothing behind in the memory it had") {
  using Password = Secret<Text<1, 128>>;
  alignas(Password) std::array<char, sizeof(Password)> memory{};
  const auto holds = [&memory](std::string_view text) {
    return std::string_view{memory.data(), memory.size()}.find(text) != std::string_view::npos;
  };
  auto* password = new (memory.data()) Password{*Text<1, 128>::parse("hunter2")};
  REQUIRE(holds("hunter2"));
  {
    const Password moved = std::move(*password);
    CHECK_FALSE(holds("hunter2"));
    *password = moved;
    CHECK(holds("hunter2"));
  }
  password->~Password();
  CHECK_FALSE(holds("hunter2"));
}
