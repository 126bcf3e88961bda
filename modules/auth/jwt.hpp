// JSON Web Tokens in the one form that is used here: compact, HS256, typ at+jwt. Whatever differs from it in any way is
// refused; the token's header never chooses how it is checked.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "guerdon/codec.hpp"
#include "guerdon/crypto.hpp"

namespace guerdon::auth {

inline constexpr std::size_t max_token_size = 2048;  ///< bytes

/// A signing secret and the id under which a token may name it.
class JwtKey {
 public:
  static constexpr std::size_t min_secret = 32;  ///< bytes

  /// Throws std::invalid_argument for a secret that is too short.
  explicit JwtKey(std::string_view secret);

  [[nodiscard]] const std::string& id() const noexcept { return id_; }

  /// The whole token for these claims, a JSON object.
  [[nodiscard]] std::string sign(std::string_view claims) const;

 private:
  friend std::optional<json::value> open_jwt(std::string_view, std::span<const std::unique_ptr<JwtKey>>);

  std::string id_;
  std::string header_;  ///< encoded
  HmacKey key_;
};

/// The claims of a token that one of the keys has signed; nothing for any other text. What they claim is not judged.
[[nodiscard]] std::optional<json::value> open_jwt(std::string_view token,
                                                  std::span<const std::unique_ptr<JwtKey>> keys);

}  // namespace guerdon::auth
