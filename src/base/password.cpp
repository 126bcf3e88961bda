// argon2id through libargon2. The library wipes its working memory; nothing here keeps a password.
#include "guerdon/password.hpp"

#include <argon2.h>

#include <charconv>
#include <new>
#include <stdexcept>

#include "guerdon/base64url.hpp"

namespace guerdon {
namespace {

constexpr std::uint32_t salt_size = 16;
constexpr std::uint32_t hash_size = 32;
static_assert(std::tuple_size_v<PasswordSalt> == salt_size);
constexpr std::string_view scheme = "$argon2id$v=19$";

/// The PHC alphabet: standard base64 without padding.
std::string to_phc_base64(std::string_view bytes) {
  std::string text = to_base64url(bytes);
  for (char& c : text) {
    if (c == '-') c = '+';
    if (c == '_') c = '/';
  }
  return text;
}

[[noreturn]] void refuse(int code) {
  const std::string message = std::string{"argon2: "} + argon2_error_message(code);
  switch (code) {
    case ARGON2_MEMORY_TOO_LITTLE:
    case ARGON2_MEMORY_TOO_MUCH:
    case ARGON2_TIME_TOO_SMALL:
    case ARGON2_LANES_TOO_FEW:
    case ARGON2_LANES_TOO_MANY:
      throw std::invalid_argument(message);
    default:
      throw std::runtime_error(message);
  }
}

/// Reads "<name><number>" at the front of the text and cuts it off.
std::optional<std::uint32_t> take(std::string_view& text, std::string_view name) {
  if (!text.starts_with(name)) return std::nullopt;
  text.remove_prefix(name.size());
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::optional<PasswordCost> cost_of(std::string_view phc) {
  if (!phc.starts_with(scheme)) return std::nullopt;
  phc.remove_prefix(scheme.size());
  const auto memory = take(phc, "m=");
  const auto iterations = take(phc, ",t=");
  const auto lanes = take(phc, ",p=");
  if (!memory || !iterations || !lanes) return std::nullopt;
  return PasswordCost{*memory, *iterations, *lanes};
}

}  // namespace

std::string hash_password(const PasswordCost& cost, std::string_view password, const PasswordSalt& salt) {
  const std::size_t size = argon2_encodedlen(cost.iterations, cost.memory_kib, cost.lanes, salt_size, hash_size,
                                             Argon2_id);  // with the final NUL
  std::string phc(size, '\0');
  const int code = argon2id_hash_encoded(cost.iterations, cost.memory_kib, cost.lanes, password.data(), password.size(),
                                         salt.data(), salt.size(), hash_size, phc.data(), phc.size());
  if (code != ARGON2_OK) refuse(code);
  phc.resize(phc.find('\0'));
  return phc;
}

bool verify_password(std::string_view phc, std::string_view password) {
  const std::string encoded{phc};
  const int code = argon2id_verify(encoded.c_str(), password.data(), password.size());
  if (code == ARGON2_VERIFY_MISMATCH) return false;
  if (code != ARGON2_OK) refuse(code);
  return true;
}

std::string decoy_password_hash(const PasswordCost& cost, const std::array<std::byte, 48>& noise) {
  const std::string_view bytes{reinterpret_cast<const char*>(noise.data()), noise.size()};
  std::string phc{scheme};
  phc += "m=" + std::to_string(cost.memory_kib) + ",t=" + std::to_string(cost.iterations) +
         ",p=" + std::to_string(cost.lanes);
  phc += '$' + to_phc_base64(bytes.substr(0, salt_size));
  phc += '$' + to_phc_base64(bytes.substr(salt_size));
  return phc;
}

bool is_weaker(std::string_view phc, const PasswordCost& policy) {
  const auto cost = cost_of(phc);
  if (!cost) return true;
  return cost->memory_kib < policy.memory_kib || cost->iterations < policy.iterations;
}

}  // namespace guerdon
