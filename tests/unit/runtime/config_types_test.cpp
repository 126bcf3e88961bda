// The configuration's field types and their text forms.
#include "guerdon/config_types.hpp"

#include <catch2/catch.hpp>

using namespace guerdon;
using namespace std::chrono_literals;

TEST_CASE("a duration is shown in the largest unit that keeps it whole") {
  CHECK(to_text(Duration{0ms}) == "0ms");
  CHECK(to_text(Duration{1500ms}) == "1500ms");
  CHECK(to_text(Duration{900s}) == "15m");
  CHECK(to_text(Duration{61s}) == "61s");
  CHECK(to_text(Duration{7 * 24h}) == "7d");
}

TEST_CASE("an endpoint is an address and a port") {
  CHECK(Endpoint::parse("127.0.0.1:0") == Endpoint{"127.0.0.1", 0});
  CHECK(Endpoint::parse("[::]:65535") == Endpoint{"::", 65535});
  CHECK(Endpoint::parse("localhost:80") == Endpoint{"127.0.0.1", 80});
  CHECK(Endpoint::parse("")->is_off());
  CHECK(Endpoint::parse("[::1]:80")->to_string() == "[::1]:80");
  for (const auto* const bad : {"8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "::1:80",
                                "[127.0.0.1]:80", "example.com:80", "127.0.0.1:80x", "[]:80"}) {
    INFO(bad);
    CHECK_FALSE(Endpoint::parse(bad));
  }
}

TEST_CASE("a network contains its addresses and no others") {
  const auto v4 = *Network::parse("10.16.0.0/12");
  CHECK(v4.contains("10.31.255.255"));
  CHECK_FALSE(v4.contains("10.32.0.0"));
  CHECK(v4.contains("::ffff:10.16.0.1"));
  CHECK_FALSE(v4.contains("2001:db8::1"));
  const auto v6 = *Network::parse("2001:db8::/33");
  CHECK(v6.contains("2001:db8:7fff::"));
  CHECK_FALSE(v6.contains("2001:db8:8000::"));
  CHECK(Network::parse("127.0.0.1")->contains("127.0.0.1"));
  CHECK_FALSE(Network::parse("127.0.0.1")->contains("127.0.0.2"));
  CHECK(Network::parse("0.0.0.0/0")->contains("203.0.113.9"));
  CHECK_FALSE(Network::parse("0.0.0.0/0")->contains("::1"));
  CHECK_FALSE(v4.contains("nonsense"));
  for (const auto* const bad : {"10.0.0.0/33", "::/129", "10.0.0/8", "10.0.0.0/", "10.0.0.0/-1", "x"}) {
    INFO(bad);
    CHECK_FALSE(Network::parse(bad));
  }
}

TEST_CASE("a database URL says where its file is and hides its password") {
  CHECK(DatabaseUrl::parse("sqlite:data/g.db")->file() == "data/g.db");
  CHECK(DatabaseUrl::parse("sqlite::memory:")->file().empty());
  CHECK(DatabaseUrl::parse("sqlite::memory:")->is_memory());
  CHECK(DatabaseUrl::parse("postgres://u:p%40@h/n?sslmode=require")->masked() ==
        "postgres://u:***@h/n?sslmode=require");
  CHECK(DatabaseUrl::parse("postgresql://h/n?user=u&password=p")->masked() == "postgresql://h/n?***");
  CHECK(DatabaseUrl::parse("postgres://u@h:5432/n")->masked() == "postgres://u@h:5432/n");
  CHECK(DatabaseUrl::parse("postgres://u:p:q@h:5432")->masked() == "postgres://u:***@h:5432");
  CHECK_FALSE(DatabaseUrl::parse("sqlite:"));
  CHECK_FALSE(DatabaseUrl::parse("data/g.db"));
}

TEST_CASE("a signing key is base64 of at least 32 bytes in either alphabet") {
  const std::string standard = "+/8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  REQUIRE(SigningKey::parse(standard));
  CHECK(SigningKey::parse(standard)->bytes().substr(0, 2) == "\xfb\xff");
  CHECK(SigningKey::parse("-_8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")->bytes().size() == 32);
  CHECK(SigningKey::parse("")->empty());
  CHECK_FALSE(SigningKey::parse("AAAA"));
  CHECK_FALSE(SigningKey::parse("not base64 at all, but long enough to be a key"));
}

TEST_CASE("an origin is scheme, host and port, exactly as a browser writes it") {
  for (const auto* const good : {"https://console.example.com", "http://localhost:3000", "http://127.0.0.1:8080",
                                 "https://[::1]:8443", "http://a"}) {
    INFO(good);
    REQUIRE(WebOrigin::parse(good));
    CHECK(WebOrigin::parse(good)->to_string() == good);
  }
  for (const auto* const bad : {"",
                                "*",
                                "null",
                                "https://",
                                "https://*.example.com",
                                "https://a/",
                                "https://a/b",
                                "https://A.example",
                                "ftp://a",
                                "a.example",
                                "https://a:443",
                                "http://a:80",
                                "http://a:",
                                "http://a:0080",
                                "http://a:70000",
                                "http://u@a",
                                "https://[::1",
                                "https://[a]",
                                "https://a b",
                                "https://a\r\nX: y"}) {
    INFO(bad);
    CHECK_FALSE(WebOrigin::parse(bad));
  }
}

TEST_CASE("an allowance is so many times in a length of time") {
  CHECK(Allowance::parse("60/1h") == Allowance{.times = 60, .window = 1h});
  CHECK(Allowance::parse("1/PT1M") == Allowance{.times = 1, .window = 60s});
  CHECK(Allowance::parse("600/60s")->to_string() == "600/1m");
  for (const auto* const bad : {"", "60", "60/", "/1h", "0/1h", "-1/1h", "1.5/1h", "60/0s", "60/500ms", "60/1500ms",
                                "60/2d", "60 / 1h", "60/1h/1h", "60 per hour", "1000000001/1d"}) {
    INFO(bad);
    CHECK_FALSE(Allowance::parse(bad));
  }
}
