// Pages of other origins: only those of the list may call, and a browser can tell.
#include <catch2/catch.hpp>

#include "guerdon/testing.hpp"
#include "support/raw_client.hpp"

using namespace guerdon;

namespace {

const std::string console = "https://console.example.com";

testing::ServerOptions allowing(const std::vector<std::string>& origins) {
  testing::ServerOptions options;
  options.configure = [origins](Config& config) {
    for (const auto& origin : origins) config.http.cors_origins.push_back(WebOrigin::parse(origin).value());
  };
  return options;
}

std::string from(const std::string& origin) { return "Origin: " + origin + "\r\n"; }

bool speaks_of_origins(const test::RawAnswer& answer) {
  return answer.head.find("Access-Control") != std::string::npos;
}

}  // namespace

TEST_CASE("without a list no origin is told anything") {
  testing::Server server;
  test::RawClient client{server.port()};
  const auto answer = client.ask(test::request("GET", "/healthz", from(console)));
  CHECK(answer.status == 200);
  CHECK_FALSE(speaks_of_origins(answer));
  CHECK(answer.headers.count("vary") == 0);
  const auto asked = from(console) + "Access-Control-Request-Method: POST\r\n";
  CHECK_FALSE(speaks_of_origins(client.ask(test::request("OPTIONS", "/api/auth/login", asked))));
}

TEST_CASE("an origin of the list reads answers, refusals too, and no other does") {
  testing::Server server{allowing({"http://localhost:3000", console})};
  test::RawClient client{server.port()};
  const auto answer = client.ask(test::request("GET", "/healthz", from(console)));
  CHECK(answer.header("access-control-allow-origin") == console);
  CHECK(answer.header("access-control-expose-headers") ==
        "X-Request-Id, ETag, Retry-After, Idempotency-Replayed, RateLimit, RateLimit-Policy");
  CHECK(answer.header("vary") == "Origin");
  CHECK(answer.headers.count("access-control-allow-credentials") == 0);
  const auto refused = client.ask(test::request("GET", "/api/auth/info", from(console)));
  CHECK(refused.status == 401);
  CHECK(refused.header("access-control-allow-origin") == console);

  for (const std::string other :
       {"https://console.example.com:8443", "http://console.example.com", "https://CONSOLE.example.com",
        "https://console.example.com.evil.example", "https://console.example.co", "null", "*"}) {
    INFO(other);
    const auto untold = client.ask(test::request("GET", "/healthz", from(other)));
    CHECK(untold.status == 200);
    CHECK_FALSE(speaks_of_origins(untold));
    CHECK(untold.header("vary") == "Origin");
  }
  CHECK_FALSE(speaks_of_origins(client.ask(test::request("GET", "/healthz", from(console) + from(console)))));
  CHECK_FALSE(speaks_of_origins(client.ask(test::request("GET", "/healthz"))));
}

TEST_CASE("a browser that asks beforehand is told the methods and headers it may use") {
  testing::Server server{allowing({console})};
  test::RawClient client{server.port()};
  const std::string asked =
      "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization, content-type\r\n";
  const auto answer = client.ask(test::request("OPTIONS", "/api/auth/login", from(console) + asked));
  CHECK(answer.status == 204);
  CHECK(answer.header("access-control-allow-origin") == console);
  CHECK(answer.header("access-control-allow-methods") == answer.header("allow"));
  CHECK(answer.header("allow").find("POST") != std::string::npos);
  CHECK(answer.header("access-control-allow-headers") ==
        "Authorization, Content-Type, Idempotency-Key, X-Idempotency-Key, If-Match, If-None-Match, X-Request-Id, "
        "traceparent");
  CHECK(answer.header("access-control-max-age") == "600");
  CHECK(answer.header("vary") == "Origin");
  const auto other = client.ask(test::request("OPTIONS", "/api/auth/login", from("https://evil.example") + asked));
  CHECK(other.status == 204);
  CHECK_FALSE(speaks_of_origins(other));
}
