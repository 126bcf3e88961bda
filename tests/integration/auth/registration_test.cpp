// Registration through the module's transaction functions, on every engine.
#include <thread>

#include "integration/auth/fixture.hpp"

namespace guerdon::auth {
namespace {

std::vector<std::string> faults_of(const Result<Account>& result) {
  std::vector<std::string> found;
  if (result) return found;
  for (const auto& fault : result.error().faults) found.push_back(fault.where + " " + fault.code);
  return found;
}

TEST_CASE("A registration makes an active account with the role USER and an invite code") {
  AuthOnDatabase auth{GENERATE(from_range(test::engines()))};
  const auto account = auth.register_with(
      R"({"username":"Bob","email":"Bob@Example.com","password":"a fine password","profile":{"city":"Seoul"}})");
  REQUIRE(account);
  CHECK(account->username == "Bob");
  CHECK(account->email == "Bob@Example.com");
  CHECK(account->roles == std::vector{Role::user});
  CHECK(account->status == AccountStatus::active);
  CHECK(account->profile == json::object{{"city", "Seoul"}});
  CHECK(account->invite_code.size() == 10);
  CHECK(account->created_at == auth.store.clock.now());

  const auto shown = auth.store->read([&](Snapshot& s) { return auth.accounts.get_account(s, account->id); });
  CHECK(to_json(shown.value()) == to_json(*account));
  const auto said = auth.said<UserCreated>();
  REQUIRE(said.size() == 1);
  CHECK(said.front().topic == "auth.events.user");
  CHECK(said.front().key == account->id.to_string());
  CHECK(said.front().payload.find("password") == std::string::npos);
}

TEST_CASE("A registration is in the audit log as the new account's own doing, and a refused one is not") {
  AuthOnDatabase auth{GENERATE(from_range(test::engines()))};
  const auto id = auth.register_user("bob").value().id.to_string();
  REQUIRE_FALSE(auth.register_user("bob"));
  const auto entries = auth.store->read([](Snapshot& s) {
    return s.list<std::string>(
        "SELECT actor || ' ' || action || ' ' || subject || ' ' || details || ' ' || ip FROM audit_log");
  });
  CHECK(entries == std::vector<std::string>{id + " account.created " + id + R"( {"roles":["USER"]} 203.0.113.7)"});
}

TEST_CASE("The password is stored as an argon2id hash and nowhere in clear") {
  AuthOnDatabase auth{GENERATE(from_range(test::engines()))};
  const auto account = auth.register_user("bob").value();
  const auto hash = auth.store->read([&](Snapshot& snapshot) {
    return snapshot.get<std::string>("SELECT password_hash FROM auth_users WHERE id = $1", account.id);
  });
  CHECK(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
  CHECK(verify_password(hash, "a fine password"));
}

TEST_CASE("Every fault of a registration is told at once, the policy's with the decoder's") {
  AuthOnDatabase auth{GENERATE(from_range(test::engines()))};
  CHECK(faults_of(auth.register_with(R"({"username":"b!","email":"nobody","password":"short","roles":["ADMIN"]})")) ==
        std::vector<std::string>{"/username too-short", "/email bad-format", "/roles unknown-member",
                                 "/password too-short"});
  CHECK(faults_of(auth.register_with(R"({"username":"Root","email":"r@example.com","password":"password123"})")) ==
        std::vector<std::string>{"/username reserved", "/password too-common"});
  CHECK(faults_of(auth.register_with("{}")) ==
        std::vector<std::string>{"/username required", "/email required", "/password required"});
  CHECK(auth.store.outbox.messages().empty());
}

TEST_CASE("Nobody gives themselves more than they have: members of the server's own are refused") {
  AuthOnDatabase auth{GENERATE(from_range(test::engines()))};
  for (const std::string name : {"roles", "status", "id", "userId", "version", "inviteCodeOwner", "invitedBy",
                                 "passwordHash", "createdAt", "isAdmin", "role", "username_key", "Username"}) {
    CAPTURE(name);
    const auto result = auth.register_with(
        R"({"username":"bob","email":"b@example.com","password":"a fine password",")" + name + R"(":"ADMIN"})");
    CHECK(faults_of(result) == std::vector<std::string>{"/" + name + " unknown-member"});
  }
}

TEST_CASE("A name or an address is taken in any case, the name told first") {
  AuthOnDatabase auth{GENERATE(from_range(test::engines()))};
  REQUIRE(auth.register_user("bob"));
  CHECK(code_of(auth.register_with(R"({"username":"BOB","email":"x@example.com","password":"a fine password"})")) ==
        "username-taken");
  CHECK(code_of(auth.register_with(R"({"username":"ben","email":"BOB@example.com","password":"a fine password"})")) ==
        "email-taken");
  CHECK(code_of(auth.register_user("bob")) == "username-taken");
}

TEST_CASE("A name that was taken after the check is refused by the command too") {
  AuthOnDatabase auth{GENERATE(from_range(test::engines()))};
  const auto prepared = prepare_account(auth.config, *auth.random,
                                        {.username = "bob",
                                         .email = "new@example.com",
                                         .password = Secret<std::string>{"a fine password"},
                                         .roles = {Role::user}});
  REQUIRE(auth.register_user("Bob"));
  const auto result =
      auth.store->write([&](Tx& tx) { return auth.accounts.add_registered(tx, auth.caller, prepared.value()); });
  CHECK(code_of(result) == "username-taken");
  CHECK(auth.said<UserCreated>().size() == 1);
}

TEST_CASE("Of 32 threads that register one name at once one succeeds") {
  AuthOnDatabase auth{GENERATE(from_range(test::engines()))};
  const auto prepared = prepare_account(auth.config, *auth.random,
                                        {.username = "bob",
                                         .email = "bob@example.com",
                                         .password = Secret<std::string>{"a fine password"},
                                         .roles = {Role::user}});
  REQUIRE(prepared);
  std::atomic<int> made{0};
  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 32; ++i) {
    threads.emplace_back([&, i, account = *prepared]() mutable {
      account.invite_code = "CODE" + std::to_string(100000 + i);
      const auto result = auth.store->write([&](Tx& tx) { return add_account(tx, account); });
      if (result)
        ++made;
      else if (result.error().problem == username_taken)
        ++taken;
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(made == 1);
  CHECK(taken == 31);
  CHECK(auth.said<UserCreated>().size() == 1);
}

TEST_CASE("An invite code binds the inviter, however it is typed, and an unknown one is refused") {
  AuthOnDatabase auth{GENERATE(from_range(test::engines()))};
  const auto inviter = auth.register_user("bob").value();
  auto typed = inviter.invite_code;
  std::ranges::transform(typed, typed.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c; });
  const auto invitee = auth.register_with(
      R"({"username":"ann","email":"ann@example.com","password":"a fine password","inviteCode":")" + typed + "\"}");
  REQUIRE(invitee);
  CHECK(auth.store->read([&](Snapshot& s) { return find_inviter(s, invitee->id); }) == inviter.id);
  CHECK(auth.store->read([&](Snapshot& s) { return find_inviter(s, inviter.id); }) == std::nullopt);

  for (const std::string unknown : {"0000000000", "nonsense", "x"}) {
    CHECK(code_of(auth.register_with(
              R"({"username":"eve","email":"eve@example.com","password":"a fine password","inviteCode":")" + unknown +
              "\"}")) == "invite-code-unknown");
  }
  auth.execute("UPDATE auth_users SET status = 'DELETED' WHERE id = $1", inviter.id);
  CHECK(code_of(auth.register_with(
            R"({"username":"eve","email":"eve@example.com","password":"a fine password","inviteCode":")" + typed +
            "\"}")) == "invite-code-unknown");
}

TEST_CASE("The command line's account may have any role and a reserved name, and needs a longer password") {
  AuthOnDatabase auth{GENERATE(from_range(test::engines()))};
  AccountInput input{.username = "admin",
                     .email = "admin@example.com",
                     .password = Secret<std::string>{"fourteen chars"},
                     .roles = {Role::admin}};
  const auto refused = prepare_account(auth.config, *auth.random, input);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().faults.front().code == "too-short");

