// Making, listing and revoking service keys: callers of their own for back ends and scripts. A revoked key's row stays,
// so that what it did has a name.
#pragma once

#include "dto.hpp"
#include "guerdon/codec/decoded.hpp"
#include "guerdon/random.hpp"
#include "guerdon/routes.hpp"

namespace guerdon::auth {

class Keys {
 public:
  Keys(Random& random, const CursorCodec& cursors) : random_(random), cursors_(cursors) {}

  /// Errors: validation-failed, token-revoked (the caller's account is no longer active).
  [[nodiscard]] Result<CreatedKey> create(Tx& tx, const Caller& caller, const Decoded<KeyRequest>& request) const;
  /// Errors: validation-failed for a foreign cursor.
  [[nodiscard]] Result<Page<KeyView>> list_keys(Snapshot& snapshot, const KeyListQuery& query) const;
  /// Errors: not-found, also for a key that is revoked already.
  [[nodiscard]] Result<None> revoke(Tx& tx, const Caller& caller, KeyId id) const;

 private:
  Random& random_;
  const CursorCodec& cursors_;
};

}  // namespace guerdon::auth
