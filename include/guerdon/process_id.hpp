// Tells this process from those that ran before it and those that run beside it, in what it leaves in the database.
#pragma once

#include <span>

#include "guerdon/ids.hpp"
#include "guerdon/random.hpp"

namespace guerdon {

/// Another one at each call: who asks keeps it. All of it is random, so it is no id of a row.
[[nodiscard]] inline Uuid make_process_id(Random& random) {
  Uuid id;
  random.fill(std::as_writable_bytes(std::span{id.bytes}));
  return id;
}

}  // namespace guerdon
