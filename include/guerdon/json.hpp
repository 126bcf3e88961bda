// Text to JSON, strictly: what two parsers might read differently is refused, and so is what is merely too big.
#pragma once

#include "guerdon/result.hpp"

#include <boost/json/value.hpp>

#include <cstddef>
#include <string_view>

namespace guerdon {

struct JsonLimits {
  std::size_t depth = 16;    // of objects and arrays; 32 at most
  std::size_t nodes = 1000;  // values of any kind
};

// Fails with malformed-json (where and why in its detail): bad syntax or UTF-8, a byte order mark, a member name that
// occurs twice, a number that int64, uint64 or double can't hold, NUL in a string, anything after the value, a limit
// exceeded.
[[nodiscard]] Result<json::value> parse_json(std::string_view text, JsonLimits limits = {});

}  // namespace guerdon
