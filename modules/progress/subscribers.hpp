// Declares what the module listens to and its background work.
#pragma once

#include "guerdon/platform.hpp"

namespace guerdon::progress {

class Service;
void declare_subscribers(Platform& platform, Service& service);

}  // namespace guerdon::progress
