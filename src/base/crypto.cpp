// The primitives, by OpenSSL's EVP interface. Algorithms are fetched once: a fetch costs more than a short digest.
#include "guerdon/crypto.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <stdexcept>
#include <utility>

namespace guerdon {
namespace {

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

void require(bool worked, const char* what) {
  if (!worked) throw std::runtime_error(std::string{"OpenSSL refuses "} + what);
}

EVP_MD* sha256_algorithm() {
  static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);  // lives as long as the process
  require(algorithm != nullptr, "SHA-256");
  return algorithm;
}

EVP_MAC* hmac_algorithm() {
  static EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);  // lives as long as the process
  require(algorithm != nullptr, "HMAC");
  return algorithm;
}

EVP_MAC_CTX* context(void* pointer) { return static_cast<EVP_MAC_CTX*>(pointer); }

// What an empty key or text points to: OpenSSL takes a null pointer for "as before".
constexpr unsigned char nothing = 0;

}  // namespace

Digest sha256(std::string_view data) {
  Digest digest{};
  unsigned int size = 0;
  require(EVP_Digest(bytes_of(data), data.size(), digest.data(), &size, sha256_algorithm(), nullptr) == 1, "to digest");
  return digest;
}

Digest hmac_sha256(std::string_view key, std::string_view data) { return HmacKey{key}.sign(data); }

HmacKey::HmacKey(std::string_view key) : keyed_{EVP_MAC_CTX_new(hmac_algorithm())} {
  require(keyed_ != nullptr, "a MAC context");
  char name[] = "SHA256";
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string("digest", name, 0), OSSL_PARAM_construct_end()};
  if (EVP_MAC_init(context(keyed_), key.empty() ? &nothing : bytes_of(key), key.size(), params) != 1) {
    EVP_MAC_CTX_free(context(keyed_));
    throw std::runtime_error("OpenSSL refuses the key");
  }
}

HmacKey::~HmacKey() {
  EVP_MAC_CTX_free(context(spare_.load()));
  EVP_MAC_CTX_free(context(keyed_));
}

Digest HmacKey::sign(std::string_view data) const {
  EVP_MAC_CTX* mine = context(spare_.exchange(nullptr, std::memory_order_acquire));
  if (mine == nullptr) mine = EVP_MAC_CTX_dup(context(keyed_));
  require(mine != nullptr, "a MAC context");
  Digest digest{};
  std::size_t size = 0;
  const bool worked = EVP_MAC_init(mine, nullptr, 0, nullptr) == 1 &&
                      EVP_MAC_update(mine, data.empty() ? &nothing : bytes_of(data), data.size()) == 1 &&
                      EVP_MAC_final(mine, digest.data(), &size, digest.size()) == 1;
  void* none = nullptr;
  if (!worked || !spare_.compare_exchange_strong(none, mine, std::memory_order_release, std::memory_order_relaxed)) {
    EVP_MAC_CTX_free(mine);
  }
  require(worked, "to sign");
  return digest;
}

bool constant_time_equal(std::string_view left, std::string_view right) noexcept {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

bool constant_time_equal(std::span<const std::uint8_t> left, std::span<const std::uint8_t> right) noexcept {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

void wipe(void* data, std::size_t size) noexcept { OPENSSL_cleanse(data, size); }

void wipe(std::string& text) noexcept {
  text.resize(text.capacity());  // also what an earlier, longer text left behind
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const auto byte : bytes) {
    text += hex[byte >> 4U];
    text += hex[byte & 15U];
  }
  return text;
}

std::string to_hex(std::string_view bytes) { return to_hex(std::span{bytes_of(bytes), bytes.size()}); }

}  // namespace guerdon
