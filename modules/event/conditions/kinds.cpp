// The list of kinds. Nothing else names them all.
#include "kind.hpp"

namespace guerdon::event {

std::span<const Kind> kinds() {
  static const std::array all{
      consecutive_login, login_count, invite_friends, activity_count, activity_sum,
      activity_max,      purchase,    level_up,       all_of,         any_of,
  };
  return all;
}

}  // namespace guerdon::event
