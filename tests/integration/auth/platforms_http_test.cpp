// Platform accounts over HTTP.
#include <catch2/catch.hpp>
#include <thread>

#include "guerdon/testing.hpp"

namespace guerdon {
namespace {

using testing::json_call;
using testing::Server;

struct Users {
  Server server;
  std::string bob = registered("bob");
  std::string eve = registered("eve");

  std::string registered(const std::string& name) {
    server.register_user(name);
    return server.login(name);
  }
};

json::value steam(std::string_view account) { return {{"platform", "steam"}, {"platformUserId", account}}; }

TEST_CASE("A platform account is connected, listed and disconnected") {
  Users users;
  auto& server = users.server;
  const auto made = server.post("/api/auth/platforms", steam("7656"), users.bob);
  REQUIRE(made.status == 201);
  CHECK(made.json() ==
        json::value{{"platform", "steam"}, {"platformUserId", "7656"}, {"connectedAt", "2026-03-02T09:00:00.000Z"}});
  const auto listed = server.get("/api/auth/platforms", users.bob);
  CHECK(listed.status == 200);
  CHECK(listed.at("/items/0") == made.json());
  CHECK(listed.at("/nextCursor").is_null());
  CHECK(server.get("/api/auth/platforms", users.eve).at("/items").as_array().empty());

  CHECK(server.del("/api/auth/platforms/steam", users.eve).status == 404);
  CHECK(server.del("/api/auth/platforms/steam", users.bob).status == 204);
  const auto again = server.del("/api/auth/platforms/steam", users.bob);
  CHECK(again.status == 404);
  CHECK(again.text("/code") == "not-found");
}

TEST_CASE("A taken account and a second one of a platform are conflicts") {
  Users users;
  auto& server = users.server;
  REQUIRE(server.post("/api/auth/platforms", steam("7656"), users.bob).status == 201);
  const auto taken = server.post("/api/auth/platforms", steam("7656"), users.eve);
  CHECK(taken.status == 409);
  CHECK(taken.text("/code") == "platform-account-taken");
  const auto second = server.post("/api/auth/platforms", steam("another"), users.bob);
  CHECK(second.status == 409);
  CHECK(second.text("/code") == "platform-connected");
}

TEST_CASE("A repeat with the same key connects once") {
  Users users;
  auto call = json_call("POST", "/api/auth/platforms", steam("7656"), users.bob);
  call.headers.emplace_back("Idempotency-Key", "once");
  const auto first = users.server.send(call);
  const auto second = users.server.send(call);
  CHECK(first.status == 201);
  CHECK(second.status == 201);
  CHECK(second.body == first.body);
  CHECK(second.header("idempotency-replayed") == "true");
}

TEST_CASE("A platform account needs a token and a plain name of the platform") {
  Users users;
  auto& server = users.server;
  CHECK(server.get("/api/auth/platforms").status == 401);
  CHECK(server.post("/api/auth/platforms", steam("7656")).status == 401);
  CHECK(server.del("/api/auth/platforms/steam").status == 401);
  const auto refused =
      server.post("/api/auth/platforms", {{"platform", "Steam!"}, {"platformUserId", ""}, {"userId", "x"}}, users.bob);
  CHECK(refused.status == 400);
  CHECK(refused.text("/errors/0/pointer") == "/platform");
  CHECK(refused.text("/errors/1/pointer") == "/platformUserId");
  CHECK(refused.text("/errors/2/pointer") == "/userId");
  CHECK(server.del("/api/auth/platforms/Steam", users.bob).status == 400);
}

TEST_CASE("Two users who connect the same account at once get one 201 and one 409") {
  Users users;
  const std::array<std::string, 2> tokens{users.bob, users.eve};
  for (int round = 0; round < 10; ++round) {
    std::array<testing::Response, 2> answers;
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < tokens.size(); ++i)
      threads.emplace_back([&, i] {
        testing::Client client{users.server.port()};
        answers[i] = client.send(json_call("POST", "/api/auth/platforms", steam(std::to_string(round)), tokens[i]));
      });
    for (auto& thread : threads) thread.join();
    const std::size_t winner = answers[0].status == 201 ? 0 : 1;
    CHECK(answers[winner].status == 201);
    CHECK(answers[1 - winner].status == 409);
    CHECK(answers[1 - winner].text("/code") == "platform-account-taken");
    REQUIRE(users.server.del("/api/auth/platforms/steam", tokens[winner]).status == 204);
  }
}

}  // namespace
}  // namespace guerdon
