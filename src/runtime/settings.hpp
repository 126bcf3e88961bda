// The configuration as each part of the platform takes it.
#pragma once

#include "bus/outbox_bus.hpp"
#include "guerdon/config.hpp"
#include "guerdon/random.hpp"
#include "http/server.hpp"
#include "purge/hard_delete.hpp"
#include "runtime/task_pool.hpp"
#include "telemetry/log.hpp"

namespace guerdon {

[[nodiscard]] bus::BusSettings bus_settings(const Config& config);
[[nodiscard]] HardDeleteRules hard_delete_rules(const Config& config);
[[nodiscard]] TaskPoolOptions hash_pool_options(const Config& config);
[[nodiscard]] TaskPoolOptions task_pool_options(const Config& config);
[[nodiscard]] log::OutputOptions log_options(const LogConfig& config);

/// Of the API's listener, and of the operators' one: the same but for the place and one thread.
[[nodiscard]] http::ServerOptions api_options(const Config& config, Random& random);
[[nodiscard]] http::ServerOptions admin_options(const Config& config, Random& random);

}  // namespace guerdon
