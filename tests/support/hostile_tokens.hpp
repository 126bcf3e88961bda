// Access tokens that an attacker might send, made from a good one by somebody who even has the key. None may be
// accepted.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace guerdon::test {

struct HostileToken {
  std::string name;
  std::string token;
  /// Whether it can stand in an Authorization header at all: without control characters, of less than 8 KiB, and not
  /// made good by the trimming of a header's value.
  bool fits_a_header = true;
};

struct Forge {
  std::string good;                                   ///< a token that is accepted
  std::function<std::string(std::string_view)> sign;  ///< the good key's signature, as bytes
};

[[nodiscard]] std::vector<HostileToken> hostile_tokens(const Forge& forge);

}  // namespace guerdon::test
