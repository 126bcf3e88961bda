// How many partitions each topic in Kafka has, and when that changes: a key's messages go to another partition from
// then on, maybe, and order across that moment is the reader's affair.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace guerdon::kafka {

class PartitionCounts {
 public:
  struct Change {
    std::string topic;
    int before = 0, now = 0;
    friend bool operator==(const Change&, const Change&) = default;
  };

  /// Takes in what the client knows now; what it does not know of stays as it was. A topic's first number is no change.
  [[nodiscard]] std::vector<Change> update(const std::map<std::string, int>& counts);

 private:
  std::map<std::string, int> known_;
};

}  // namespace guerdon::kafka
