// Of the token there is only its SHA-256: whoever reads the copies can check a token, not show one.
#include "session_copies.hpp"

#include "../repository.hpp"
#include "guerdon/codec.hpp"
#include "guerdon/crypto.hpp"

namespace guerdon::auth {
namespace {

struct SessionCopy {
  std::string token;  ///< SHA-256, in hexadecimal
  SessionId sid;
  std::int64_t ver = 0;
  Instant issued_at, expires_at;
};
BOOST_DESCRIBE_STRUCT(SessionCopy, (), (token, sid, ver, issued_at, expires_at))

std::string key_of(UserId user) { return "access_token:" + user.to_string(); }

}  // namespace

void SessionCopies::put(Tx& tx, const Bearer& bearer, std::string_view token, std::chrono::seconds lifetime) const {
  if (cache_ == nullptr) return;
  const Instant issued_at = std::chrono::floor<std::chrono::seconds>(tx.now());
  const SessionCopy copy{.token = to_hex(sha256(token)),
                         .sid = bearer.session,
                         .ver = bearer.version,
                         .issued_at = issued_at,
                         .expires_at = issued_at + lifetime};
  CacheEntry entry{.key = key_of(bearer.user), .value = to_json(copy), .life = copy.expires_at - tx.now()};
  const auto still_holds = [user = bearer.user, session = bearer.session, version = bearer.version](Snapshot& rows) {
    const auto standing = find_standing(rows, user);
    return standing && standing->session == session && standing->version == version &&
           standing->status == AccountStatus::active;
  };
  tx.on_commit([cache = cache_, entry = std::move(entry), still_holds] { cache->put(entry, still_holds); });
}

void SessionCopies::remove(Tx& tx, UserId user) const {
  if (cache_ == nullptr) return;
  tx.on_commit([cache = cache_, key = key_of(user)] { cache->remove(key); });
}

}  // namespace guerdon::auth
