// Makes the engine and hangs its pump into the platform (module.hpp). Nothing is decided here.
#include "saga/module.hpp"

#include "metrics.hpp"
#include "saga_engine.hpp"

namespace guerdon::saga {

struct Module::Parts {
  SagaEngine engine;
};

Module::Module(Platform& platform) : parts_(new Parts{.engine = SagaEngine{platform.pumps, platform.random}}) {
  declare_metrics(platform.metrics);
}

Module::~Module() = default;

Sagas& Module::sagas() { return parts_->engine; }

}  // namespace guerdon::saga
