// Whose request is it? Only trusted proxies may say.
#include "http/address.hpp"

#include <catch2/catch.hpp>

using namespace guerdon;
using namespace guerdon::http;

namespace {

std::string client(std::string_view peer, const std::vector<std::string_view>& forwarded) {
  const std::vector trusted{Network::parse("10.0.0.0/8").value(), Network::parse("fd00::1").value()};
  return client_address(Address::parse(peer).value(), forwarded, trusted);
}

}  // namespace

TEST_CASE("an address is written as people write it") {
  CHECK(Address::parse("192.0.2.1")->to_string() == "192.0.2.1");
  CHECK(Address::parse("::ffff:192.0.2.1")->to_string() == "192.0.2.1");
  CHECK(Address::parse("2001:DB8::1")->to_string() == "2001:db8::1");
  for (const char* bad : {"", "192.0.2", "192.0.2.1:80", "a", "[::1]", "192.0.2.1 "}) CHECK_FALSE(Address::parse(bad));
}

TEST_CASE("an IPv6 client is its network of 64 bits") {
  CHECK(Address::parse("2001:db8:1:2:3:4:5:6")->client() == Address::parse("2001:db8:1:2::")->client());
  CHECK(Address::parse("2001:db8:1:2::1")->client() != Address::parse("2001:db8:1:3::1")->client());
  CHECK(Address::parse("192.0.2.1")->client() != Address::parse("192.0.2.2")->client());
}

TEST_CASE("a stranger's X-Forwarded-For is not believed") {
  CHECK(client("192.0.2.1", {"203.0.113.9"}) == "192.0.2.1");
  CHECK(client("192.0.2.1", {}) == "192.0.2.1");
}

TEST_CASE("behind trusted proxies the client is the first stranger from the right") {
  CHECK(client("10.0.0.1", {"203.0.113.9"}) == "203.0.113.9");
  CHECK(client("10.0.0.1", {"1.1.1.1, 203.0.113.9 ,10.0.0.2"}) == "203.0.113.9");
  CHECK(client("10.0.0.1", {"1.1.1.1", "203.0.113.9,10.0.0.2", "fd00::1"}) == "203.0.113.9");
  CHECK(client("fd00::1", {"2001:db8::1"}) == "2001:db8::1");
  CHECK(client("10.0.0.1", {"10.0.0.3"}) == "10.0.0.3");
  CHECK(client("10.0.0.1", {}) == "10.0.0.1");
}

TEST_CASE("what is no address in X-Forwarded-For ends the search") {
  CHECK(client("10.0.0.1", {"203.0.113.9, unknown"}) == "10.0.0.1");
  CHECK(client("10.0.0.1", {"203.0.113.9, x, 10.0.0.2"}) == "10.0.0.2");
  CHECK(client("10.0.0.1", {""}) == "10.0.0.1");
  CHECK(client("10.0.0.1", {"203.0.113.9,"}) == "10.0.0.1");
}
