// Changing one's own account through the module's transaction functions, on every engine.
#include "integration/auth/fixture.hpp"

namespace guerdon::auth {
namespace {

struct Bob : AuthOnDatabase {
  explicit Bob(Engine engine, OwnAccount::Verify verify = verify_password) : AuthOnDatabase(engine, verify) {
    id = register_user("bob").value().id;
    tokens_now = log_in("bob").value();
    who = bearer_of(tokens_now.access_token);
  }

  Result<BasicResponse> change(std::string_view body) { return change_info(who, body); }

  std::vector<std::string> faults_of(std::string_view body) {
    const auto result = change(body);
    std::vector<std::string> found;
    if (!result)
      for (const auto& fault : result.error().faults) found.push_back(fault.where + " " + fault.code);
    return found;
  }

  Account shown() {
    return store->read([&](Snapshot& s) { return accounts.get_account(s, id); }).value();
  }

  UserId id;
  LoginResponse tokens_now;
  Caller who;
};

using Strings = std::vector<std::string>;

TEST_CASE("A new profile needs no password, kills the access token and leaves the session") {
  Bob bob{GENERATE(from_range(test::engines()))};
  const auto answer = bob.change(R"({"profile":{"city":"Busan"}})");
  REQUIRE(answer);
  CHECK(to_json(*answer) == R"({"result":"OK"})");
  CHECK(bob.shown().profile == json::object{{"city", "Busan"}});
  CHECK(bob.shown().email == "bob@example.com");
  CHECK(code_of(bob.use(bob.tokens_now.access_token)) == "token-revoked");
  const auto next = bob.refresh(bob.tokens_now.refresh_token);
  REQUIRE(next);
  CHECK(bob.use(next->access_token));

  const auto said = bob.said<UserUpdated>();
  REQUIRE(said.size() == 1);
  CHECK(said.front().topic == "auth.events.user");
  CHECK(said.front().payload.find(R"("changed":["PROFILE"],"updatedAt")") != std::string::npos);
  CHECK(said.front().payload.find("Busan") == std::string::npos);
  CHECK(bob.audited() == Strings{"account.profile-changed"});
}

TEST_CASE("A new address with the right password is the account's, and the session goes on") {
  Bob bob{GENERATE(from_range(test::engines()))};
  REQUIRE(bob.change(R"({"email":"Robert@Example.com","currentPassword":"a fine password"})"));
  CHECK(bob.shown().email == "Robert@Example.com");
  CHECK(code_of(bob.use(bob.tokens_now.access_token)) == "token-revoked");
  CHECK(bob.refresh(bob.tokens_now.refresh_token));
  CHECK(bob.log_in("robert@example.COM"));
  CHECK(code_of(bob.log_in("bob@example.com")) == "bad-credentials");
  CHECK(bob.said<UserUpdated>().at(0).payload.find("Robert@Example.com") != std::string::npos);
  CHECK(bob.audited() == Strings{"account.email-changed"});
  CHECK(bob.register_user("bob").error().problem == username_taken);
}

TEST_CASE("A new password ends the session, and only it logs in") {
  Bob bob{GENERATE(from_range(test::engines()))};
  REQUIRE(bob.change(R"({"password":"an even finer one","currentPassword":"a fine password"})"));
  CHECK(code_of(bob.use(bob.tokens_now.access_token)) == "token-revoked");
  CHECK(code_of(bob.refresh(bob.tokens_now.refresh_token)) == "token-revoked");
  CHECK(code_of(bob.log_in("bob")) == "bad-credentials");
  CHECK(bob.log_in("bob", "an even finer one"));
  CHECK(bob.audited() == Strings{"account.password-changed"});
  for (const auto& message : bob.store.outbox.messages()) {
    CHECK(message.payload.find("finer") == std::string::npos);
    CHECK(message.payload.find("argon2") == std::string::npos);
  }
}

TEST_CASE("Everything can be changed at once, and each change has its line in the audit log") {
  Bob bob{GENERATE(from_range(test::engines()))};
  REQUIRE(bob.change(
      R"({"email":"r@example.com","profile":{},"password":"an even finer one","currentPassword":"a fine password"})"));
  CHECK(bob.audited() == Strings{"account.email-changed", "account.profile-changed", "account.password-changed"});
  CHECK(bob.said<UserUpdated>().size() == 1);
  CHECK(bob.log_in("r@example.com", "an even finer one"));
}

TEST_CASE("A new password or address without the current password is a fault, told with every other") {
  Bob bob{GENERATE(from_range(test::engines()))};
  CHECK(bob.faults_of(R"({"password":"an even finer one"})") == Strings{"/currentPassword required"});
  CHECK(bob.faults_of(R"({"email":"r@example.com"})") == Strings{"/currentPassword required"});
  CHECK(bob.faults_of(R"({"email":"nobody","password":"short","roles":["ADMIN"]})") ==
        Strings{"/email bad-format", "/roles unknown-member", "/currentPassword required", "/password too-short"});
  CHECK(bob.faults_of(R"({"password":"password123","currentPassword":""})") ==
        Strings{"/currentPassword too-short", "/password too-common"});
  CHECK(
      bob.faults_of(R"({"password":"new.name@x.org","email":"new.name@x.org","currentPassword":"a fine password"})") ==
      Strings{"/password contains-name"});
  CHECK(bob.faults_of("{}") == Strings{" required"});
  CHECK(bob.faults_of(R"({"currentPassword":"a fine password"})") == Strings{" required"});
  CHECK(bob.use(bob.tokens_now.access_token));
  CHECK(bob.audited().empty());
}

TEST_CASE("A staff member's new password must be as long as staff's must be") {
  Bob bob{GENERATE(from_range(test::engines()))};
  bob.execute("UPDATE auth_users SET roles = 2 WHERE id = $1", bob.id);
  CHECK(bob.faults_of(R"({"password":"fourteen chars","currentPassword":"a fine password"})") ==
        Strings{"/password too-short"});
}

TEST_CASE("A wrong current password changes nothing, the profile neither") {
  Bob bob{GENERATE(from_range(test::engines()))};
  const auto before = to_json(bob.shown());
  for (const std::string_view wanted : {R"("password":"an even finer one")", R"("email":"r@example.com")"}) {
    const auto result =
        bob.change("{" + std::string{wanted} + R"(,"profile":{"a":1},"currentPassword":"another password"})");
    CHECK(code_of(result) == "wrong-password");
    CHECK(result.error().problem.status == 403);
  }
  CHECK(to_json(bob.shown()) == before);
  CHECK(bob.use(bob.tokens_now.access_token));
  CHECK(bob.said<UserUpdated>().empty());
}

int verifications = 0;

TEST_CASE("Nothing is verified where no password is needed") {
  Bob bob{Engine::sqlite, [](std::string_view phc, std::string_view password) {
            ++verifications;
            return verify_password(phc, password);
          }};
  verifications = 0;
  CHECK(bob.change(R"({"email":"bob@example.com","profile":{"a":1}})"));
  CHECK_FALSE(bob.change(R"({"password":"short","currentPassword":"a fine password"})"));
  CHECK(verifications == 0);
}

TEST_CASE("The address that the account has is no change") {
  Bob bob{GENERATE(from_range(test::engines()))};
  REQUIRE(bob.change(R"({"email":"bob@example.com"})"));
  CHECK(bob.use(bob.tokens_now.access_token));
  CHECK(bob.said<UserUpdated>().empty());
  CHECK(bob.audited().empty());
}

TEST_CASE("Another's address is taken, in any case, and one's own in another case is not") {
  Bob bob{GENERATE(from_range(test::engines()))};
  REQUIRE(bob.register_user("eve"));
  CHECK(code_of(bob.change(R"({"email":"EVE@example.com","profile":{"a":1},"currentPassword":"a fine password"})")) ==
        "email-taken");
  CHECK(bob.shown().profile.empty());
  CHECK(bob.use(bob.tokens_now.access_token));
  CHECK(bob.said<UserUpdated>().empty());
  CHECK(bob.change(R"({"email":"BOB@example.com","currentPassword":"a fine password"})"));
}

constexpr std::string_view wrong_change = R"({"email":"r@example.com","currentPassword":"another password"})";
constexpr std::string_view right_change = R"({"email":"r@example.com","currentPassword":"a fine password"})";

TEST_CASE("Five wrong current passwords lock the change, right password or not, and leave the log-in open") {
  Bob bob{GENERATE(from_range(test::engines()))};
  for (int i = 0; i < 5; ++i) CHECK(code_of(bob.change(wrong_change)) == "wrong-password");
  CHECK(code_of(bob.change(wrong_change)) == "too-many-attempts");
  CHECK(code_of(bob.change(right_change)) == "too-many-attempts");
  CHECK(bob.change(R"({"profile":{"a":1}})"));
  CHECK(bob.said<BruteForceSuspected>().size() == 1);
  CHECK(bob.log_in("bob"));
  bob.store.clock.advance(std::chrono::minutes{1});
  CHECK(bob.change(right_change));
}

TEST_CASE("A right current password ends the count of wrong ones") {
  Bob bob{GENERATE(from_range(test::engines()))};
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 4; ++i) CHECK(code_of(bob.change(wrong_change)) == "wrong-password");
    CHECK(bob.change(right_change));
    CHECK(bob.change(R"({"email":"bob@example.com","currentPassword":"a fine password"})"));
  }
}

