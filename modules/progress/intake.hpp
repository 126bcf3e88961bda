// Activities that come through a broker: the same rules as for those that are posted.
#pragma once

#include "guerdon/platform.hpp"

namespace guerdon::progress {

void take_activities(Platform& platform);

}  // namespace guerdon::progress
