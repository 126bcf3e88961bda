// Request targets: what they decode to and what no proxy in front may read differently.
#include "http/target.hpp"

#include <catch2/catch.hpp>

using namespace guerdon;
using namespace guerdon::http;

namespace {

int status_of(std::string_view text, std::string_view host = "a:80") {
  Target target;
  const auto parsed = target.parse(text, host);
  return parsed ? 0 : parsed.error().problem.status;
}

std::string joined(const std::vector<std::string_view>& parts) {
  std::string out;
  for (const auto part : parts) out += "[" + std::string{part} + "]";
  return out;
}

std::string segments(std::string_view text) {
  Target target;
  REQUIRE(target.parse(text, "a:80").has_value());
  return joined(target.segments());
}

std::string parameters(std::string_view text) {
  Target target;
  REQUIRE(target.parse(text, "a:80").has_value());
  std::string out;
  for (const auto& [name, value] : target.parameters()) {
    out += "[" + std::string{name} + "=" + std::string{value} + "]";
  }
  return out;
}

}  // namespace

TEST_CASE("a path becomes decoded segments") {
  CHECK(segments("/") == "[]");
  CHECK(segments("/api/events") == "[api][events]");
  CHECK(segments("/api/events/") == "[api][events][]");
  CHECK(segments("//a") == "[][a]");
  CHECK(segments("/a%20b/%C3%A4?x=1") == "[a b][\xc3\xa4]");
  CHECK(segments("/%61pi/...") == "[api][...]");
  CHECK(segments("/a+b") == "[a+b]");
  CHECK(segments("/1/2/3/4/5/6/7/8/9/10/11/12/13").empty());
}

TEST_CASE("a query becomes decoded parameters") {
  CHECK(parameters("/?a=1&b=&c&=d&&a=2") == "[a=1][b=][c=][=d][a=2]");
  CHECK(parameters("/?a%3d=b%26c+d%2B&q=x=y?/") == "[a==b&c d+][q=x=y?/]");
  CHECK(parameters("/").empty());
  CHECK(parameters("/?").empty());
}

TEST_CASE("an absolute target must name the host of the request") {
  CHECK(segments("http://a:80/x?y") == "[x]");
  CHECK(segments("HTTPS://A:80/x") == "[x]");
  for (const char* bad : {"http://b/x", "http://a/x", "http://a:80", "http://a:80?x", "http://u@a:80/", "ftp://a:80/",
                          "a:80", "x", "http:/a:80/", "?x"}) {
    INFO(bad);
    CHECK(status_of(bad) == 400);
  }
}

TEST_CASE("targets that a proxy could read differently are refused") {
  for (const char* bad :
       {"/a/../b", "/..",     "/.",    "/./a",   "/a/.",    "/%2e/a", "/a/%2E%2e/b", "/a/.%2e", "/a%2fb",
        "/a%2Fb",  "/a%5cb",  "/a\\b", "/a%00b", "/?a=%00", "/%",     "/%4",         "/%zz",    "/%4g",
        "/?a=%",   "/?%zz=1", "/%ff",  "/%c3",   "/?a=%ff", "/a#b",   "/?a#b"}) {
    INFO(bad);
    CHECK(status_of(bad) == 400);
  }
  for (const char* good : {"/a..b", "/..a", "/a%2eb", "/?a=%2f..%5c/../", "/%25", "/?a=%25"}) {
    INFO(good);
    CHECK(status_of(good) == 0);
  }
}

TEST_CASE("segments and parameters are bounded") {
  CHECK(status_of("/" + std::string(128, 'a')) == 0);
  CHECK(status_of("/" + std::string(129, 'a')) == 414);
  std::string query = "/?a=1";
  for (int i = 1; i < 32; ++i) query += "&a=1";
  CHECK(status_of(query) == 0);
  CHECK(status_of(query + "&a=1") == 414);
}

TEST_CASE("a target can be reused for the next request") {
  Target target;
  REQUIRE(target.parse("/a%20b?c=%20", "a").has_value());
  REQUIRE(target.parse("*", "a").has_value());
  CHECK(target.is_asterisk());
  CHECK(target.segments().empty());
  CHECK(target.parameters().empty());
  REQUIRE(target.parse("/b?d=1", "a").has_value());
  CHECK_FALSE(target.is_asterisk());
  CHECK(joined(target.segments()) == "[b]");
  CHECK(target.parameters().size() == 1);
}
