// Ed25519 signatures (RFC 8032) and the text forms of their keys. No key is made, stored or printed here.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace guerdon {

/// 32 bytes that everybody may know. Empty = there is none. Copies share what OpenSSL made of it, which never changes.
class Ed25519PublicKey {
 public:
  Ed25519PublicKey() = default;
  /// PEM, SubjectPublicKeyInfo: `-----BEGIN PUBLIC KEY-----`. An empty text is an empty key.
  [[nodiscard]] static std::optional<Ed25519PublicKey> from_pem(std::string_view pem);

  [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }
  [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::string to_pem() const;
  /// False for an empty key and for whatever is not a signature of this text. Thread-safe.
  [[nodiscard]] bool has_signed(std::string_view text, std::string_view signature) const;

 private:
  friend class Ed25519PrivateKey;
  explicit Ed25519PublicKey(std::shared_ptr<void> key);

  std::shared_ptr<void> key_;
  std::string bytes_;
};

/// Empty = there is none.
class Ed25519PrivateKey {
 public:
  Ed25519PrivateKey() = default;
  /// PEM, PKCS#8, not encrypted: `-----BEGIN PRIVATE KEY-----`. An empty text is an empty key.
  [[nodiscard]] static std::optional<Ed25519PrivateKey> from_pem(std::string_view pem);

  [[nodiscard]] bool empty() const noexcept { return public_.empty(); }
  [[nodiscard]] const Ed25519PublicKey& public_key() const noexcept { return public_; }
  /// 64 bytes, the same for the same text. Throws std::runtime_error for an empty key. Thread-safe.
  [[nodiscard]] std::string sign(std::string_view text) const;

 private:
  std::shared_ptr<void> key_;
  Ed25519PublicKey public_;
};

}  // namespace guerdon