  input.password = Secret<std::string>{"fifteen chars !"};
  const auto prepared = prepare_account(auth.config, *auth.random, input);
  REQUIRE(prepared);
  CHECK_FALSE(auth.store->read([](Snapshot& s) { return has_admin(s); }));
  const auto id = auth.store->write([&](Tx& tx) { return add_first_admin(tx, *prepared); });
  REQUIRE(id.value().has_value());
  CHECK(auth.store->read([](Snapshot& s) { return has_admin(s); }));
  const auto account = auth.store->read([&](Snapshot& s) { return auth.accounts.get_account(s, **id); });
  CHECK(account->roles == std::vector{Role::admin});
}

TEST_CASE("The first start's ADMIN is made once") {
  AuthOnDatabase auth{GENERATE(from_range(test::engines()))};
  AccountInput input{.username = "first",
                     .email = "first@example.com",
                     .password = Secret<std::string>{"a long fine password"},
                     .roles = {Role::admin}};
  const auto first = prepare_account(auth.config, *auth.random, input).value();
  input.username = "second";
  input.email = "second@example.com";
  const auto second = prepare_account(auth.config, *auth.random, input).value();
  const auto add = [&](const NewAccount& account) {
    return auth.store->write([&](Tx& tx) { return add_first_admin(tx, account); }).value();
  };
  CHECK(add(first));
  CHECK_FALSE(add(second));
  CHECK_FALSE(add(first));
  CHECK(auth.said<UserCreated>().size() == 1);
}

TEST_CASE("The command line is told every fault at once too") {
  const auto random = system_random();
  const auto result =
      prepare_account(AuthOnDatabase::cheap_config().auth, *random,
                      {.username = "a", .email = "b", .password = Secret<std::string>{"c"}, .roles = {}});
  REQUIRE_FALSE(result);
  std::vector<std::string> pointers;
  for (const auto& fault : result.error().faults) pointers.push_back(fault.where);
  CHECK(pointers == std::vector<std::string>{"/username", "/email", "/password", "/roles"});
}

TEST_CASE("Only active accounts are active, and only USERs take part") {
  AuthOnDatabase auth{GENERATE(from_range(test::engines()))};
  const auto id = auth.register_user("bob").value().id;
  const auto active = [&] { return auth.store->read([&](Snapshot& s) { return is_active(s, id); }); };
  const auto part = [&] {
    return auth.store->write([&](Tx& tx) -> Result<bool> { return takes_part(tx, id); }).value();
  };
  CHECK(active());
  CHECK(part());
  auth.execute("UPDATE auth_users SET roles = 2 WHERE id = $1", id);
  CHECK(active());
  CHECK_FALSE(part());
  auth.execute("UPDATE auth_users SET roles = 3, status = 'SUSPENDED' WHERE id = $1", id);
  CHECK_FALSE(active());
  CHECK_FALSE(part());
  const UserId nobody;
  CHECK_FALSE(auth.store->read([&](Snapshot& s) { return is_active(s, nobody); }));
  CHECK_FALSE(auth.store->write([&](Tx& tx) -> Result<bool> { return takes_part(tx, nobody); }).value());
}

}  // namespace
}  // namespace guerdon::auth
