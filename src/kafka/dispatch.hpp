// The producers and which topic goes by which: one for all that flow, one for each topic that was refused, until it has
// recovered. It sees to it that nothing overtakes anything, whatever breaks. One thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "guerdon/bus.hpp"
#include "kafka/partition_counts.hpp"
#include "kafka/producer.hpp"
#include "kafka/topic.hpp"
#include "kafka/topic_maker.hpp"

namespace guerdon::kafka {

struct DispatchLimits {
  int window = 4000;                    ///< messages of a topic in flight
  std::size_t bytes = 8 * 1024 * 1024;  ///< in flight, of all topics; each may always have one message
  int window_apart = 50;                ///< messages of a topic that is apart
  std::int64_t recovery = 1000;         ///< messages that a topic delivers before it is no longer apart
  std::chrono::milliseconds first_pause{1000}, last_pause{60'000};  ///< of a refused topic
  std::chrono::milliseconds first_rest{100}, last_rest{30'000};     ///< before a producer that breaks again is remade
};

class Dispatch {
 public:
  /// `on_news`: something is there for turn(). On any thread. `on_shared`: a producer was made that topics share.
  Dispatch(const KafkaConfig& config, std::deque<Topic>& topics, DispatchLimits limits, std::function<void()> on_news,
           std::function<void(rd_kafka_t*)> on_shared = {});
  ~Dispatch();
  Dispatch(const Dispatch&) = delete;
  Dispatch& operator=(const Dispatch&) = delete;

  /// Takes in what became of messages, and mends what broke.
  void turn(Steady::time_point now);
  /// How many more messages of the topic may go out.
  [[nodiscard]] int room(const Topic& topic) const;
  /// `at` is its position for the cursor. False: not now. What was not taken is to be offered again, in order.
  bool hand_over(Topic& topic, Cursor& cursor, std::int64_t at, const Delivery& delivery);

  [[nodiscard]] int in_flight() const;
  /// Empty: not known yet.
  [[nodiscard]] std::optional<int> brokers_up() const;
  /// The producer that topics share breaks again and again.
  [[nodiscard]] bool keeps_breaking() const { return breaks_ > 1; }
  /// When turn() has something to do though nothing was reported.
  [[nodiscard]] std::optional<Steady::time_point> next_at() const;
  [[nodiscard]] std::uint64_t remade() const noexcept { return remade_; }

 private:
  std::unique_ptr<Producer> make(bool is_apart);
  void report(Cursor::Entry& entry, rd_kafka_resp_err_t error);
  void bury(Cursor::Entry& entry, rd_kafka_resp_err_t error);
  void mend_shared(Steady::time_point now);
  void drop_shared();
  void make_shared();
  void mend(Topic& topic, Steady::time_point now);
  void mend_apart(Topic& topic, Steady::time_point now);
  void pause(Topic& topic, const std::string& reason, Steady::time_point now);
  void set_apart(Topic& topic);
  void rejoin(Topic& topic);
  void make_topics(Steady::time_point now);
  void look_at_partitions(const Producer& producer);
  [[nodiscard]] std::size_t bytes_in_flight() const;

  const KafkaConfig& config_;
  std::deque<Topic>& topics_;
  const DispatchLimits limits_;
  const std::function<void()> on_news_;
  const std::function<void(rd_kafka_t*)> on_shared_;

  PartitionCounts partitions_;
  int breaks_ = 0;                    // of the shared producer, in a row
  Steady::time_point shared_from_{};  // when it may be made again
  std::uint64_t remade_ = 0;
  bool are_topics_made_;
  Steady::time_point topics_from_{};
  std::unique_ptr<Producer> shared_;
  std::unique_ptr<TopicMaker> maker_;  // speaks by the shared producer
};

}  // namespace guerdon::kafka
