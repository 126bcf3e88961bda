// Makes the engine, hangs its pump into the platform and declares the routes (module.hpp). Nothing is decided here.
#include "saga/module.hpp"

#include "console.hpp"
#include "metrics.hpp"
#include "routes.hpp"
#include "saga_engine.hpp"

namespace guerdon::saga {

struct Module::Parts {
  SagaEngine engine;
  Console console;
};

Module::Module(Platform& platform)
    : parts_(new Parts{.engine = SagaEngine{platform.pumps, platform.random},
                       .console = Console{platform.pumps, platform.cursors}}) {
  declare_routes(platform.routes, parts_->console);
  declare_metrics(platform.metrics);
}

Module::~Module() = default;

Sagas& Module::sagas() { return parts_->engine; }

void Module::give_back(Database& database) const { parts_->engine.give_back(database); }

}  // namespace guerdon::saga
