// The name of an event.
#pragma once

#include <string_view>

#include "guerdon/ids.hpp"

namespace guerdon::event {

struct EventTag {
  static constexpr std::string_view prefix = "evt";
};
using EventId = Id<EventTag>;

}  // namespace guerdon::event