TEST_CASE("Passwords that were checked before the lock began change nothing, the right one neither") {
  Bob bob{GENERATE(from_range(test::engines()))};
  REQUIRE(bob.register_user("eve"));
  const auto prepare = [&](std::string_view body) {
    const auto request = decode<Decoded<UpdateInfoRequest>>(parse_json(body).value());
    return bob.store->read([&](Snapshot& s) { return bob.own_account.prepare_change(s, bob.who, *request); }).value();
  };
  const auto right = prepare(right_change);
  const auto taken = prepare(R"({"email":"eve@example.com","currentPassword":"a fine password"})");
  for (int i = 0; i < 5; ++i) CHECK(code_of(bob.change(wrong_change)) == "wrong-password");
  for (const auto& prepared : {right, taken})
    CHECK(code_of(bob.store->write([&](Tx& tx) { return bob.own_account.change(tx, bob.who, prepared); })) ==
          "too-many-attempts");
  CHECK(bob.shown().email == "bob@example.com");
  CHECK(bob.said<UserUpdated>().empty());
}

TEST_CASE("A new password by a reset opens the change too") {
  Bob bob{Engine::sqlite};
  for (int i = 0; i < 5; ++i) CHECK(code_of(bob.change(wrong_change)) == "wrong-password");
  REQUIRE(bob.store->write([&](Tx& tx) -> Result<void> {
    clear_throttle(tx, bob.id);
    return {};
  }));
  CHECK(bob.change(right_change));
}

TEST_CASE("A password that was changed between the check and the command is seen") {
  Bob bob{GENERATE(from_range(test::engines()))};
  const auto request = decode<Decoded<UpdateInfoRequest>>(
      parse_json(R"({"email":"r@example.com","currentPassword":"a fine password"})").value());
  const auto prepared =
      bob.store->read([&](Snapshot& s) { return bob.own_account.prepare_change(s, bob.who, *request); }).value();
  bob.execute("UPDATE auth_users SET password_version = password_version + 1 WHERE id = $1", bob.id);
  CHECK(code_of(bob.store->write([&](Tx& tx) { return bob.own_account.change(tx, bob.who, prepared); })) ==
        "token-revoked");
  CHECK(bob.shown().email == "bob@example.com");
}

}  // namespace
}  // namespace guerdon::auth
