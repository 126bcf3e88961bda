// The list of kinds. Nothing else names them all.
#include "kind.hpp"

namespace guerdon::event {

std::span<const Kind> kinds() {
  static const std::array all{
      consecutive_login,
  };
  return all;
}

}  // namespace guerdon::event
