// Whoever has no right to a key learns nothing of it: unknown, revoked and wrong are one answer, and only its holder is
// told that it has expired.
#include "admission.hpp"

#include <chrono>

#include "repository.hpp"
#include "service_key.hpp"

namespace guerdon::auth {
namespace {

/// How long the parsed form may be remembered. It says nothing about the key, which is asked of its row each time.
constexpr std::chrono::seconds parsed_life{60};

}  // namespace

Result<Credential> verify_key(std::string_view bearer, Instant now) {
  const auto key = parse_service_key(bearer);
  if (!key) return Error{problems::unauthenticated, "The service key is not valid."};
  return Credential{.user = {},
                    .session = {},
                    .version = 0,
                    .key = key->id,
                    .key_digest = key->digest,
                    .expires_at = now + parsed_life};
}

Result<Standing> admit_key(Snapshot& snapshot, const Credential& credential) {
  const auto row = find_key_standing(snapshot, credential.key.value());
  const bool is_right = row && constant_time_equal(row->secret_digest.value, as_text(credential.key_digest));
  if (!is_right || row->revoked_at)
    return Error{problems::token_revoked, "There is no such service key, or it has been revoked."};
  if (row->expires_at && *row->expires_at <= snapshot.now())
    return Error{problems::token_expired, "The service key has expired."};
  return Standing{.roles = RoleSet::from_bits(row->roles)};
}

}  // namespace guerdon::auth
