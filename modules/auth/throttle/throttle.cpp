// Accounts are counted under a plain hash of their id, which outlives a change of the signing secret; names and
// addresses, which are personal, under a keyed one.
#include "throttle.hpp"

#include <algorithm>

#include "../name_keys.hpp"
#include "auth/messages.hpp"
#include "guerdon/bus.hpp"
#include "guerdon/client_address.hpp"
#include "model.hpp"
#include "repository.hpp"

namespace guerdon::auth {
namespace {

constexpr std::chrono::seconds longest_wait_told{86400};  // also for what no waiting ends
constexpr std::int64_t most_rows = 100'000;

Error locked(Instant until, Instant now) {
  const auto wait = std::chrono::ceil<std::chrono::seconds>(until - now);
  return Error{too_many_attempts, "Too many attempts have failed. Try again later."}.after(
      std::clamp(wait, std::chrono::seconds{1}, longest_wait_told));
}

Digest key_of_account(UserId user) { return sha256("account " + user.to_string()); }

/// Of what is tried by who is logged in.
Digest key_of_session(UserId user) { return sha256("session of " + user.to_string()); }

BruteForceSuspected suspicion(Tx& tx, const Caller& caller, std::int64_t failures, Instant until) {
  return {.user_id = {},
          .address_hash = {},
          .failures = failures,
          .locked_until = until == for_good ? std::nullopt : std::optional{until},
          .ip_address = caller.address,
          .user_agent = caller.user_agent,
          .detected_at = tx.now(),
          .name_hash = {}};
}

}  // namespace

LoginThrottle::LoginThrottle(const SigningSecrets& secrets, bool locks_addresses)
    : key_(as_text(derive_key(secrets.current, throttle_purpose))), locks_addresses_(locks_addresses) {}

Digest LoginThrottle::key_of(const Tried& tried) const {
  if (!tried.user) return key_.sign(throttle_subject(tried.name));
  return tried.in_session ? key_of_session(*tried.user) : key_of_account(*tried.user);
}

Digest LoginThrottle::key_of_address(const Caller& caller) const {
  return key_.sign("address " + client_of(caller.address));
}

Result<void> LoginThrottle::check(Snapshot& snapshot, const Caller& caller, const Tried& tried) const {
  auto until = find_lock(snapshot, key_of(tried));
  if (locks_addresses_ && !tried.in_session) until = std::max(until, find_lock(snapshot, key_of_address(caller)));
  if (until) return locked(*until, snapshot.now());
  return {};
}

Result<void> LoginThrottle::note_failure(Tx& tx, const Caller& caller, const Tried& tried) const {
  const auto key = key_of(tried);
  const auto failures = count_failure(tx, key, Instant{}, tx.now() + failures_kept);
  if (!failures) return check(tx, caller, tried);
  if (const auto until = locked_until(*failures, tx.now()); until > tx.now()) {
    const bool stays = until == for_good && tried.user;
    lock_out(tx, key, until, stays ? for_good : tx.now() + (until == for_good ? stopped_name_kept : failures_kept));
    auto suspected = suspicion(tx, caller, *failures, until);
    suspected.user_id = tried.user;
    if (!tried.user) suspected.name_hash = told(key);
    publish(tx, suspected);
  }
  if (!tried.in_session) count_at_address(tx, caller);
  return {};
}

void LoginThrottle::count_at_address(Tx& tx, const Caller& caller) const {
  if (!locks_addresses_) return;
  const auto key = key_of_address(caller);
  const auto failures = count_failure(tx, key, tx.now() - address_window, tx.now() + failures_kept);
  if (!failures || *failures < address_failures) return;
  const auto until = tx.now() + address_lock;
  lock_out(tx, key, until, tx.now() + failures_kept);
  auto suspected = suspicion(tx, caller, *failures, until);
  suspected.address_hash = told(key);
  publish(tx, suspected);
}

Result<void> LoginThrottle::note_success(Tx& tx, const Caller& caller, const Tried& tried) const {
  forget_failures(tx, key_of(tried));
  return check(tx, caller, tried);
}

void clear_throttle(Tx& tx, UserId user) {
  remove_lock(tx, key_of_account(user));
  remove_lock(tx, key_of_session(user));
}

std::int64_t prune_throttle(Tx& tx, std::int64_t limit) {
  return prune_failures(tx, limit) + trim_failures(tx, most_rows, limit);
}

}  // namespace guerdon::auth
