// The rows decide under the account's lock: of any number of refreshes with one token the first spends it, and those
// that come within the grace are given what the first was given.
#include "sessions.hpp"

#include <algorithm>

#include "../secrets.hpp"
#include "auth/messages.hpp"
#include "auth/session_messages.hpp"
#include "guerdon/bus.hpp"

namespace guerdon::auth {
namespace {

using std::chrono::seconds;

constexpr std::size_t max_user_agent = 256;  // bytes kept

/// The id of an access token that has to be the same again is made from what it belongs to.
class Derived final : public Random {
 public:
  explicit Derived(const Digest& digest) : digest_(digest) {}

  void fill(std::span<std::byte> bytes) override {
    if (bytes.size() > digest_.size()) throw std::logic_error("there are not so many derived bytes");
    std::ranges::transform(std::span{digest_}.first(bytes.size()), bytes.begin(),
                           [](std::uint8_t byte) { return std::byte{byte}; });
  }

 private:
  Digest digest_;
};

Error revoked() { return {problems::token_revoked, "The session of this refresh token has ended: log in again."}; }

std::string_view token_of(const Caller& caller, const RefreshRequest& request) {
  if (request.refresh_token) return request.refresh_token->reveal();
  if (caller.bearer) return caller.bearer->reveal();
  return {};
}

seconds whole_seconds(std::chrono::milliseconds time) { return std::chrono::floor<seconds>(time); }

}  // namespace

Sessions::Sessions(SessionRules rules, const AccessTokens& tokens, const SigningSecrets& secrets, SessionCopies copies)
    : rules_(rules),
      access_tokens_(tokens),
      refresh_tokens_(secrets),
      token_id_key_(as_text(derive_key(secrets.current, "guerdon access token id 1"))),
      copies_(copies) {}

Result<LoginResponse> Sessions::refresh(Tx& tx, const Caller& caller, const RefreshRequest& request) const {
  const auto claim = refresh_tokens_.open(token_of(caller, request));
  if (!claim) return Error{problems::unauthenticated, "This call needs a refresh token."};
  auto account = lock_holder(tx, claim->session);
  if (!account || account->status != AccountStatus::active) return revoked();
  auto session = find_session(tx, account->id, claim->session);
  if (!session) return revoked();
  if (session->expires_at <= tx.now()) return Error{problems::token_expired, "The session has expired: log in again."};

  const RefreshClaim successor{.session = claim->session, .counter = claim->counter + 1};
  if (claim->counter == session->refresh_counter) {
    const auto full_at = take_from_bucket(session->refresh_full_at, tx.now());
    if (!full_at) return full_at.error();
    if (!spend_token(tx, account->id, claim->session, claim->counter, *full_at)) return revoked();
    account->version = raise_version(tx, account->id);
    session->refreshed_at = tx.now();
    publish(tx, SessionContinued{.user_id = account->id, .session_id = claim->session, .continued_at = tx.now()});
    auto response = answer(*account, successor, *session, tx.now());
    const Bearer bearer{.user = account->id,
                        .session = successor.session,
                        .version = account->version,
                        .roles = RoleSet::from_bits(account->roles)};
    copies_.put(tx, bearer, response.access_token, access_tokens_.rules().lifetime);
    return response;
  }
  // A token from the future: the rows are those of a backup. It is not good, but nobody has stolen it.
  if (claim->counter > session->refresh_counter) return revoked();
  const bool was_just_spent = successor.counter == session->refresh_counter &&
                              std::chrono::abs(tx.now() - session->refreshed_at) <= rules_.grace;
  if (!was_just_spent) return revoke(tx, caller, account->id, claim->session);
  return answer(*account, successor, *session, tx.now());
}

Error Sessions::revoke(Tx& tx, const Caller& caller, UserId user, SessionId session) const {
  end_session(tx, user);
  copies_.remove(tx, user);
  publish(tx, RefreshTokenReused{.user_id = user,
                                 .session_id = session,
                                 .ip_address = Omittable<std::string>{caller.address},
                                 .user_agent = Omittable<std::string>{caller.user_agent.substr(0, max_user_agent)},
                                 .detected_at = tx.now()});
  return revoked().keeping_effects();
}

Result<BasicResponse> Sessions::log_out(Tx& tx, const Caller& caller) const {
  const auto user = caller.id();
  if (!end_session_of(tx, user, caller.session))
    return Error{problems::token_revoked, "The session has ended already."};
  copies_.remove(tx, user);
  publish(tx, LoggedOut{.user_id = user, .session_id = caller.session, .logout_time = tx.now()});
  return BasicResponse{.result = Outcome::ok};
}

/// A bucket of as many refreshes as there may be in the window, which fills up evenly: when it will be full again.
Result<Instant> Sessions::take_from_bucket(Instant full_at, Instant now) const {
  if (!rules_.refreshes) return full_at;
  const std::chrono::milliseconds window = rules_.refreshes->window;
  const auto one = window / rules_.refreshes->times;
  // Not further ahead than an empty bucket is, should the clock have been put back.
  const auto fills = std::clamp(full_at - now, std::chrono::milliseconds{0}, window);
  const auto wait = fills + one - window;
  if (wait > std::chrono::milliseconds{0})
    return Error{problems::rate_limited, "These tokens were refreshed too often."}.after(
        std::chrono::ceil<seconds>(wait));
  return now + fills + one;
}

/// A repeat is answered with the same pair of tokens to the letter.
LoginResponse Sessions::answer(const AccountRow& account, const RefreshClaim& successor, const SessionRow& session,
                               Instant now) const {
  const auto roles = RoleSet::from_bits(account.roles);
  const Bearer bearer{.user = account.id, .session = successor.session, .version = account.version, .roles = roles};
  const auto refresh_token = refresh_tokens_.derive(successor.session, successor.counter);
  Derived noise{token_id_key_.sign(refresh_token + '.' + std::to_string(account.version))};
  const auto life = access_tokens_.rules().lifetime;
  const auto age = std::max(whole_seconds(now - session.refreshed_at), seconds{0});
  return {.access_token = access_tokens_.issue(bearer, session.refreshed_at, noise),
          .refresh_token = refresh_token,
          .token_type = "Bearer",
          .expires_in = std::max(life - age, seconds{0}).count(),
          .refresh_expires_in = whole_seconds(session.expires_at - now).count(),
          .user = {.id = account.id,
                   .username = account.username,
                   .email = account.email,
                   .roles = roles.list(),
                   .status = account.status}};
}

}  // namespace guerdon::auth
