// Who is calling, and how the platform finds out. The auth module is the one that knows; the HTTP layer asks it.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

/// The principal of one request. Anonymous when no route asked for a token.
struct Caller {
  std::optional<UserId> user;
  SessionId session;
  RoleSet roles;
  std::string address;  ///< of the client, through trusted proxies only
  std::string user_agent;
  std::string request_id;

  [[nodiscard]] bool has(Role role) const { return roles.has(role); }
  [[nodiscard]] bool is_staff() const { return roles.intersects(staff); }
  /// The caller's user id where the route's policy guarantees one; throws std::logic_error for anonymous callers.
  [[nodiscard]] UserId id() const {
    if (!user) throw std::logic_error("an anonymous caller has no id");
    return *user;
  }
};

/// What a token claims once its signature and times have been checked.
struct Credential {
  UserId user;
  SessionId session;
  std::int64_t version = 0;
  Instant expires_at;
};

/// What the database says of a credential's bearer.
struct Standing {
  RoleSet roles;
};

class Authenticator {
 public:
  virtual ~Authenticator() = default;
  /// Signature, form and times; no I/O, any thread. Errors: unauthenticated, token-expired.
  [[nodiscard]] virtual Result<Credential> verify(std::string_view bearer, Instant now) = 0;
  /// Is the session live and the version current? The rows are the authority. Errors: token-revoked.
  [[nodiscard]] virtual Result<Standing> admit(Snapshot& snapshot, const Credential& credential) = 0;
};

}  // namespace guerdon
