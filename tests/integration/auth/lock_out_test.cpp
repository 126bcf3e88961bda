// Locks through HTTP: what a client sees of them, and that they do not reach those who are logged in.
#include <catch2/catch.hpp>

#include "guerdon/testing.hpp"

namespace {

using namespace guerdon;
using namespace std::chrono_literals;

testing::Response guess(testing::Server& server, const std::string& name, std::string_view password = "a wrong one") {
  return server.post("/api/auth/login", {{"username", name}, {"password", std::string{password}}});
}

TEST_CASE("A locked name answers 429 with Retry-After, and opens again with time") {
  testing::Server server;
  server.register_user("bob");
  for (int i = 0; i < 5; ++i) CHECK(guess(server, "bob").status == 401);
  const auto refused = guess(server, "bob", testing::Server::password);
  CHECK(refused.status == 429);
  CHECK(refused.text("/code") == "too-many-attempts");
  CHECK(refused.header("retry-after") == "60");
  server.advance(60s);
  CHECK(guess(server, "bob", testing::Server::password).status == 200);
}

TEST_CASE("Somebody else's hundred guesses do not throw the owner out (T18)") {
  testing::Server server;
  server.register_user("bob");
  const auto token = server.login("bob");
  for (int i = 0; i < 100; ++i) static_cast<void>(guess(server, "bob"));
  CHECK(guess(server, "bob", testing::Server::password).status == 429);
  CHECK(server.get("/api/auth/info", token).status == 200);
}

TEST_CASE("Who is logged in changes the password while strangers' guesses lock the name, and their address as well") {
  testing::Server server{{.configure = [](Config& config) { config.limits.enabled = true; }}};
  server.register_user("bob");
  const auto token = server.login("bob");
  for (int i = 0; i < 5; ++i) CHECK(guess(server, "bob").status == 401);
  for (int i = 0; i < 5; ++i) CHECK(guess(server, "nobody" + std::to_string(i)).status == 401);
  CHECK(guess(server, "another").status == 429);  // all of it came from one address
  const auto changed = server.put(
      "/api/auth/info",
      {{"password", "an even finer one"}, {"currentPassword", std::string{testing::Server::password}}}, token);
  CHECK(changed.status == 200);
  server.advance(10min);
  CHECK(guess(server, "bob", "an even finer one").status == 200);
}

TEST_CASE("Whoever guesses with a stolen token is locked out of the change, and the owner is not out of the log-in") {
  testing::Server server;
  server.register_user("bob");
  const auto token = server.login("bob");
  const auto change = [&](std::string_view password) {
    return server.put("/api/auth/info", {{"email", "thief@example.com"}, {"currentPassword", std::string{password}}},
                      token);
  };
  for (int i = 0; i < 5; ++i) CHECK(change("a wrong one").status == 403);
  const auto refused = change(testing::Server::password);
  CHECK(refused.status == 429);
  CHECK(refused.header("retry-after") == "60");
  CHECK(guess(server, "bob", testing::Server::password).status == 200);
}

TEST_CASE("An address that guesses many names is locked by the client's address, not by its proxy's") {
  testing::Server server{{.configure = [](Config& config) {
    config.limits.enabled = true;
    config.http.trusted_proxies = {*Network::parse("127.0.0.1")};
  }}};
  const auto guess_from = [&](const std::string& address, const std::string& name) {
    auto call = testing::json_call("POST", "/api/auth/login", {{"username", name}, {"password", "a wrong one"}});
    call.headers.emplace_back("X-Forwarded-For", address);
    return server.send(call);
  };
  for (int i = 0; i < 10; ++i) CHECK(guess_from("192.0.2.1", "nobody" + std::to_string(i)).status == 401);
  const auto refused = guess_from("192.0.2.1", "somebody");
  CHECK(refused.status == 429);
  CHECK(refused.text("/code") == "too-many-attempts");
  CHECK(refused.header("retry-after") == "600");
  CHECK(guess_from("192.0.2.2", "somebody").status == 401);
}

}  // namespace
