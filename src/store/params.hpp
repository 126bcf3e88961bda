// What no engine may be given, so that both behave alike.
#pragma once

#include <string_view>

#include "guerdon/store.hpp"

namespace guerdon::store {

/// PostgreSQL cannot hold NUL in a text, and SQLite's own functions stop at it. Throws StoreError (constraint).
inline void refuse_nul(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    throw StoreError(StoreError::Kind::constraint, "a text contains NUL");
  }
}

}  // namespace guerdon::store
