// Declares what the module listens to and its background work.
#pragma once

#include <string_view>

#include "guerdon/platform.hpp"

namespace guerdon::reward {

class Requests;

inline constexpr std::string_view backlog_pump = "reward.backlog";

void declare_subscribers(Platform& platform, Requests& requests);

}  // namespace guerdon::reward
