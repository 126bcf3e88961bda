// The auth module on a database of its own, called through its transaction functions.
#pragma once

#include <catch2/catch.hpp>

#include "auth/messages.hpp"
#include "guerdon/bus.hpp"
#include "modules/auth/accounts.hpp"
#include "modules/auth/authenticator.hpp"
#include "modules/auth/deletion/deletion.hpp"
#include "modules/auth/deletion/user_deletion.hpp"
#include "modules/auth/login.hpp"
#include "modules/auth/profile/own_account.hpp"
#include "modules/auth/sessions/sessions.hpp"
#include "modules/saga/saga_engine.hpp"
#include "support/databases.hpp"
#include "support/idle_pumps.hpp"
#include "support/result.hpp"

namespace guerdon::auth {

struct AuthOnDatabase {
  explicit AuthOnDatabase(Engine engine, Login::Verify verify = verify_password)
      : store(engine),
        own_account(config, *random, throttle, verify),
        login(config, *random, tokens, secrets, throttle, verify) {
    define_user_deletion(sagas, user_data);
  }

  /// As a request would be decoded and run: prepare on a snapshot, then the command.
  Result<Account> register_with(std::string_view body) {
    const auto json = parse_json(body);
    REQUIRE(json);
    const auto request = decode<Decoded<RegisterRequest>>(*json);
    REQUIRE(request);
    const auto prepared =
        store->read([&](Snapshot& snapshot) { return accounts.prepare_registration(snapshot, *request); });
    if (!prepared) return prepared.error();
    return store->write([&](Tx& tx) { return accounts.add_registered(tx, caller, *prepared); });
  }

  Result<Account> register_user(const std::string& name) {
    return register_with(R"({"username":")" + name + R"(","email":")" + name +
                         R"(@example.com","password":"a fine password"})");
  }

  PasswordCheck check(const LoginRequest& request) {
    return store->read([&](Snapshot& snapshot) { return login.check_password(snapshot, caller, request); }).value();
  }

  Result<LoginResponse> finish_login(const LoginRequest& request, const PasswordCheck& found) {
    return store->write([&](Tx& tx) { return login.log_in(tx, caller, request, found); });
  }

  static LoginRequest login_request(const std::string& name, const std::string& password = "a fine password") {
    return {.username = Text<1, 254>::parse(name).value(),
            .email = {},
            .password = Secret<Password>{Password::parse(password).value()}};
  }

  Result<LoginResponse> log_in(const std::string& name, const std::string& password = "a fine password") {
    const auto request = login_request(name, password);
    return finish_login(request, check(request));
  }

  Result<Standing> use(const std::string& token) {
    const auto credential = authenticator.verify(token, store.clock.now());
    if (!credential) return credential.error();
    return store->read([&](Snapshot& snapshot) { return authenticator.admit(snapshot, *credential); });
  }

  /// With the rules of `with`, or the fixture's, which limit nothing.
  Result<LoginResponse> refresh(const std::string& token, const Sessions* with = nullptr) {
    const RefreshRequest request{.refresh_token = Secret{Text<1, 256>::parse(token).value()}};
    return store->write([&](Tx& tx) { return (with ? *with : sessions).refresh(tx, caller, request); });
  }

  /// Who shows this token, as a route would be told. The token must be good.
  Caller bearer_of(const std::string& token) {
    const auto credential = authenticator.verify(token, store.clock.now()).value();
    auto found = caller;
    found.roles = use(token).value().roles;
    found.user = credential.user;
    found.session = credential.session;
    return found;
  }

  Result<BasicResponse> change_info(const Caller& who, std::string_view body) {
    const auto json = parse_json(body);
    REQUIRE(json);
    const auto request = decode<Decoded<UpdateInfoRequest>>(*json);
    REQUIRE(request);
    const auto prepared = store->read([&](Snapshot& s) { return own_account.prepare_change(s, who, *request); });
    if (!prepared) return prepared.error();
    return store->write([&](Tx& tx) { return own_account.change(tx, who, *prepared); });
  }

  Result<DeletionResponse> delete_user(const Caller& who, UserId user) {
    return store->write([&](Tx& tx) { return deletions.request(tx, who, user); });
  }

  /// The actions of the audit log, oldest first, but for the making of accounts.
  std::vector<std::string> audited() {
    return store->read([](Snapshot& s) {
      return s.list<std::string>("SELECT action FROM audit_log WHERE action <> 'account.created' ORDER BY position");
    });
  }

  void execute(Sql sql, UserId user) {
    REQUIRE(store->write([&](Tx& tx) -> Result<std::int64_t> { return tx.exec(sql, user); }).value() == 1);
  }

  /// The committed messages of one type.
  template <Message M>
  std::vector<OutgoingMessage> said() {
    std::vector<OutgoingMessage> found;
    for (auto& message : store.outbox.messages())
      if (message.type == M::type) found.push_back(std::move(message));
    return found;
  }

  static Config cheap_config() {
    auto config = Config::defaults();
    config.auth.argon2_memory_kib = Bounded<8, 4'194'304>::make(8).value();
    config.auth.argon2_iterations = Bounded<1, 100>::make(1).value();
    return config;
  }

  test::TestDatabase store;
  std::unique_ptr<Random> random = system_random();
  AuthConfig config = cheap_config().auth;
  SigningSecrets secrets{.current = std::string(32, 'k'), .previous = {}};
  Caller caller{.user = {},
                .key = {},
                .session = {},
                .roles = {},
                .address = "203.0.113.7",
                .user_agent = "test",
                .request_id = {}};
  AccessTokens tokens{{.issuer = "guerdon", .audience = "guerdon"}, secrets};
  Tombstones tombstones{secrets};
  NameKeys name_keys{secrets};
  Accounts accounts{config, *random, tombstones};
  LoginThrottle throttle{secrets, true};
  OwnAccount own_account;
  Login login;
  Sessions sessions{{}, tokens, secrets};
  TokenAuthenticator authenticator{tokens};
  test::IdlePumps pumps;
  saga::SagaEngine sagas{pumps, *random};
  UserDataOwners user_data;
  Deletions deletions{sagas, user_data};
};

template <class T>
std::string code_of(const Result<T>& result) {
  return result ? "none" : std::string{result.error().problem.code};
}

}  // namespace guerdon::auth
