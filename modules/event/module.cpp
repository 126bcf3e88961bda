// Wires the event module.
#include "event/module.hpp"

#include "guerdon/config.hpp"
#include "guerdon/cursor.hpp"
#include "routes.hpp"
#include "service.hpp"

namespace guerdon::event {

Module::Module(Platform& platform) : service_(std::make_unique<Service>(platform.cursors, platform.config.time.zone)) {
  declare_routes(platform.routes, *service_);
}

Module::~Module() = default;

}  // namespace guerdon::event
