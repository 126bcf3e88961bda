// A whole server on a database of either engine that outlives it.
#pragma once

#include "guerdon/config.hpp"
#include "guerdon/testing.hpp"
#include "support/databases.hpp"
#include "support/temp_folder.hpp"

namespace guerdon::test {

[[nodiscard]] inline testing::ServerOptions options_on(const DatabasePlace& place, const TempFolder& folder) {
  testing::ServerOptions options;
  options.configure = [&place](Config& config) { config.database.url = *DatabaseUrl::parse(place.url()); };
  options.data_folder = folder.path().string();
  return options;
}

}  // namespace guerdon::test
