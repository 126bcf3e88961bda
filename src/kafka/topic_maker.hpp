// Asks the brokers to make the topics that are missing. What they refuse is logged, and left to them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "kafka/handles.hpp"

namespace guerdon::kafka {

struct NewTopics {
  std::vector<std::string> names{};
  int partitions = 0, replication = 0;  ///< 0 = as the brokers have it
};

class TopicMaker {
 public:
  enum class Outcome {
    waiting,
    done,  ///< each was made, was there, or was refused
    again  ///< nobody answered
  };

  /// Begins at once. `client` must outlive it. `on_news`: the outcome is there; on any thread.
  TopicMaker(rd_kafka_t* client, const NewTopics& topics, std::function<void()> on_news);
  ~TopicMaker();
  TopicMaker(const TopicMaker&) = delete;
  TopicMaker& operator=(const TopicMaker&) = delete;

  /// Does not wait.
  [[nodiscard]] Outcome poll();

 private:
  const std::function<void()> on_news_;
  Owned<rd_kafka_queue_t> queue_;
};

}  // namespace guerdon::kafka
