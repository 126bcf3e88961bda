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

Module::Module(Platform& platform)
    : service_(std::make_unique<Service>(platform.cursors, platform.config.time.zone)),
      deletions_(std::make_unique<Deletions>()) {
  declare_routes(platform.routes, *service_, *deletions_);
  platform.bus.declare<EventDeleted>();
}

Module::~Module() = default;

UserDataOwners& Module::user_data() { return deletions_->owners(); }

}  // namespace guerdon::event
