// See name_keys.hpp.
#include "name_keys.hpp"

#include "guerdon/base64url.hpp"
#include "names.hpp"

namespace guerdon::auth {
namespace {

constexpr std::string_view login_purpose = "guerdon login name 1";
constexpr std::size_t told_hash_size = 16;  // bytes

}  // namespace

std::string throttle_subject(std::string_view name) { return "name " + name_key(name); }

std::string told(const Digest& hash) { return to_base64url(as_text(hash).substr(0, told_hash_size)); }

NameKeys::OfSecret::OfSecret(std::string_view secret)
    : logins(as_text(derive_key(secret, login_purpose))), throttle(as_text(derive_key(secret, throttle_purpose))) {}

void NameKeys::OfSecret::add_keys(std::vector<std::string>& keys, std::string_view name) const {
  keys.push_back(told(logins.sign(name_key(name))));
  keys.push_back(told(throttle.sign(throttle_subject(name))));
}

NameKeys::NameKeys(const SigningSecrets& secrets) : current_(secrets.current) {
  if (!secrets.previous.empty()) previous_.emplace(secrets.previous);
}

std::string NameKeys::of_login(std::string_view name) const { return told(current_.logins.sign(name_key(name))); }

std::vector<std::string> NameKeys::all_of(std::string_view name) const {
  std::vector<std::string> keys;
  current_.add_keys(keys, name);
  if (previous_) previous_->add_keys(keys, name);
  return keys;
}

}  // namespace guerdon::auth
