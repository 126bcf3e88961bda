// Who shows which token. A token's signature is checked once a thread and remembered until it expires; whether its
// session still lives is asked of the database each time, elsewhere.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "guerdon/caller.hpp"
#include "http/head.hpp"
#include "http/response.hpp"

namespace guerdon::http {

/// The token of `Authorization: Bearer …`. Nothing without one; malformed-request for more than one header.
[[nodiscard]] Result<std::optional<std::string_view>> bearer_token(const Head& head);

/// 401 or 403 with the challenge of RFC 6750.
[[nodiscard]] Response refuse_token(const Error& error, bool token_was_shown, std::string_view request_id);

/// For one thread.
class TokenCache {
 public:
  explicit TokenCache(Authenticator& authenticator) : authenticator_(authenticator) {}

  /// Errors: those of Authenticator::verify.
  [[nodiscard]] Result<Credential> verify(std::string_view token, Instant now);

 private:
  static constexpr std::size_t generation = 2048;  // tokens; the one before is kept too

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  using Known = std::unordered_map<std::string, Credential, Hash, std::equal_to<>>;

  Authenticator& authenticator_;
  Known young_, old_;
};

}  // namespace guerdon::http
