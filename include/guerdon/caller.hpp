// Who is calling, and how the platform finds out. The auth module is the one that knows; the HTTP layer asks it.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "guerdon/actor.hpp"
#include "guerdon/codec/types.hpp"
#include "guerdon/crypto.hpp"
#include "guerdon/ids.hpp"
#include "guerdon/result.hpp"
#include "guerdon/store.hpp"
#include "guerdon/time.hpp"

namespace guerdon {

/// On the wire USER, OPERATOR, AUDITOR, ADMIN.
enum class Role : std::uint8_t { user, operator_, auditor, admin };
BOOST_DESCRIBE_ENUM(Role, user, operator_, auditor, admin)

class RoleSet {
 public:
  constexpr RoleSet() = default;
  constexpr RoleSet(std::initializer_list<Role> roles) {
    for (const Role role : roles) add(role);
  }
  constexpr void add(Role role) { bits_ = static_cast<std::uint8_t>(bits_ | (1U << static_cast<unsigned>(role))); }
  [[nodiscard]] constexpr bool has(Role role) const { return (bits_ >> static_cast<unsigned>(role)) & 1U; }
  [[nodiscard]] constexpr bool intersects(RoleSet other) const { return (bits_ & other.bits_) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  [[nodiscard]] constexpr std::int64_t bits() const { return bits_; }  ///< how it is stored
  static constexpr RoleSet from_bits(std::int64_t bits) {
    RoleSet set;
    set.bits_ = static_cast<std::uint8_t>(bits & 0x0F);
    return set;
  }
  [[nodiscard]] std::vector<Role> list() const {
    std::vector<Role> roles;
    for (const Role role : {Role::user, Role::operator_, Role::auditor, Role::admin})
      if (has(role)) roles.push_back(role);
    return roles;
  }
  friend constexpr bool operator==(RoleSet, RoleSet) = default;

 private:
  std::uint8_t bits_ = 0;
};

inline constexpr RoleSet staff{Role::operator_, Role::auditor, Role::admin};

/// The principal of one request: a user, a service key, or nobody where the route asked for no token.
struct Caller {
  std::optional<UserId> user;
  std::optional<KeyId> key;
  SessionId session;
  RoleSet roles;
  std::string address;  ///< of the client, through trusted proxies only
  std::string user_agent;
  std::string request_id;
  std::optional<Secret<std::string>> bearer = {};  ///< what came as one, looked at by nobody yet: on public routes only

  [[nodiscard]] bool has(Role role) const { return roles.has(role); }
  [[nodiscard]] bool is_staff() const { return roles.intersects(staff); }
  /// The caller's user id where the route's policy guarantees one (`users_only`); throws std::logic_error for others.
  [[nodiscard]] UserId id() const {
    if (!user) throw std::logic_error("the caller is no user");
    return *user;
  }
  /// The user or the service key; throws std::logic_error for anonymous callers.
  [[nodiscard]] ActorId actor() const;
};

/// Whose data is meant: `asked`'s (a parameter `userId`), or the caller's own. Errors: not-found for another's without
/// being staff; validation-failed where a service key does not say whose.
[[nodiscard]] Result<UserId> subject_of(const Caller& caller, std::optional<UserId> asked);

/// What a token claims once its form, and where it has them signature and times, have been checked.
struct Credential {
  UserId user;
  SessionId session;
  std::int64_t version = 0;
  std::optional<KeyId> key;  ///< a service key instead of a user's token
  Digest key_digest{};       ///< of that key's secret
  Instant expires_at;        ///< when this must be verified anew

  [[nodiscard]] ActorId actor() const;
};

/// What the database says of a credential's bearer.
struct Standing {
  RoleSet roles;
};

class Authenticator {
 public:
  virtual ~Authenticator() = default;
  /// Signature, form and times of an access token, form of a service key; no I/O, any thread.
  /// Errors: unauthenticated, token-expired.
  [[nodiscard]] virtual Result<Credential> verify(std::string_view bearer, Instant now) = 0;
  /// Is the session live and the version current, or the key known and unrevoked? The rows are the authority.
  /// Errors: token-revoked.
  [[nodiscard]] virtual Result<Standing> admit(Snapshot& snapshot, const Credential& credential) = 0;
};

}  // namespace guerdon
