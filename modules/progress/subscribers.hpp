// Declares what the module listens to and its background work.
#pragma once

#include "auth/user_data.hpp"
#include "guerdon/platform.hpp"

namespace guerdon::progress {

class Service;
void declare_subscribers(Platform& platform, Service& service, auth::UserDataOwners& user_data);

}  // namespace guerdon::progress
