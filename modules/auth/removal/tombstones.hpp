// What is remembered of removed accounts: keyed hashes of their username and e-mail address, for half a year. They tell
// that somebody has come back; nobody can read from them who it was. A name that has one is free all the same.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "../secrets.hpp"
#include "guerdon/store.hpp"

namespace guerdon::auth {

inline constexpr std::chrono::days tombstones_kept{180};

/// What of an account was a removed one's.
struct Returned {
  bool username = false, email = false;
};

class Tombstones {
 public:
  explicit Tombstones(const SigningSecrets& secrets);

  void add(Tx& tx, std::string_view username, std::string_view email) const;
  /// Of an address, another case and another `+tag` are the same. Hashes made with the secret before are known too.
  [[nodiscard]] Returned find(Snapshot& snapshot, std::string_view username, std::string_view email) const;

 private:
  HmacKey key_;
  std::optional<HmacKey> previous_;
};

/// Removes those past their time, `limit` at most; how many.
std::int64_t prune_tombstones(Tx& tx, std::int64_t limit);

}  // namespace guerdon::auth
