// Wires the event module.
#include "event/module.hpp"

#include "deletion.hpp"
#include "event/messages.hpp"
#include "guerdon/bus.hpp"
#include "guerdon/config.hpp"
#include "guerdon/cursor.hpp"
#include "routes.hpp"
#include "service.hpp"

namespace guerdon::event {

Module::Module(Platform& platform, const auth::UserDataOwners& user_data)
    : service_(std::make_unique<Service>(platform.cursors, platform.config.time.zone)),
      deletions_(std::make_unique<Deletions>(user_data)) {
  declare_routes(platform.routes, *service_, *deletions_);
  platform.bus.declare<EventCreated>();
  platform.bus.declare<EventUpdated>();
  platform.bus.declare<EventDeleted>();
  platform.bus.declare<EventRestored>();
}

Module::~Module() = default;

}  // namespace guerdon::event
