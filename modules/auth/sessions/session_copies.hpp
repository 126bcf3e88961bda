// Copies of sessions for others to look up, under access_token:{userId}: written once a token is good, removed with it.
// Nobody here reads them: the rows decide.
#pragma once

#include <chrono>
#include <string_view>

#include "../access_tokens.hpp"
#include "guerdon/cache.hpp"

namespace guerdon::auth {

/// Thread-safe; without a cache it does nothing.
class SessionCopies {
 public:
  explicit SessionCopies(Cache* cache = nullptr) : cache_(cache) {}

  /// The user's token from now on, which lives so long. Written after the commit.
  void put(Tx& tx, const Bearer& bearer, std::string_view token, std::chrono::seconds lifetime) const;
  /// The user's token is dead, whether the session goes on or not.
  void remove(Tx& tx, UserId user) const;

 private:
  Cache* cache_;
};

}  // namespace guerdon::auth
