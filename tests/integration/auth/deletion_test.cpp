// Asking for an account to be deleted, and the last ADMIN, on every engine.
#include <thread>

#include "integration/auth/fixture.hpp"
#include "modules/auth/accounts/last_admin.hpp"

namespace guerdon::auth {
namespace {

struct People : AuthOnDatabase {
  explicit People(Engine engine) : AuthOnDatabase(engine) {}

  UserId user(const std::string& name) { return register_user(name).value().id; }

  UserId admin(const std::string& name) {
    const auto id = user(name);
    execute("UPDATE auth_users SET roles = 9 WHERE id = $1", id);
    return id;
  }

  Caller as(UserId id, RoleSet roles = {Role::admin}) const {
    auto found = caller;
    found.user = id;
    found.roles = roles;
    return found;
  }

  AccountStatus status_of(UserId id) {
    return store->read([&](Snapshot& s) { return find_state(s, id)->status; });
  }

  bool is_last(UserId id) {
    return store->write([&](Tx& tx) -> Result<bool> { return is_last_admin(tx, id); }).value();
  }
};

TEST_CASE("A user who asks for it is DELETING, logged out and told by a saga's id") {
  People auth{GENERATE(from_range(test::engines()))};
  const auto bob = auth.user("bob");
  const auto tokens = auth.log_in("bob").value();
  const auto answer = auth.delete_user(auth.bearer_of(tokens.access_token), bob);
  REQUIRE(answer);
  CHECK(to_json(*answer) == R"({"result":"ACCEPTED","sagaId":")" + answer->saga_id.to_string() + "\"}");
  CHECK(answer->saga_id.to_string().starts_with("sga_"));
  CHECK(auth.status_of(bob) == AccountStatus::deleting);
  CHECK(code_of(auth.use(tokens.access_token)) == "token-revoked");
  CHECK(code_of(auth.refresh(tokens.refresh_token)) == "token-revoked");
  CHECK(code_of(auth.log_in("bob")) == "bad-credentials");

