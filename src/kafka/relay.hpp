// Carries the messages of the log to Kafka, each topic as a consumer of its own: in order, none lost, none that was not
// committed. It waits as long as it must, holds up nobody, and starts again where the brokers' acknowledgements end.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "bus/outbox_bus.hpp"
#include "guerdon/kafka_config.hpp"
#include "guerdon/random.hpp"
#include "kafka/dispatch.hpp"
#include "kafka/figures.hpp"
#include "kafka/lease.hpp"
#include "kafka/relay_store.hpp"
#include "kafka/signal.hpp"
#include "kafka/topic.hpp"

namespace guerdon::kafka {

struct RelayOptions {
  DispatchLimits limits{};
  std::chrono::milliseconds poll{1000};      ///< the log is looked at though nobody said there was news
  std::chrono::milliseconds save_every{20};  ///< places are stored so often at most
  std::int64_t lazy_positions = 1000;        ///< a place moves past what others published once it is so far behind
  std::chrono::minutes lazy_time{10};        ///< or so late
  /// Each producer that is made for the topics that flow; for tests.
  std::function<void(rd_kafka_t*)> on_producer{};
};

class Relay {
 public:
  /// `topics`: those that go to Kafka. Announces itself to the bus, which must not be sealed yet.
  Relay(const KafkaConfig& config, Database& database, bus::OutboxBus& bus, Random& random,
        std::vector<std::string> topics, RelayOptions options = {});
  ~Relay();  ///< as stop(), without waiting
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  /// After the bus.
  void start();
  /// Takes nothing new, waits so long for the brokers to acknowledge what is under way, stores how far it came.
  /// Before the database is closed. Idempotent.
  void stop(std::chrono::milliseconds limit);

  /// Of its last turn. Both on any thread.
  [[nodiscard]] State state() const noexcept { return shown_state_; }
  [[nodiscard]] RelayFigures figures() const;

 private:
  struct Saving {
    Topic* topic;
    Cursor* cursor;
    std::int64_t position;
    std::size_t burials;
  };

  void run();
  void turn();
  bool keep_lease();
  void begin();
  void end();
  void look_for_news(Steady::time_point now);
  bool read();
  void read_parked(Snapshot& snapshot);
  void read_topic(Snapshot& snapshot, Topic& topic, std::uint64_t partitions);
  void take_outcome();
  void save(bool everything);
  void show();
  std::optional<Move> replays_of(Topic& topic);
  [[nodiscard]] State find_state() const;
  [[nodiscard]] Steady::time_point next_look() const;
  void finish();

  const KafkaConfig& config_;
  Database& database_;
  const RelayOptions options_;
  const std::shared_ptr<Signal> signal_ = std::make_shared<Signal>();
  Lease lease_;
  RelayStore store_;
  std::deque<Topic> topics_;  // addresses stay

  std::unique_ptr<Reader> reader_;
  std::unique_ptr<Dispatch> dispatch_;  // while this server relays
  std::vector<std::int64_t> heads_;
  std::vector<Saving> saving_;
  bool has_more_ = false, has_trouble_ = false;
  bool is_full_ = false;  // a producer takes no more just now
  Steady::time_point renew_at_{}, held_until_{}, poll_at_{}, save_at_{}, lazy_at_{};

  std::atomic<State> shown_state_{State::connecting};
  std::atomic<int> shown_brokers_{0};
  std::atomic<std::uint64_t> shown_remade_{0};
  std::atomic<bool> is_stopping_{false};
  std::atomic<std::int64_t> stop_limit_ms_{0};
  std::thread thread_;
};

}  // namespace guerdon::kafka
