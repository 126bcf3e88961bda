// Whoever has no right to log in learns nothing: an unknown name, a wrong password and an account that is gone get the
// same answer after the same work.
#include "login.hpp"

#include "accounts.hpp"
#include "auth/messages.hpp"
#include "guerdon/bus.hpp"
#include "names.hpp"
#include "secrets.hpp"

namespace guerdon::auth {
namespace {

constexpr std::size_t max_user_agent = 256;  // bytes kept

std::string_view name_of(const LoginRequest& request) {
  return request.username ? std::string_view{*request.username} : std::string_view{*request.email};
}

bool is_email(std::string_view name) { return name.find('@') != std::string_view::npos; }

std::optional<PasswordRow> find_password(Snapshot& snapshot, std::string_view name) {
  const auto key = name_key(name);
  return is_email(key) ? find_password_by_email(snapshot, key) : find_password_by_username(snapshot, key);
}

std::int64_t seconds_of(const Duration& duration) {
  return std::chrono::floor<std::chrono::seconds>(duration.value).count();
}

Omittable<std::string> address_of(const Caller& caller) { return caller.address; }

Omittable<std::string> agent_of(const Caller& caller) { return caller.user_agent.substr(0, max_user_agent); }

}  // namespace

Login::Login(const AuthConfig& config, Random& random, const AccessTokens& tokens, const SigningSecrets& secrets,
             const LoginThrottle& throttle, Verify verify, SessionCopies copies)
    : config_(config),
      random_(random),
      access_tokens_(tokens),
      refresh_tokens_(secrets),
      throttle_(throttle),
      name_keys_(secrets),
      decoy_(decoy_password_hash(password_cost(config), random_bytes<48>(random))),
      verify_(verify),
      copies_(copies) {}

Result<PasswordCheck> Login::check_password(Snapshot& snapshot, const Caller& caller,
                                            const LoginRequest& request) const {
  if (request.username.has_value() == request.email.has_value())
    return Error{Fault{.where = "/username",
                       .code = request.username ? "ambiguous" : "required",
                       .detail = "give either username or email"}};
  const auto& password = request.password.reveal().value();
  const auto row = find_password(snapshot, name_of(request));
  const Tried tried{.user = row ? std::optional{row->id} : std::nullopt, .name = name_of(request)};
  if (auto open = throttle_.check(snapshot, caller, tried); !open) return open.error();
  const bool right = verify_(row ? row->password_hash : decoy_, password) && row;

  PasswordCheck check;
  check.right = right;
  if (!row) return check;
  check.user = row->id;
  check.password_version = row->password_version;
  const auto cost = password_cost(config_);
  if (right && is_weaker(row->password_hash, cost)) {
    PasswordSalt salt;
    random_.fill(salt);
    check.better_hash = hash_password(cost, password, salt);
  }
  return check;
}

Result<LoginResponse> Login::log_in(Tx& tx, const Caller& caller, const LoginRequest& request,
                                    const PasswordCheck& check) const {
  const Tried tried{.user = check.user, .name = name_of(request)};
  if (auto open = throttle_.check(tx, caller, tried); !open) return open.error();
  if (!check.right) return refuse(tx, caller, request, check.user, LoginFailure::bad_credentials);
  const UserId user = check.user.value();
  const auto account = mark_login(tx, user, check.password_version, check.better_hash);
  if (!account) {
    const auto state = find_state(tx, user);
    const bool suspended = state && state->status == AccountStatus::suspended;
    return refuse(tx, caller, request, user,
                  suspended ? LoginFailure::account_suspended : LoginFailure::bad_credentials);
  }
  if (auto open = throttle_.note_success(tx, caller, tried); !open) return open.error();

  const auto session = tx.new_id<SessionId>();
  replace_session(tx, user, session, tx.now() + config_.refresh_token_ttl.value);
  publish(tx, UserLoggedIn{.user_id = user, .session_id = session, .login_time = tx.now()});
  publish(
      tx,
      LoginSucceeded{
          .user_id = user, .ip_address = address_of(caller), .user_agent = agent_of(caller), .login_time = tx.now()});

  const auto roles = RoleSet::from_bits(account->roles);
  const Bearer bearer{.user = user, .session = session, .version = account->version, .roles = roles};
  auto access_token = access_tokens_.issue(bearer, tx.now(), random_);
  copies_.put(tx, bearer, access_token, access_tokens_.rules().lifetime);
  return LoginResponse{.access_token = std::move(access_token),
                       .refresh_token = refresh_tokens_.derive(session, 0),
                       .token_type = "Bearer",
                       .expires_in = access_tokens_.rules().lifetime.count(),
                       .refresh_expires_in = seconds_of(config_.refresh_token_ttl),
                       .user = {.id = user,
                                .username = account->username,
                                .email = account->email,
                                .roles = roles.list(),
                                .status = account->status}};
}

Error Login::refuse(Tx& tx, const Caller& caller, const LoginRequest& request, std::optional<UserId> user,
                    LoginFailure reason) const {
  const bool is_a_guess = reason == LoginFailure::bad_credentials;
  if (is_a_guess) {
    const Tried tried{.user = user, .name = name_of(request)};
    if (auto open = throttle_.note_failure(tx, caller, tried); !open) return open.error();
  }
  LoginFailed failed{.user_id = user,
                     .reason = reason,
                     .ip_address = address_of(caller),
                     .user_agent = agent_of(caller),
                     .login_time = tx.now(),
                     .name_hash = {}};
  if (!user) failed.name_hash = name_keys_.of_login(name_of(request));
  publish(tx, failed);
  if (reason == LoginFailure::account_suspended)
    return Error{account_suspended, "The account is suspended."}.keeping_effects();
  return Error{bad_credentials, "The name or the password is wrong."}.keeping_effects();
}

}  // namespace guerdon::auth
