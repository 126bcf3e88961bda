// Under which keys messages speak of a name that was nobody's when somebody tried to log in with it: keyed hashes, from
// which nobody reads the name. Whoever knows the name finds its messages by them, also those that are older or younger
// than its account.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "secrets.hpp"

namespace guerdon::auth {

/// What the throttle's keys are made for; it counts a name under the hash of its subject.
inline constexpr std::string_view throttle_purpose = "guerdon login throttle 1";
[[nodiscard]] std::string throttle_subject(std::string_view name);

/// As much of a hash as messages hold.
[[nodiscard]] std::string told(const Digest& hash);

class NameKeys {
 public:
  explicit NameKeys(const SigningSecrets& secrets);

  /// Of a log-in that failed.
  [[nodiscard]] std::string of_login(std::string_view name) const;
  /// Every key that messages of the name may have: of log-ins that failed and of lock-outs, also from before the secret
  /// was changed last.
  [[nodiscard]] std::vector<std::string> all_of(std::string_view name) const;

 private:
  struct OfSecret {
    explicit OfSecret(std::string_view secret);
    void add_keys(std::vector<std::string>& keys, std::string_view name) const;
    HmacKey logins, throttle;
  };

  const OfSecret current_;
  std::optional<OfSecret> previous_;
};

}  // namespace guerdon::auth
