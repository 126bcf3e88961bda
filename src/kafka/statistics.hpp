// What a librdkafka client says about itself now and then, as far as anybody here asks.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace guerdon::kafka {

struct Statistics {
  std::optional<int> brokers_up{};        ///< empty: it does not say
  std::map<std::string, int> partitions;  ///< of each topic that has been asked for and exists
};

/// From its statistics in JSON. What is not as expected is left out.
[[nodiscard]] Statistics read_statistics(std::string_view text);

}  // namespace guerdon::kafka
