// One point read a request; nothing is cached, so that a log-out or a new role shows on the next one.
#include "authenticator.hpp"

#include "keys/admission.hpp"
#include "keys/service_key.hpp"
#include "repository.hpp"

namespace guerdon::auth {

Result<Credential> TokenAuthenticator::verify(std::string_view bearer, Instant now) {
  if (is_service_key(bearer)) return verify_key(bearer, now);
  return tokens_.verify(bearer, now);
}

Result<Standing> TokenAuthenticator::admit(Snapshot& snapshot, const Credential& credential) {
  if (credential.key) return admit_key(snapshot, credential);
  const auto row = find_standing(snapshot, credential.user);
  if (!row || row->session != credential.session || row->version != credential.version ||
      row->status != AccountStatus::active || row->expires_at <= snapshot.now())
    return Error{problems::token_revoked, "The session of this access token has ended: log in again."};
  return Standing{.roles = RoleSet::from_bits(row->roles)};
}

}  // namespace guerdon::auth
