// What must hold of the committed rows at any moment, as questions that a module can answer: `guerdon verify` and the
// crash tests ask them all. A check reads; it refuses to repair.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "guerdon/store.hpp"

namespace guerdon {

struct Invariant {
  std::string_view name;  ///< as the documentation numbers it ("I35"), else "<module>.<what>"
  std::string_view rule;  ///< in one sentence
  /// One line for each violation, naming the row; at most a hundred.
  std::function<std::vector<std::string>(Snapshot&)> violations;
};

}  // namespace guerdon
