// Puts the module together. Declared in order of dependency; routes refer to the parts for the life of the App.
#include "auth/module.hpp"

#include "accounts.hpp"
#include "accounts/administration.hpp"
#include "accounts/routes.hpp"
#include "auth/dead_letter_messages.hpp"
#include "auth/deletion_messages.hpp"
#include "auth/messages.hpp"
#include "auth/platform_messages.hpp"
#include "authenticator.hpp"
#include "deletion/deletion.hpp"
#include "deletion/routes.hpp"
#include "deletion/user_deletion.hpp"
#include "guerdon/bus.hpp"
#include "guerdon/config.hpp"
#include "guerdon/platform.hpp"
#include "keys/keys.hpp"
#include "keys/routes.hpp"
#include "login.hpp"
#include "metrics.hpp"
#include "platforms/platforms.hpp"
#include "platforms/routes.hpp"
#include "profile/own_account.hpp"
#include "profile/routes.hpp"
#include "pruning/jobs.hpp"
#include "removal/removal.hpp"
#include "routes.hpp"
#include "sessions/routes.hpp"
#include "sessions/session_copies.hpp"
#include "sessions/sessions.hpp"
#include "throttle/throttle.hpp"
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

template <class... M>
void declare_all(Bus& bus) {
  (bus.declare<M>(), ...);
}

void declare_messages(Bus& bus) {
  declare_all<UserLoggedIn, UserCreated, UserUpdated, UserRolesChanged, UserStatusChanged, UserDeletionRequested,
              UserDeletionSucceeded, UserDeletionFailed, UserDeleted, UserRestored, LoginSucceeded, LoginFailed,
              LoggedOut, RefreshTokenReused, BruteForceSuspected, PlatformConnected, PlatformDisconnected,
              AuthEventDeadLettered>(bus);
}

SessionRules session_rules(const LimitsConfig& limits) {
  SessionRules rules;
  if (limits.enabled) rules.refreshes = limits.refreshes;
  return rules;
}

Ed25519Keys key_pairs_of(const AuthConfig& config) {
  return {.current = config.ed25519_private_key, .previous = config.ed25519_previous_public_key};
}

}  // namespace

struct Module::Parts {
  Parts(const Config& config, Random& random, const CursorCodec& cursors, const SigningSecrets& secrets,
        saga::Sagas& sagas, SessionCopies copies)
      : tokens(token_rules(config.auth), secrets, key_pairs_of(config.auth)),
        throttle(secrets, config.limits.enabled),
        tombstones(secrets),
        name_keys(secrets),
        accounts(config.auth, random, tombstones),
        own_account(config.auth, random, throttle, verify_password, copies),
        directory(cursors),
        resets(config.auth, random, copies),
        administration(config.auth, random, resets, copies),
        login(config.auth, random, tokens, secrets, throttle, verify_password, copies),
        sessions(session_rules(config.limits), tokens, secrets, copies),
        keys(random, cursors),
        platforms(cursors),
        deletions(sagas, user_data, copies),
        authenticator(tokens) {}

  AccessTokens tokens;
  LoginThrottle throttle;
  Tombstones tombstones;
  NameKeys name_keys;
  Accounts accounts;
  OwnAccount own_account;
  Directory directory;
  PasswordResets resets;
  Administration administration;
  Login login;
  Sessions sessions;
  Keys keys;
  Platforms platforms;
  UserDataOwners user_data;
  Deletions deletions;
  TokenAuthenticator authenticator;
};

Module::Module(Platform& platform, saga::Sagas& sagas)
    : parts_(std::make_unique<Parts>(platform.config, platform.random, platform.cursors,
                                     secrets_of(platform.config.auth), sagas, SessionCopies{platform.cache})) {
  declare_messages(platform.bus);
  declare_routes(platform.routes, parts_->accounts, parts_->login);
  declare_session_routes(platform.routes, parts_->sessions);
  declare_profile_routes(platform.routes, parts_->own_account);
  declare_account_routes(platform.routes, parts_->directory, parts_->administration, parts_->resets);
  define_user_deletion(sagas, parts_->user_data);
  declare_deletion_routes(platform.routes, parts_->deletions);
  declare_key_routes(platform.routes, parts_->keys);
  declare_platform_routes(platform.routes, parts_->platforms);
  declare_token_routes(platform.routes, key_pairs_of(platform.config.auth));
  declare_metrics(platform.metrics);
  add_pruning_jobs(platform.jobs, platform.config.jobs);
}

Module::~Module() = default;

Authenticator& Module::authenticator() { return parts_->authenticator; }

UserDataOwners& Module::user_data() { return parts_->user_data; }

PurgeSource Module::purge_source() const { return account_source(parts_->tombstones, parts_->name_keys); }

PurgeOwner Module::purge_owner() const { return account_owner(); }

}  // namespace guerdon::auth
