// Puts the module together. Declared in order of dependency; routes refer to the parts for the life of the App.
#include "auth/module.hpp"

#include "accounts.hpp"
#include "authenticator.hpp"
#include "guerdon/config.hpp"
#include "guerdon/platform.hpp"
#include "login.hpp"
#include "routes.hpp"
#include "tokens/routes.hpp"

namespace guerdon::auth {
namespace {

TokenRules token_rules(const AuthConfig& config) {
  return {.issuer = config.issuer.value(),
          .audience = config.audience.value(),
          .lifetime = std::chrono::floor<std::chrono::seconds>(config.access_token_ttl.value)};
}

SigningSecrets secrets_of(const AuthConfig& config) {
  return {.current = config.jwt_secret_base64.bytes(), .previous = config.jwt_previous_secret_base64.bytes()};
}

Ed25519Keys key_pairs_of(const AuthConfig& config) {
  return {.current = config.ed25519_private_key, .previous = config.ed25519_previous_public_key};
}

}  // namespace

struct Module::Parts {
  Parts(const AuthConfig& config, Random& random, const SigningSecrets& secrets)
      : tokens(token_rules(config), secrets, key_pairs_of(config)),
        accounts(config, random),
        login(config, random, tokens, secrets),
        authenticator(tokens) {}

  AccessTokens tokens;
  Accounts accounts;
  Login login;
  TokenAuthenticator authenticator;
};

Module::Module(Platform& platform)
    : parts_(std::make_unique<Parts>(platform.config.auth, platform.random, secrets_of(platform.config.auth))) {
  declare_routes(platform.routes, parts_->accounts, parts_->login);
  declare_token_routes(platform.routes, key_pairs_of(platform.config.auth));
}

Module::~Module() = default;

Authenticator& Module::authenticator() { return parts_->authenticator; }

}  // namespace guerdon::auth
