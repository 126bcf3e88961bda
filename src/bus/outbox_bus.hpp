// The bus over the outbox: takes subscriptions while the server is wired, then runs each as one pump a partition, and
// is told by the store which messages were committed. It refuses changes once sealed.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bus/careful_mode.hpp"
#include "bus/consumer.hpp"
#include "bus/outbox_writer.hpp"
#include "bus/pump_runner.hpp"
#include "bus/retention.hpp"
#include "guerdon/bus.hpp"
#include "guerdon/metrics.hpp"
#include "store/outbox_sink.hpp"

namespace guerdon::bus {

struct BusSettings {
  bool pseudonymous = false;                                  ///< leave personal members out of what is published
  std::chrono::milliseconds retention{std::chrono::days{7}};  ///< of messages that everybody has passed
  /// Named readers of the feed that have not committed for so long keep no messages any more.
  std::chrono::milliseconds forget_readers{std::chrono::days{30}};
  DeliveryLimits delivery{};
};

/// Life cycle: construct → attach to the store as its outbox → subscriptions → seal() → start(), which starts the
/// runner → the runner's stop(). Must outlive the runner's passes and the store's attachment.
class OutboxBus final : public Bus, public store::OutboxSink {
 public:
  using Hook = std::function<void(Tx&, const DeliveryFailure&)>;

  OutboxBus(Database& database, PumpRunner& runner, Random& random, BusSettings settings);

  void add(std::string consumer, std::string topic, std::string type, Handler handler,
           SubscribeOptions options) override;
  /// Somebody else delivers the messages of this topic: its place in the log is kept as a consumer's is, under that
  /// name, and `news` is told of a partition with new messages, on a store thread: hand over and return.
  void add_reader(std::string consumer, std::string topic, std::function<void(int partition)> news);
  /// Told what was committed, on a store thread. One at most, before messages are published.
  using Observer = std::function<void(std::span<const OutgoingMessage>)>;
  void observe(Observer observer) { observer_ = std::move(observer); }
  /// How far behind its consumers are, what is parked and given up.
  void add_metrics(Metrics& metrics) const;
  void seal() override;
  [[nodiscard]] std::vector<MessageType> catalogue() const override;

  /// `hook` is told of every message that became a dead letter and whose topic begins so, whoever could not handle it;
  /// after the consumer's own on_dead and like it. Before seal().
  void tell_dead_letters(std::string topics, Hook hook);
  /// `seen` is told what was committed, on a store thread: hand over and return. Before start().
  void tell_commits(std::function<void(std::span<const OutgoingMessage>)> seen) { seen_ = std::move(seen); }

  [[nodiscard]] bool is_known(std::string_view consumer) const;
  [[nodiscard]] bool has_topic(std::string_view topic) const;
  /// Runs that consumer soon; nothing before the start. Thread-safe.
  void wake(const std::string& consumer, int partition);

  /// Gives new consumers their offsets and starts all pumps. `unclean`: the last run did not end by itself, so what it
  /// was doing is done again with care. Throws StoreError.
  void start(bool unclean);
  /// Removes some of what is older than the retention and has been passed by everybody; how much, 0 when that is all.
  std::int64_t prune(Tx& tx) { return retention_.prune(tx); }
  /// After an unclean stop: is there a consumer yet that has not passed what the log held then? Thread-safe.
  [[nodiscard]] bool is_careful() const noexcept { return is_careful_.load(std::memory_order_acquire); }

  void write(Connection& connection, Instant now, std::span<OutgoingMessage> messages) override;
  void committed(std::span<const OutgoingMessage> messages) noexcept override;

 private:
  using Where = std::pair<std::string, int>;  // consumer and partition
  struct OutsideReader {
    std::string consumer, topic;
    std::function<void(int)> news;
  };
  struct Listener {
    std::string_view topic;
    std::vector<PumpRunner::Number> pumps;  // by partition
  };

  void add_type(MessageType type) override;
  void place_consumers(bool unclean);
  static void place(Tx& tx, std::string_view consumer, SubscribeOptions::From from);
  void add_consumers();
  void add_careful_mode();
  void add_chores();

  Database& database_;
  PumpRunner& runner_;
  Random& random_;
  const BusSettings settings_;
  OutboxWriter writer_;

  Observer observer_;
  bool is_sealed_ = false;
  std::deque<Subscription> subscriptions_;  // addresses stay
  std::vector<OutsideReader> readers_;
  std::map<std::pair<std::string_view, std::string_view>, MessageType> types_;
  Retention retention_;
  std::vector<std::pair<std::string, Hook>> dead_letter_hooks_;  // by the beginning of their topics
  std::function<void(std::span<const OutgoingMessage>)> seen_;

  // Filled by start(), unchanged from then on.
  std::map<int, std::int64_t> heads_;  // of the partitions, at the start
  std::deque<Consumer> consumers_;
  std::map<Where, PumpRunner::Number> pumps_;
  std::vector<Listener> listeners_;
  std::unique_ptr<CarefulMode> careful_;
  std::unique_ptr<Watch> watch_;
  std::atomic<bool> is_started_{false}, is_careful_{false};
};

}  // namespace guerdon::bus
