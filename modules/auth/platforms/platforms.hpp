// A user's accounts on other platforms: one of each platform, each with one user only. Nothing here proves that the
// account there is theirs.
#pragma once

#include "dto.hpp"
#include "guerdon/caller.hpp"
#include "guerdon/routes.hpp"

namespace guerdon::auth {

inline constexpr Problem platform_account_taken{409, "platform-account-taken"};
inline constexpr Problem platform_connected{409, "platform-connected"};

class Platforms {
 public:
  explicit Platforms(const CursorCodec& cursors) : cursors_(cursors) {}

  /// Errors: platform-account-taken, platform-connected; token-revoked for an account that is not active any more.
  [[nodiscard]] Result<PlatformView> connect(Tx& tx, const Caller& caller, const ConnectRequest& request) const;
  /// Errors: validation-failed for a foreign cursor.
  [[nodiscard]] Result<Page<PlatformView>> list_platforms(Snapshot& snapshot, const Caller& caller,
                                                          const PageQuery& query) const;
  /// Errors: not-found; token-revoked for an account that is not active any more.
  [[nodiscard]] Result<None> disconnect(Tx& tx, const Caller& caller, const PlatformName& platform) const;

 private:
  const CursorCodec& cursors_;
};

}  // namespace guerdon::auth
