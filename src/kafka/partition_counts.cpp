// See partition_counts.hpp.
#include "kafka/partition_counts.hpp"

#include <utility>

namespace guerdon::kafka {

std::vector<PartitionCounts::Change> PartitionCounts::update(const std::map<std::string, int>& counts) {
  std::vector<Change> changes;
  for (const auto& [topic, count] : counts) {
    const auto [known, is_first] = known_.try_emplace(topic, count);
    const int before = std::exchange(known->second, count);
    if (!is_first && before != count) changes.push_back({topic, before, count});
  }
  return changes;
}

}  // namespace guerdon::kafka
