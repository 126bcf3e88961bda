// JSON Web Tokens in the forms that are used here: compact, typ at+jwt, HS256 or EdDSA. Whatever differs from them in
// any way is refused. A key has one algorithm for ever; the token's header never chooses how it is checked.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "guerdon/codec.hpp"
#include "guerdon/crypto.hpp"
#include "guerdon/ed25519.hpp"

namespace guerdon::auth {

inline constexpr std::size_t max_token_size = 2048;  ///< bytes

/// Something that checks tokens, and the id under which a token may name it.
class JwtKey {
 public:
  virtual ~JwtKey() = default;
  JwtKey(const JwtKey&) = delete;
  JwtKey& operator=(const JwtKey&) = delete;

  [[nodiscard]] const std::string& id() const noexcept { return id_; }
  /// The whole token for these claims, a JSON object. Throws std::logic_error where the key can only check.
  [[nodiscard]] std::string sign(std::string_view claims) const;

 protected:
  JwtKey(std::string_view algorithm, std::string id);

 private:
  friend std::optional<json::value> open_jwt(std::string_view, std::span<const std::unique_ptr<JwtKey>>);
  [[nodiscard]] virtual std::string signature_of(std::string_view text) const = 0;
  [[nodiscard]] virtual bool has_signed(std::string_view text, std::string_view signature) const = 0;

  std::string_view algorithm_;  ///< a literal
  std::string id_;
  std::string header_;  ///< encoded
};

/// HS256 with a secret.
class SecretJwtKey final : public JwtKey {
 public:
  static constexpr std::size_t min_secret = 32;  ///< bytes

  /// Throws std::invalid_argument for a secret that is too short.
  explicit SecretJwtKey(std::string_view secret);

 private:
  [[nodiscard]] std::string signature_of(std::string_view text) const override;
  [[nodiscard]] bool has_signed(std::string_view text, std::string_view signature) const override;

  HmacKey key_;
};

/// The key's id, which is also its name in /.well-known/jwks.json: its thumbprint by RFC 7638.
[[nodiscard]] std::string thumbprint(const Ed25519PublicKey& key);

/// EdDSA with a key of one's own, or with a public one, that can only check. The key must not be empty.
class EdJwtKey final : public JwtKey {
 public:
  explicit EdJwtKey(const Ed25519PrivateKey& key);
  explicit EdJwtKey(const Ed25519PublicKey& key);

 private:
  [[nodiscard]] std::string signature_of(std::string_view text) const override;
  [[nodiscard]] bool has_signed(std::string_view text, std::string_view signature) const override;

  Ed25519PrivateKey private_;
  Ed25519PublicKey public_;
};

/// The claims of a token that one of the keys has signed; nothing for any other text. What they claim is not judged.
[[nodiscard]] std::optional<json::value> open_jwt(std::string_view token,
                                                  std::span<const std::unique_ptr<JwtKey>> keys);

}  // namespace guerdon::auth
