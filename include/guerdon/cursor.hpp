// Page cursors that clients carry but cannot make or read meaning into: base64url of a MAC and the payload.
// They are signed, not encrypted: no secret belongs in one.
#pragma once

#include "guerdon/base64url.hpp"
#include "guerdon/crypto.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace guerdon {

class CursorCodec {
 public:
  static constexpr std::size_t max_payload = 1024;  // bytes

  explicit CursorCodec(std::string_view key);

  // Throws std::length_error past max_payload. Put the query into the payload, so that a cursor of one list can't be
  // used in another.
  [[nodiscard]] std::string seal(std::string_view payload) const;

  // Nothing unless this key sealed it.
  [[nodiscard]] std::optional<std::string> open(std::string_view cursor) const;

 private:
  HmacKey key_;
};

}  // namespace guerdon
