// Refresh and log-out through the module's transaction functions, on every engine.
#include <set>
#include <thread>

#include "integration/auth/fixture.hpp"

namespace guerdon::auth {
namespace {

using namespace std::chrono_literals;

struct LoggedIn : AuthOnDatabase {
  explicit LoggedIn(Engine engine) : AuthOnDatabase(engine), id(register_user("bob").value().id) {
    first = log_in("bob").value();
  }

  std::int64_t sessions_left() {
    return store->read([](Snapshot& s) { return s.get<std::int64_t>("SELECT count(*) FROM auth_sessions"); });
  }

  UserId id;
  LoginResponse first;
};

/// What each of so many threads at once was told.
template <class F>
std::vector<Result<LoginResponse>> at_once(int threads, F ask) {
  std::vector<Result<LoginResponse>> answers(static_cast<std::size_t>(threads), Error{});
  std::vector<std::thread> running;
  for (auto& answer : answers) running.emplace_back([&] { answer = ask(); });
  for (auto& thread : running) thread.join();
  return answers;
}

TEST_CASE("A refresh gives new tokens for the same session, and kills the access token before") {
  LoggedIn auth{GENERATE(from_range(test::engines()))};
  auth.store.clock.advance(5min);
  const auto second = auth.refresh(auth.first.refresh_token);
  REQUIRE(second);
  CHECK(second->user.id == auth.id);
  CHECK(second->user.username == "bob");
  CHECK(second->user.email == "bob@example.com");
  CHECK(second->user.roles == std::vector{Role::user});
  CHECK(second->token_type == "Bearer");
  CHECK(second->expires_in == 900);
  CHECK(second->refresh_expires_in == 604800 - 300);
  CHECK(second->refresh_token != auth.first.refresh_token);
  CHECK(auth.use(second->access_token));
  CHECK(code_of(auth.use(auth.first.access_token)) == "token-revoked");
  CHECK(auth.bearer_of(second->access_token).session ==
        auth.tokens.verify(auth.first.access_token, auth.store.clock.now()).value().session);
  CHECK(auth.refresh(second->refresh_token));
  CHECK(auth.said<RefreshTokenReused>().empty());
}

TEST_CASE("The token spent just before gives the same answer again, for ten seconds") {
  LoggedIn auth{GENERATE(from_range(test::engines()))};
  const auto second = auth.refresh(auth.first.refresh_token).value();
  CHECK(to_json(auth.refresh(auth.first.refresh_token).value()) == to_json(second));
  auth.store.clock.advance(10s);
  const auto late = auth.refresh(auth.first.refresh_token).value();
  CHECK(late.access_token == second.access_token);
  CHECK(late.refresh_token == second.refresh_token);
  CHECK(late.expires_in == second.expires_in - 10);
  CHECK(auth.use(second.access_token));

  auth.store.clock.advance(1ms);
  CHECK(code_of(auth.refresh(auth.first.refresh_token)) == "token-revoked");
  CHECK(auth.said<RefreshTokenReused>().size() == 1);
}

TEST_CASE("A clock that was put back makes no grace longer") {
  LoggedIn auth{GENERATE(from_range(test::engines()))};
  REQUIRE(auth.refresh(auth.first.refresh_token));
  auth.store.clock.advance(-1h);
  CHECK(code_of(auth.refresh(auth.first.refresh_token)) == "token-revoked");
}

TEST_CASE("A token spent longer ago ends the session, which is told and stays so") {
  LoggedIn auth{GENERATE(from_range(test::engines()))};
  const auto second = auth.refresh(auth.first.refresh_token).value();
  const auto third = auth.refresh(second.refresh_token).value();
  const auto stolen = auth.refresh(auth.first.refresh_token);
  CHECK(code_of(stolen) == "token-revoked");
  CHECK(auth.sessions_left() == 0);
  CHECK(code_of(auth.use(third.access_token)) == "token-revoked");
  CHECK(code_of(auth.refresh(third.refresh_token)) == "token-revoked");
  CHECK(code_of(auth.refresh(auth.first.refresh_token)) == "token-revoked");

  const auto said = auth.said<RefreshTokenReused>();
  REQUIRE(said.size() == 1);
  CHECK(said.front().topic == "auth.events.security");
  CHECK(said.front().key == auth.id.to_string());
  CHECK(said.front().payload.find("203.0.113.7") != std::string::npos);
  for (const auto& message : auth.store.outbox.messages()) CHECK(message.payload.find("rt_") == std::string::npos);
  CHECK(auth.log_in("bob"));
}

TEST_CASE("Of a thief and an owner who share a token the later one ends the session for both") {
  LoggedIn auth{GENERATE(from_range(test::engines()))};
  auto winner = auth.refresh(auth.first.refresh_token).value();
  auth.store.clock.advance(11s);
  CHECK_FALSE(auth.refresh(auth.first.refresh_token));
  CHECK(code_of(auth.refresh(winner.refresh_token)) == "token-revoked");
  CHECK(code_of(auth.use(winner.access_token)) == "token-revoked");
}

TEST_CASE("Fifty refreshes at once with one token make one pair of tokens") {
  LoggedIn auth{GENERATE(from_range(test::engines()))};
  std::set<std::string> pairs;
  for (const auto& answer : at_once(50, [&] { return auth.refresh(auth.first.refresh_token); })) {
    REQUIRE(answer);
    pairs.insert(answer->refresh_token + ' ' + answer->access_token);
    CHECK(auth.use(answer->access_token));
  }
  CHECK(pairs.size() == 1);
  CHECK(auth.said<RefreshTokenReused>().empty());
}

TEST_CASE("A session ends seven days after the log-in, however often it was refreshed") {
  LoggedIn auth{GENERATE(from_range(test::engines()))};
  auto last = auth.first;
  for (int day = 0; day < 6; ++day) {
    auth.store.clock.advance(24h);
    last = auth.refresh(last.refresh_token).value();
  }
  auth.store.clock.advance(24h - 1ms);
  last = auth.refresh(last.refresh_token).value();
  CHECK(last.refresh_expires_in == 0);
  REQUIRE(auth.use(last.access_token));
  auth.store.clock.advance(1ms);
  CHECK(code_of(auth.refresh(last.refresh_token)) == "token-expired");
  CHECK(code_of(auth.use(last.access_token)) == "token-revoked");
}

TEST_CASE("What is no refresh token of ours is refused before the rows are asked") {
  LoggedIn auth{GENERATE(from_range(test::engines()))};
  for (const std::string& text : {std::string{"x"}, auth.first.access_token.substr(0, 256),
                                  RefreshTokens{{.current = std::string(32, 'o'), .previous = {}}}.derive({}, 0)})
    CHECK(code_of(auth.refresh(text)) == "unauthenticated");
  CHECK(code_of(auth.store->write([&](Tx& tx) { return auth.sessions.refresh(tx, auth.caller, {}); })) ==
        "unauthenticated");
  CHECK(auth.refresh(auth.first.refresh_token));
}

TEST_CASE("A token comes in the body or as Bearer, and the body counts") {
  LoggedIn auth{GENERATE(from_range(test::engines()))};
  auth.caller.bearer.emplace(auth.first.refresh_token);
  const auto second = auth.store->write([&](Tx& tx) { return auth.sessions.refresh(tx, auth.caller, {}); });
  REQUIRE(second);
  auth.caller.bearer.emplace(second->access_token);
  CHECK(auth.refresh(second->refresh_token));
}

TEST_CASE("A token of the signing secret before still works, and its successor is the new secret's") {
  LoggedIn auth{GENERATE(from_range(test::engines()))};
  const SigningSecrets rotated{.current = std::string(32, 'n'), .previous = auth.secrets.current};
  const Sessions after{{}, auth.tokens, rotated};
  const auto second = auth.refresh(auth.first.refresh_token, &after);
  REQUIRE(second);
  CHECK(code_of(auth.refresh(second->refresh_token)) == "unauthenticated");
  CHECK(auth.refresh(second->refresh_token, &after));
}

TEST_CASE("A token that is ahead of the rows, as after a restore, is refused and blames nobody") {
  LoggedIn auth{GENERATE(from_range(test::engines()))};
  const auto second = auth.refresh(auth.first.refresh_token).value();
  auth.execute("UPDATE auth_sessions SET refresh_counter = 0 WHERE user_id = $1", auth.id);
  CHECK(code_of(auth.refresh(second.refresh_token)) == "token-revoked");
  CHECK(auth.said<RefreshTokenReused>().empty());
  CHECK(auth.sessions_left() == 1);
}

TEST_CASE("Nobody refreshes for an account that is not active") {
  LoggedIn auth{GENERATE(from_range(test::engines()))};
  auth.execute("UPDATE auth_users SET status = 'SUSPENDED' WHERE id = $1", auth.id);
  CHECK(code_of(auth.refresh(auth.first.refresh_token)) == "token-revoked");
}

TEST_CASE("A user's refreshes are limited, repeats are not counted, and the limit passes") {
  LoggedIn auth{GENERATE(from_range(test::engines()))};
  const Sessions limited{{.refreshes = Allowance{.times = 10, .window = 60s}}, auth.tokens, auth.secrets};
  auto last = auth.first;
  for (int i = 0; i < 10; ++i) {
    const auto token = last.refresh_token;
    last = auth.refresh(token, &limited).value();
    CHECK(auth.refresh(token, &limited));
  }
  const auto refused = auth.refresh(last.refresh_token, &limited);
  CHECK(code_of(refused) == "too-many-requests");
  CHECK(refused.error().retry_after == 6s);
  CHECK(auth.use(last.access_token));

  auth.store.clock.advance(6s - 1ms);
  CHECK(auth.refresh(last.refresh_token, &limited).error().retry_after == 1s);
  auth.store.clock.advance(1ms);
  last = auth.refresh(last.refresh_token, &limited).value();
  CHECK_FALSE(auth.refresh(last.refresh_token, &limited));

  SECTION("a new log-in does not lift it") {
    const auto again = auth.log_in("bob").value();
    CHECK(code_of(auth.refresh(again.refresh_token, &limited)) == "too-many-requests");
  }
  SECTION("a clock that was put back does not make it worse") {
    auth.store.clock.advance(-24h);
    const auto later = auth.refresh(last.refresh_token, &limited);
    CHECK(later.error().retry_after == 6s);
  }
  SECTION("without limits there is none") { CHECK(auth.refresh(last.refresh_token)); }
}

TEST_CASE("A log-out kills both tokens at once and is told") {
  LoggedIn auth{GENERATE(from_range(test::engines()))};
  const auto bob = auth.bearer_of(auth.first.access_token);
  const auto answer = auth.store->write([&](Tx& tx) { return auth.sessions.log_out(tx, bob); });
  REQUIRE(answer);
  CHECK(to_json(*answer) == R"({"result":"OK"})");
  CHECK(code_of(auth.use(auth.first.access_token)) == "token-revoked");
  CHECK(code_of(auth.refresh(auth.first.refresh_token)) == "token-revoked");
  const auto said = auth.said<LoggedOut>();
  REQUIRE(said.size() == 1);
  CHECK(said.front().topic == "auth.events.login");
  CHECK(code_of(auth.store->write([&](Tx& tx) { return auth.sessions.log_out(tx, bob); })) == "token-revoked");
  CHECK(auth.said<LoggedOut>().size() == 1);
  CHECK(auth.said<RefreshTokenReused>().empty());
}

TEST_CASE("The log-out of a session that was replaced leaves the new one alone") {
  LoggedIn auth{GENERATE(from_range(test::engines()))};
  const auto old_bearer = auth.bearer_of(auth.first.access_token);
  const auto second = auth.log_in("bob").value();
  CHECK_FALSE(auth.store->write([&](Tx& tx) { return auth.sessions.log_out(tx, old_bearer); }));
  CHECK(auth.use(second.access_token));
}

TEST_CASE("A log-out among refreshes wins: afterwards no token works") {
  const auto engine = GENERATE(from_range(test::engines()));
  LoggedIn auth{engine};
  for (int round = 0; round < 10; ++round) {
    const auto session = auth.log_in("bob").value();
    const auto bob = auth.bearer_of(session.access_token);
    std::atomic<int> begun{0};
    bool left = false;
    std::thread leaving([&] {
      while (begun < 3) std::this_thread::yield();
      left = auth.store->write([&](Tx& tx) { return auth.sessions.log_out(tx, bob); }).has_value();
    });
    const auto answers = at_once(8, [&] {
      ++begun;
      return auth.refresh(session.refresh_token);
    });
    leaving.join();
    CHECK(left);
    CHECK(code_of(auth.refresh(session.refresh_token)) == "token-revoked");
    for (const auto& answer : answers) {
      if (!answer) {
        CHECK(answer.error().problem == problems::token_revoked);
        continue;
      }
      CHECK(code_of(auth.use(answer->access_token)) == "token-revoked");
      CHECK(code_of(auth.refresh(answer->refresh_token)) == "token-revoked");
    }
  }
  CHECK(auth.said<RefreshTokenReused>().empty());
}

TEST_CASE("What was revoked stays so after a restart, and what lives lives on") {
  LoggedIn auth{Engine::sqlite};
  REQUIRE(auth.register_user("eve"));
  const auto eve = auth.log_in("eve").value();
  const auto second = auth.refresh(auth.first.refresh_token).value();
  auth.store.reopen();
  CHECK(code_of(auth.use(auth.first.access_token)) == "token-revoked");
  CHECK(auth.use(second.access_token));
  CHECK(auth.refresh(auth.first.refresh_token).value().refresh_token == second.refresh_token);

  const auto bob = auth.bearer_of(second.access_token);
  REQUIRE(auth.store->write([&](Tx& tx) { return auth.sessions.log_out(tx, bob); }));
  auth.store.reopen();
  for (const auto& token : {auth.first.access_token, second.access_token})
    CHECK(code_of(auth.use(token)) == "token-revoked");
  for (const auto& token : {auth.first.refresh_token, second.refresh_token})
    CHECK(code_of(auth.refresh(token)) == "token-revoked");
  CHECK(auth.use(eve.access_token));
}

}  // namespace
}  // namespace guerdon::auth
