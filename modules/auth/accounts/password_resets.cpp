// 256 random bits need no slow hash and no secret: their SHA-256 tells nobody what they were.
#include "password_resets.hpp"

#include "../accounts.hpp"
#include "../throttle/throttle.hpp"
#include "auth/messages.hpp"
#include "guerdon/audit.hpp"
#include "guerdon/base64url.hpp"
#include "guerdon/bus.hpp"
#include "guerdon/crypto.hpp"

namespace guerdon::auth {
namespace {

constexpr std::size_t token_size = 32;  // bytes

Bytes hash_of(std::string_view token) { return {std::string{as_text(sha256(token))}}; }

Error invalid_token() {
  return {reset_token_invalid, "The token is not good: unknown, used, replaced by a newer one, or older than an hour."};
}

}  // namespace

ResetTicket PasswordResets::issue(Tx& tx, const Caller& caller, UserId user) const {
  const auto bytes = random_bytes<token_size>(random_);
  ResetTicket ticket{.reset_token = "pwr_" + to_base64url({reinterpret_cast<const char*>(bytes.data()), bytes.size()}),
                     .expires_at = tx.now() + lifetime};
  replace_reset(tx, user, hash_of(ticket.reset_token), caller.actor(), ticket.expires_at);
  return ticket;
}

Result<ResetTicket> PasswordResets::start(Tx& tx, const Caller& caller, UserId user) const {
  // With a stolen token it would be a way around the password.
  if (caller.user == user) return Error{own_password, "Change your own password by PUT /api/auth/info."};
  const auto state = lock_state(tx, user);
  if (!state) return Error{problems::not_found, "There is no such account."};
  if (is_leaving(state->status)) return Error{problems::user_deleted, "The account is being deleted, or is."};
  auto ticket = issue(tx, caller, user);
  record_audit(tx, caller, {"account.password-reset-issued", user.to_string()});
  return ticket;
}

Result<PreparedPassword> PasswordResets::prepare(Snapshot& snapshot, const SetPasswordRequest& request) const {
  PreparedPassword prepared{.user = {}, .token_hash = hash_of(request.reset_token.reveal()), .password_hash = {}};
  const auto owner = find_reset_owner(snapshot, prepared.token_hash);
  if (!owner) return invalid_token();
  const auto& password = request.password.reveal().value();
  auto faults =
      password_faults(password_policy(config_), password,
                      {.username = owner->username, .email = owner->email, .roles = RoleSet::from_bits(owner->roles)});
  if (!faults.empty()) return Error{std::move(faults)};
  PasswordSalt salt;
  random_.fill(salt);
  prepared.user = owner->id;
  prepared.password_hash = hash_password(password_cost(config_), password, salt);
  return prepared;
}

Result<BasicResponse> PasswordResets::set_password(Tx& tx, const Caller& caller,
                                                   const PreparedPassword& prepared) const {
  const auto state = lock_state(tx, prepared.user);
  if (!state || is_leaving(state->status)) return invalid_token();
  const auto issued_by = take_reset(tx, prepared.user, prepared.token_hash);
  if (!issued_by) return invalid_token();
  save_password(tx, prepared.user, prepared.password_hash);
  end_session(tx, prepared.user);
  copies_.remove(tx, prepared.user);
  clear_throttle(tx, prepared.user);
  publish(tx, UserUpdated{
                  .user_id = prepared.user, .changed = {AccountField::password}, .email = {}, .updated_at = tx.now()});
  // Who held the token is not known, only who had it made.
  record_audit(tx, caller, {"account.password-reset", prepared.user.to_string(), {{"issuedBy", *issued_by}}});
  return BasicResponse{};
}

}  // namespace guerdon::auth
