// argon2id through libsodium, which has it for the vector instructions of the processor at hand. Nothing here keeps a
// password.
#include "guerdon/password.hpp"

#include <sodium.h>

#include <cerrno>
#include <charconv>
#include <memory>
#include <stdexcept>
#include <utility>

#include "base/hash_memory.hpp"
#include "base/patient_twin.hpp"
#include "guerdon/base64url.hpp"
#include "guerdon/crypto.hpp"

namespace guerdon {
namespace {

constexpr std::size_t salt_size = crypto_pwhash_SALTBYTES;
constexpr std::size_t hash_size = 32;
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

/// Chooses the instructions, once a process.
void prepare_library() {
  static const bool is_ready = sodium_init() >= 0;
  if (!is_ready) throw std::runtime_error("argon2: libsodium cannot be initialised");
}

/// What precedes salt and hash.
std::string parameters_of(const PasswordCost& cost) {
  return std::string{scheme} + "m=" + std::to_string(cost.memory_kib) + ",t=" + std::to_string(cost.iterations) +
         ",p=1$";
}

void check(const PasswordCost& cost) {
  if (cost.memory_kib < crypto_pwhash_MEMLIMIT_MIN / 1024 || cost.iterations < crypto_pwhash_OPSLIMIT_MIN)
    throw std::invalid_argument("argon2: at least 8 KiB of memory and one iteration");
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
  if (!memory || !iterations || !take(phc, ",p=")) return std::nullopt;
  return PasswordCost{*memory, *iterations};
}

std::string hash(const PasswordCost& cost, std::string_view password, const PasswordSalt& salt) {
  const KeepsHashMemory keeps_memory;
  std::array<unsigned char, hash_size> hash;
  const auto* const salt_bytes = reinterpret_cast<const unsigned char*>(salt.data());
  const int code = crypto_pwhash(hash.data(), hash.size(), password.data(), password.size(), salt_bytes,
                                 cost.iterations, std::size_t{cost.memory_kib} * 1024, crypto_pwhash_ALG_ARGON2ID13);
  if (code != 0) throw std::runtime_error("argon2: there is not enough memory for a hash");
  return parameters_of(cost) + to_phc_base64({reinterpret_cast<const char*>(salt.data()), salt.size()}) + '$' +
         to_phc_base64({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

bool verify(const std::string& phc, std::string_view password) {
  const KeepsHashMemory keeps_memory;
  errno = 0;
  if (crypto_pwhash_str_verify(phc.c_str(), password.data(), password.size()) == 0) return true;
  if (errno == EINVAL) return false;  // the only failure that it is set so for
  throw std::runtime_error("argon2: not enough memory, or a text that is no argon2id hash");
}

/// A password for a thread that may still need it when its owner has gone.
class OwnPassword {
 public:
  explicit OwnPassword(std::string_view password) : text_(password) {}
  OwnPassword(const OwnPassword&) = delete;
  OwnPassword& operator=(const OwnPassword&) = delete;
  ~OwnPassword() { wipe(text_); }

  [[nodiscard]] std::string_view text() const noexcept { return text_; }

 private:
  std::string text_;
};

/// `work(password)`, by the thread's twin if it has one and that gets the time to.
template <class Work>
auto patiently(Work work, std::string_view password) {
  if (auto* const twin = PatientTwin::of_this_thread()) {
    const auto own = std::make_shared<const OwnPassword>(password);
    if (auto result = twin->try_compute([work, own] { return work(own->text()); })) return std::move(*result);
  }
  return work(password);
}

}  // namespace

std::string hash_password(const PasswordCost& cost, std::string_view password, const PasswordSalt& salt) {
  prepare_library();
  check(cost);
  return patiently([cost, salt](std::string_view own) { return hash(cost, own, salt); }, password);
}

bool verify_password(std::string_view phc, std::string_view password) {
  prepare_library();
  if (!phc.starts_with(scheme)) throw std::runtime_error("argon2: a text that is no argon2id hash");
  return patiently([encoded = std::string{phc}](std::string_view own) { return verify(encoded, own); }, password);
}

std::string decoy_password_hash(const PasswordCost& cost, const std::array<std::byte, 48>& noise) {
  const std::string_view bytes{reinterpret_cast<const char*>(noise.data()), noise.size()};
  return parameters_of(cost) + to_phc_base64(bytes.substr(0, salt_size)) + '$' + to_phc_base64(bytes.substr(salt_size));
}

bool is_weaker(std::string_view phc, const PasswordCost& policy) {
  const auto cost = cost_of(phc);
  if (!cost) return true;
  return cost->memory_kib < policy.memory_kib || cost->iterations < policy.iterations;
}

}  // namespace guerdon
