// Ed25519 by OpenSSL's EVP interface. A PEM text is taken only in the one form that is documented: nothing asks for a
// pass phrase, and no other kind of key slips in.
#include "guerdon/ed25519.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>
#include <stdexcept>

namespace guerdon {
namespace {

constexpr std::size_t key_size = 32;
constexpr std::size_t signature_size = 64;
constexpr std::string_view private_label = "PRIVATE KEY";
constexpr std::string_view public_label = "PUBLIC KEY";

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
EVP_PKEY* pkey(const std::shared_ptr<void>& key) { return static_cast<EVP_PKEY*>(key.get()); }

int no_pass_phrase(char*, int, int, void*) { return -1; }

/// One block with this label, and nothing else but space around it.
bool is_one_block(std::string_view pem, std::string_view label) {
  constexpr std::string_view space = " \t\r\n";
  const auto first = pem.find_first_not_of(space);
  if (first == std::string_view::npos) return false;
  const auto text = pem.substr(first, pem.find_last_not_of(space) + 1 - first);
  const auto begin = "-----BEGIN " + std::string{label} + "-----";
  const auto end = "-----END " + std::string{label} + "-----";
  return text.starts_with(begin) && text.find(end) + end.size() == text.size();
}

using PemReader = EVP_PKEY* (*)(BIO*, EVP_PKEY**, pem_password_cb*, void*);

/// Nothing unless it is a key for Ed25519.
std::shared_ptr<void> read_pem(std::string_view pem, std::string_view label, PemReader read) {
  if (pem.size() > 4096 || !is_one_block(pem, label)) return nullptr;
  const Bio source{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free};
  if (!source) return nullptr;
  const std::shared_ptr<void> key{read(source.get(), nullptr, &no_pass_phrase, nullptr),
                                  [](void* made) { EVP_PKEY_free(static_cast<EVP_PKEY*>(made)); }};
  ERR_clear_error();
  if (!key || EVP_PKEY_get_base_id(pkey(key)) != EVP_PKEY_ED25519) return nullptr;
  return key;
}

}  // namespace

Ed25519PublicKey::Ed25519PublicKey(std::shared_ptr<void> key) : key_(std::move(key)) {
  std::array<unsigned char, key_size> raw{};
  std::size_t size = raw.size();
  if (EVP_PKEY_get_raw_public_key(pkey(key_), raw.data(), &size) != 1 || size != key_size)
    throw std::runtime_error("OpenSSL does not tell a public key");
  bytes_.assign(raw.begin(), raw.end());
}

std::optional<Ed25519PublicKey> Ed25519PublicKey::from_pem(std::string_view pem) {
  if (pem.empty()) return Ed25519PublicKey{};
  auto key = read_pem(pem, public_label, &PEM_read_bio_PUBKEY);
  if (!key) return std::nullopt;
  return Ed25519PublicKey{std::move(key)};
}

std::string Ed25519PublicKey::to_pem() const {
  if (empty()) return {};
  const Bio sink{BIO_new(BIO_s_mem()), &BIO_free};
  if (!sink || PEM_write_bio_PUBKEY(sink.get(), pkey(key_)) != 1) throw std::runtime_error("OpenSSL writes no key");
  char* text = nullptr;
  const auto size = BIO_get_mem_data(sink.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

bool Ed25519PublicKey::has_signed(std::string_view text, std::string_view signature) const {
  if (empty() || signature.size() != signature_size) return false;
  const Context context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
  const bool good =
      context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, pkey(key_)) == 1 &&
      EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text), text.size()) == 1;
  if (!good) ERR_clear_error();
  return good;
}

std::optional<Ed25519PrivateKey> Ed25519PrivateKey::from_pem(std::string_view pem) {
  Ed25519PrivateKey made;
  if (pem.empty()) return made;
  made.key_ = read_pem(pem, private_label, &PEM_read_bio_PrivateKey);
  if (!made.key_) return std::nullopt;
  // Not made.key_ itself: a public key must hold no private one.
  std::array<unsigned char, key_size> raw{};
  std::size_t size = raw.size();
  if (EVP_PKEY_get_raw_public_key(pkey(made.key_), raw.data(), &size) != 1) return std::nullopt;
  made.public_ =
      Ed25519PublicKey{std::shared_ptr<void>{EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw.data(), size),
                                             [](void* key) { EVP_PKEY_free(static_cast<EVP_PKEY*>(key)); }}};
  return made;
}

std::string Ed25519PrivateKey::sign(std::string_view text) const {
  std::array<unsigned char, signature_size> signature{};
  std::size_t size = signature.size();
  const Context context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
  if (empty() || !context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, pkey(key_)) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &size, bytes_of(text), text.size()) != 1)
    throw std::runtime_error("OpenSSL refuses to sign");
  return {signature.begin(), signature.end()};
}

}  // namespace guerdon
