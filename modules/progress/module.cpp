// Wires the progress module.
#include "progress/module.hpp"

#include "guerdon/bus.hpp"
#include "guerdon/cursor.hpp"
#include "intake.hpp"
#include "progress/messages.hpp"
#include "routes.hpp"
#include "service.hpp"
#include "subscribers.hpp"

namespace guerdon::progress {

Module::Module(Platform& platform, auth::UserDataOwners& user_data)
    : service_(std::make_unique<Service>(platform.cursors)) {
  declare_routes(platform.routes, *service_);
  declare_activity_routes(platform.routes);
  take_activities(platform);
  platform.bus.declare<EventProgressFailed>();
  platform.bus.declare<EventProgressDeadLettered>();
  declare_subscribers(platform, *service_, user_data);
}

Module::~Module() = default;

}  // namespace guerdon::progress
