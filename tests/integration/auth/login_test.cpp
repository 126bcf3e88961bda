// Logging in through the module's transaction functions, on every engine.
#include "auth/module.hpp"
#include "integration/auth/fixture.hpp"

namespace guerdon::auth {
namespace {

using namespace std::chrono_literals;

TEST_CASE("A login answers with tokens and the user, and says so on two topics") {
  AuthOnDatabase auth{GENERATE(from_range(test::engines()))};
  const auto account = auth.register_user("Bob").value();
  const auto answer = auth.log_in("Bob");
  REQUIRE(answer);
  CHECK(answer->token_type == "Bearer");
  CHECK(answer->expires_in == 900);
  CHECK(answer->refresh_expires_in == 604800);
  CHECK(answer->refresh_token.starts_with("rt_"));
  CHECK(answer->user.id == account.id);
  CHECK(answer->user.username == "Bob");
  CHECK(answer->user.roles == std::vector{Role::user});
  const auto standing = auth.use(answer->access_token);
  REQUIRE(standing);
  CHECK(standing->roles == RoleSet{Role::user});

  const auto logged_in = auth.said<UserLoggedIn>();
  REQUIRE(logged_in.size() == 1);
  CHECK(logged_in.front().topic == "user.login");
  CHECK(logged_in.front().key == account.id.to_string());
  CHECK(auth.said<LoginSucceeded>().size() == 1);
  CHECK(auth.said<LoginFailed>().empty());
  for (const auto& message : auth.store.outbox.messages()) {
    CHECK(message.payload.find(answer->access_token) == std::string::npos);
    CHECK(message.payload.find(answer->refresh_token) == std::string::npos);
  }
}

TEST_CASE("The name may be the username or the e-mail address, in any case and either member") {
  AuthOnDatabase auth{GENERATE(from_range(test::engines()))};
  REQUIRE(auth.register_user("Bob"));
  CHECK(auth.log_in("bOB"));
  CHECK(auth.log_in("BOB@example.COM"));
  auto request = AuthOnDatabase::login_request("bob@example.com");
  std::swap(request.username, request.email);
  CHECK(auth.finish_login(request, auth.check(request)));
}

TEST_CASE("A login without a name, or with two, is refused before anything is hashed") {
  AuthOnDatabase auth{Engine::sqlite,
                      [](std::string_view, std::string_view) -> bool { throw std::logic_error("hashed"); }};
  auto request = AuthOnDatabase::login_request("bob");
  request.email = request.username;
  const auto ask = [&] {
    return auth.store->read([&](Snapshot& s) { return auth.login.check_password(s, auth.caller, request); });
  };
  CHECK(code_of(ask()) == "validation-failed");
  request.email.reset();
  request.username.reset();
  CHECK(code_of(ask()) == "validation-failed");
}

TEST_CASE("A wrong password and an unknown name get the same refusal, and both are remembered") {
  AuthOnDatabase auth{GENERATE(from_range(test::engines()))};
  const auto account = auth.register_user("bob").value();
  const auto wrong = auth.log_in("bob", "another password");
  const auto unknown = auth.log_in("eve", "another password");
  REQUIRE_FALSE(wrong);
  REQUIRE_FALSE(unknown);
  CHECK(problem_document(wrong.error(), "id") == problem_document(unknown.error(), "id"));
  CHECK(wrong.error().problem == bad_credentials);

  const auto failed = auth.said<LoginFailed>();
  REQUIRE(failed.size() == 2);
  CHECK(failed[0].key == account.id.to_string());
  CHECK(failed[1].key.find("eve") == std::string::npos);
  CHECK(failed[1].payload.find("eve") == std::string::npos);
  CHECK(auth.said<UserLoggedIn>().empty());
}

TEST_CASE("Failed log-ins with one unknown name share a key in any case, others have their own") {
  AuthOnDatabase auth{Engine::sqlite};
  for (const auto* name : {"eve", "EVE", "mallory"}) CHECK_FALSE(auth.log_in(name));
  const auto failed = auth.said<LoginFailed>();
  REQUIRE(failed.size() == 3);
  CHECK(failed[0].key == failed[1].key);
  CHECK(failed[0].key != failed[2].key);
}

int verified = 0;
std::string verified_hash;

bool count_and_verify(std::string_view phc, std::string_view password) {
  ++verified;
  verified_hash = phc;
  return verify_password(phc, password);
}

TEST_CASE("An unknown name costs the same work as a wrong password: one hash of today's cost") {
  AuthOnDatabase auth{GENERATE(from_range(test::engines())), count_and_verify};
  REQUIRE(auth.register_user("bob"));
  const auto work = [&](const std::string& name) {
    verified = 0;
    CHECK_FALSE(auth.check(AuthOnDatabase::login_request(name, "another password")).right);
    CHECK(verified == 1);
    return verified_hash.substr(0, verified_hash.find("p=1"));
  };
  const auto known = work("bob");
  CHECK(known == "$argon2id$v=19$m=8,t=1,");
  CHECK(work("eve") == known);
  CHECK(work("eve@example.com") == known);
  CHECK(work("no name anybody could have") == known);
}

TEST_CASE("A suspended account is told so only with the right password") {
  AuthOnDatabase auth{GENERATE(from_range(test::engines()))};
  const auto account = auth.register_user("bob").value();
  auth.execute("UPDATE auth_users SET status = 'SUSPENDED' WHERE id = $1", account.id);
  CHECK(code_of(auth.log_in("bob")) == "account-suspended");
  CHECK(code_of(auth.log_in("bob", "another password")) == "bad-credentials");
  CHECK(auth.said<UserLoggedIn>().empty());
  CHECK(auth.said<LoginFailed>().size() == 2);
}

TEST_CASE("An account that is going or gone answers as for a wrong password") {
  AuthOnDatabase auth{GENERATE(from_range(test::engines()))};
  const auto account = auth.register_user("bob").value();
  auth.execute("UPDATE auth_users SET status = 'DELETING' WHERE id = $1", account.id);
  CHECK(code_of(auth.log_in("bob")) == "bad-credentials");
  auth.execute("UPDATE auth_users SET status = 'DELETED' WHERE id = $1", account.id);
  CHECK(code_of(auth.log_in("bob")) == "bad-credentials");
}

TEST_CASE("What changed between the check of the password and the command is seen") {
  AuthOnDatabase auth{GENERATE(from_range(test::engines()))};
  const auto account = auth.register_user("bob").value();
  const auto request = AuthOnDatabase::login_request("bob");
  const auto check = auth.check(request);
  REQUIRE(check.right);

  SECTION("the password") {
    auth.execute("UPDATE auth_users SET password_version = password_version + 1 WHERE id = $1", account.id);
    CHECK(code_of(auth.finish_login(request, check)) == "bad-credentials");
  }
  SECTION("the status") {
    auth.execute("UPDATE auth_users SET status = 'DELETING' WHERE id = $1", account.id);
    CHECK(code_of(auth.finish_login(request, check)) == "bad-credentials");
  }
  CHECK(auth.said<UserLoggedIn>().empty());
}

TEST_CASE("A new login ends the session before it") {
  AuthOnDatabase auth{GENERATE(from_range(test::engines()))};
  REQUIRE(auth.register_user("bob"));
  const auto first = auth.log_in("bob").value();
  const auto second = auth.log_in("bob").value();
  CHECK(code_of(auth.use(first.access_token)) == "token-revoked");
  CHECK(auth.use(second.access_token));
  CHECK(first.refresh_token != second.refresh_token);
}

TEST_CASE("A token dies with its session, its version and its user's standing, at once") {
  AuthOnDatabase auth{GENERATE(from_range(test::engines()))};
  const auto account = auth.register_user("bob").value();
  const auto token = auth.log_in("bob").value().access_token;
  REQUIRE(auth.use(token));

  SECTION("the session") { auth.execute("DELETE FROM auth_sessions WHERE user_id = $1", account.id); }
  SECTION("the version") { auth.execute("UPDATE auth_users SET version = version + 1 WHERE id = $1", account.id); }
  SECTION("a suspension") { auth.execute("UPDATE auth_users SET status = 'SUSPENDED' WHERE id = $1", account.id); }
  SECTION("a deletion") { auth.execute("UPDATE auth_users SET status = 'DELETING' WHERE id = $1", account.id); }
  CHECK(code_of(auth.use(token)) == "token-revoked");
}

TEST_CASE("Roles come from the row, not from the token") {
  AuthOnDatabase auth{GENERATE(from_range(test::engines()))};
  const auto account = auth.register_user("bob").value();
  const auto token = auth.log_in("bob").value().access_token;
  auth.execute("UPDATE auth_users SET roles = 3 WHERE id = $1", account.id);
  CHECK(auth.use(token).value().roles == RoleSet{Role::user, Role::operator_});
}

TEST_CASE("A hash below the policy is made anew at the next login, and then left alone") {
  AuthOnDatabase auth{GENERATE(from_range(test::engines()))};
  const auto id = auth.register_user("bob").value().id;
  const auto stored = [&] {
    return auth.store->read([&](Snapshot& snapshot) {
      return snapshot.get<std::string>("SELECT password_hash FROM auth_users WHERE id = $1", id);
    });
  };
  const auto before = stored();
  REQUIRE(auth.log_in("bob"));
  CHECK(stored() == before);

  auth.config.argon2_iterations = Bounded<1, 100>::make(2).value();
  CHECK_FALSE(auth.log_in("bob", "another password"));
  CHECK(stored() == before);
  REQUIRE(auth.log_in("bob"));
  const auto after = stored();
  CHECK(after.starts_with("$argon2id$v=19$m=8,t=2,p=1$"));
  CHECK(auth.log_in("bob"));
  CHECK(stored() == after);
}

TEST_CASE("Two log-ins at once that both make the hash anew both succeed") {
  AuthOnDatabase auth{GENERATE(from_range(test::engines()))};
  REQUIRE(auth.register_user("bob"));
  auth.config.argon2_iterations = Bounded<1, 100>::make(2).value();
  const auto request = AuthOnDatabase::login_request("bob");
  const auto first = auth.check(request);
  const auto second = auth.check(request);
  REQUIRE(first.better_hash);
  REQUIRE(second.better_hash);
  CHECK(auth.finish_login(request, first));
  CHECK(auth.finish_login(request, second));
  CHECK(auth.log_in("bob"));
}

TEST_CASE("The session survives a restart, and its row holds no token") {
  AuthOnDatabase auth{Engine::sqlite};
  REQUIRE(auth.register_user("bob"));
  const auto answer = auth.log_in("bob").value();
  auth.store.reopen();
  CHECK(auth.use(answer.access_token));
}

TEST_CASE("The invariants of auth hold after use, and each is able to fail") {
  AuthOnDatabase auth{GENERATE(from_range(test::engines()))};
  const auto account = auth.register_user("bob").value();
  REQUIRE(auth.log_in("bob"));
  const auto violated = [&] {
    std::vector<std::string> names;
    for (const auto& invariant : invariants()) {
      const auto lines = auth.store->read([&](Snapshot& snapshot) { return invariant.violations(snapshot); });
      if (!lines.empty()) names.emplace_back(invariant.name);
      for (const auto& line : lines) CHECK(line == account.id.to_string());
    }
    return names;
  };
  CHECK(violated().empty());
  auth.execute("UPDATE auth_users SET status = 'DELETED' WHERE id = $1", account.id);
  CHECK(violated() == std::vector<std::string>{"I35", "auth.deletion"});
  auth.execute("UPDATE auth_users SET status = 'ACTIVE', email = 'other@example.com' WHERE id = $1", account.id);
  CHECK(violated() == std::vector<std::string>{"auth.keys"});
  auth.execute("UPDATE auth_users SET email = email_key, invited_by = id WHERE id = $1", account.id);
  CHECK(violated() == std::vector<std::string>{"auth.inviter"});
}

}  // namespace
}  // namespace guerdon::auth