  const auto said = auth.said<UserDeletionRequested>();
  REQUIRE(said.size() == 1);
  CHECK(said.front().topic == "user.deletion.requested");
  CHECK(said.front().payload.find(answer->saga_id.to_string()) != std::string::npos);
  CHECK(said.front().payload.find(R"("requestedBy":")" + bob.to_string()) != std::string::npos);
  CHECK(auth.audited() == std::vector<std::string>{"account.deletion-requested"});
}

TEST_CASE("An ADMIN who asks again gets the same saga, even when it is done, and nothing is said twice") {
  People auth{GENERATE(from_range(test::engines()))};
  const auto admin = auth.as(auth.admin("ada"));
  const auto bob = auth.user("bob");
  const auto first = auth.delete_user(admin, bob).value();
  CHECK(auth.delete_user(admin, bob).value().saga_id == first.saga_id);
  auth.execute("UPDATE auth_users SET status = 'DELETED' WHERE id = $1", bob);
  CHECK(auth.delete_user(admin, bob).value().saga_id == first.saga_id);
  CHECK(auth.said<UserDeletionRequested>().size() == 1);
  CHECK(auth.audited().size() == 1);
}

TEST_CASE("A suspended account can be deleted, an unknown one can't") {
  People auth{GENERATE(from_range(test::engines()))};
  const auto admin = auth.as(auth.admin("ada"));
  const auto bob = auth.user("bob");
  auth.execute("UPDATE auth_users SET status = 'SUSPENDED' WHERE id = $1", bob);
  CHECK(auth.delete_user(admin, bob));
  CHECK(auth.status_of(bob) == AccountStatus::deleting);
  CHECK(code_of(auth.delete_user(admin, UserId{})) == "not-found");
}

TEST_CASE("A service key deletes under its own name") {
  People auth{GENERATE(from_range(test::engines()))};
  auto key = auth.caller;
  key.key = KeyId::parse("key_01jd3q6p8hfvmt3e8zkx0v9c2a").value();
  key.roles = {Role::admin};
  REQUIRE(auth.delete_user(key, auth.user("bob")));
  CHECK(auth.said<UserDeletionRequested>().at(0).payload.find("key_01jd3q6p8hfvmt3e8zkx0v9c2a") != std::string::npos);
}

TEST_CASE("The last ADMIN can't be deleted, but with another one they can, by either") {
  People auth{GENERATE(from_range(test::engines()))};
  const auto ada = auth.admin("ada");
  CHECK(code_of(auth.delete_user(auth.as(ada), ada)) == "last-admin");
  CHECK(auth.status_of(ada) == AccountStatus::active);
  CHECK(auth.said<UserDeletionRequested>().empty());
  const auto ben = auth.admin("ben");
  SECTION("oneself") { CHECK(auth.delete_user(auth.as(ada), ada)); }
  SECTION("the other") { CHECK(auth.delete_user(auth.as(ben), ada)); }
  CHECK(code_of(auth.delete_user(auth.as(ben), ben)) == "last-admin");
}

TEST_CASE("The last ADMIN is one beside whom there is none who can log in") {
  People auth{GENERATE(from_range(test::engines()))};
  const auto ada = auth.admin("ada");
  const auto ben = auth.admin("ben");
  const auto bob = auth.user("bob");
  CHECK_FALSE(auth.is_last(ada));
  CHECK_FALSE(auth.is_last(bob));
  CHECK_FALSE(auth.is_last(UserId{}));
  for (const Sql sql : {Sql{"UPDATE auth_users SET status = 'SUSPENDED' WHERE id = $1"},
                        Sql{"UPDATE auth_users SET status = 'DELETING' WHERE id = $1"},
                        Sql{"UPDATE auth_users SET status = 'DELETED' WHERE id = $1"}}) {
    auth.execute(sql, ben);
    CHECK(auth.is_last(ada));
  }
  CHECK_FALSE(auth.is_last(ben));
  auth.execute("UPDATE auth_users SET status = 'ACTIVE', roles = 7 WHERE id = $1", ben);
  CHECK(auth.is_last(ada));
  CHECK_FALSE(auth.is_last(ben));
}

TEST_CASE("Of ADMINs who delete each other, or themselves, at once one always stays") {
  const auto engine = GENERATE(from_range(test::engines()));
  const bool each_other = GENERATE(true, false);
  CAPTURE(each_other);
  People auth{engine};
  std::vector<UserId> admins;
  for (int i = 0; i < 6; ++i) admins.push_back(auth.admin("admin" + std::to_string(i)));
  std::atomic<int> deleted{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < admins.size(); ++i) {
    threads.emplace_back([&, i] {
      const auto target = admins[each_other ? (i + 1) % admins.size() : i];
      const auto result = auth.delete_user(auth.as(admins[i]), target);
      if (result)
        ++deleted;
      else if (result.error().problem == last_admin)
        ++refused;
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(deleted == 5);
  CHECK(refused == 1);
  CHECK(auth.said<UserDeletionRequested>().size() == 5);
}

TEST_CASE("A deletion among log-ins wins: afterwards nobody is logged in") {
  const auto engine = GENERATE(from_range(test::engines()));
  People auth{engine};
  for (int round = 0; round < 5; ++round) {
    const auto name = "bob" + std::to_string(round);
    const auto bob = auth.user(name);
    const auto request = AuthOnDatabase::login_request(name);
    const auto check = auth.check(request);
    std::atomic<int> deleted{0};
    std::atomic<int> other_refusals{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        if (i == 4) {
          if (auth.delete_user(auth.as(bob, {Role::user}), bob)) ++deleted;
          return;
        }
        const auto result = auth.finish_login(request, check);
        const bool is_known = result || result.error().problem == bad_credentials ||
                              result.error().problem == too_many_attempts;  // of those that are counted as guesses
        if (!is_known) ++other_refusals;
      });
    }
    for (auto& thread : threads) thread.join();
    CHECK(deleted == 1);
    CHECK(other_refusals == 0);
    CHECK(auth.status_of(bob) == AccountStatus::deleting);
    auth.store.clock.advance(std::chrono::hours{1});  // the address is let in again
  }
  const auto left =
      auth.store->read([](Snapshot& s) { return s.get<std::int64_t>("SELECT count(*) FROM auth_sessions"); });
  CHECK(left == 0);
}

TEST_CASE("The question for the last ADMIN does not read every account") {
  People auth{Engine::sqlite};
  const auto plan = auth.store->read([](Snapshot& s) {
    return s.list<std::tuple<std::int64_t, std::int64_t, std::int64_t, std::string>>(
        "EXPLAIN QUERY PLAN SELECT id, status FROM auth_users WHERE (roles & 8) <> 0 AND status IN ('ACTIVE',"
        " 'SUSPENDED') ORDER BY id");
  });
  REQUIRE(plan.size() == 1);
  CHECK(std::get<3>(plan.front()).find("auth_users_admins") != std::string::npos);
}

}  // namespace
}  // namespace guerdon::auth
