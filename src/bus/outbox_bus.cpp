// See outbox_bus.hpp.
#include "bus/outbox_bus.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "bus/feed_figures.hpp"
#include "bus/figures.hpp"
#include "bus/log_epoch.hpp"
#include "bus/partition.hpp"
#include "telemetry/log.hpp"

namespace guerdon::bus {

OutboxBus::OutboxBus(Database& database, PumpRunner& runner, Random& random, BusSettings settings)
    : database_(database),
      runner_(runner),
      random_(random),
      settings_(settings),
      writer_(settings.pseudonymous),
      retention_(settings.retention, settings.forget_readers,
                 [this](std::string_view consumer) { return is_known(consumer); }) {}

void OutboxBus::add(std::string consumer, std::string topic, std::string type, Handler handler,
                    SubscribeOptions options) {
  if (is_sealed_) throw std::logic_error("consumer '" + consumer + "' came after the bus was sealed");
  if (is_known(consumer)) throw std::logic_error("two consumers are named '" + consumer + "'");
  subscriptions_.push_back(
      {std::move(consumer), std::move(topic), std::move(type), std::move(handler), std::move(options)});
}

void OutboxBus::add_reader(std::string consumer, std::string topic, std::function<void(int)> news) {
  if (is_sealed_) throw std::logic_error("reader '" + consumer + "' came after the bus was sealed");
  if (is_known(consumer)) throw std::logic_error("two consumers are named '" + consumer + "'");
  readers_.push_back({std::move(consumer), std::move(topic), std::move(news)});
}

void OutboxBus::add_type(MessageType type) { types_.emplace(std::pair{type.topic, type.type}, type); }

std::vector<MessageType> OutboxBus::catalogue() const {
  std::vector<MessageType> list;
  for (const auto& [name, type] : types_) list.push_back(type);
  return list;
}

void OutboxBus::tell_dead_letters(std::string topics, Hook hook) {
  dead_letter_hooks_.emplace_back(std::move(topics), std::move(hook));
}

void OutboxBus::seal() {
  is_sealed_ = true;
  for (auto& subscription : subscriptions_)
    for (const auto& [topics, hook] : dead_letter_hooks_) {
      if (!subscription.topic.starts_with(topics)) continue;
      subscription.options.on_dead = [own = std::move(subscription.options.on_dead), hook = hook](
                                         Tx& tx, const DeliveryFailure& failure) {
        if (own) own(tx, failure);
        hook(tx, failure);
      };
    }
}

bool OutboxBus::has_topic(std::string_view topic) const {
  return std::any_of(types_.begin(), types_.end(), [&](const auto& type) { return type.first.first == topic; });
}

bool OutboxBus::is_known(std::string_view consumer) const {
  const auto is_it = [&](const auto& known) { return known.consumer == consumer; };
  return std::any_of(subscriptions_.begin(), subscriptions_.end(), is_it) ||
         std::any_of(readers_.begin(), readers_.end(), is_it);
}

void OutboxBus::add_metrics(Metrics& metrics) const {
  metrics.add_rows([this](Snapshot& snapshot, MetricSheet& sheet) {
    std::vector<std::string> consumers;
    for (const auto& subscription : subscriptions_) {
      consumers.push_back(subscription.consumer);
      tell_lag(snapshot, sheet, {subscription.consumer, subscription.topic, subscription.type});
    }
    for (const auto& reader : readers_) {
      consumers.push_back(reader.consumer);
      tell_lag(snapshot, sheet, {reader.consumer, reader.topic, {}});
    }
    tell_parked(snapshot, sheet, consumers);
    bus::tell_dead_letters(snapshot, sheet, consumers);
    tell_feed_readers(snapshot, sheet, snapshot.now() - settings_.forget_readers);
  });
}

void OutboxBus::start(bool unclean) {
  if (!is_sealed_) throw std::logic_error("the bus must be sealed before it starts");
  is_careful_.store(unclean, std::memory_order_release);
  ensure_epoch(database_);
  place_consumers(unclean);
  add_consumers();
  if (unclean) add_careful_mode();
  add_chores();
  is_started_.store(true, std::memory_order_release);
  runner_.start();
}

void OutboxBus::place_consumers(bool unclean) {
  std::set<Where> placed;
  std::set<std::string> strangers;
  bool has_crashes = false;
  database_.read([&](Snapshot& snapshot) {
    for (const auto& standing : list_standings(snapshot)) {
      if (!is_known(standing.consumer)) strangers.insert(standing.consumer);
      placed.emplace(standing.consumer, standing.partition);
    }
    snapshot.visit("SELECT partition, next - 1 FROM outbox_head",
                   [&](const Row& row) { heads_.emplace(column<int>(row, 0), column<std::int64_t>(row, 1)); });
    has_crashes = snapshot.find<std::int64_t>("SELECT 1 FROM parked WHERE crashes > 0 LIMIT 1").has_value();
  });
  for (const auto& name : strangers)
    log::warning("bus", "a consumer of the database is not part of this server; the log is not kept for it",
                 {{"consumer", name}});

  const auto is_new = [&](const auto& known) {
    return std::any_of(heads_.begin(), heads_.end(),
                       [&](const auto& head) { return !placed.contains(Where{known.consumer, head.first}); });
  };
  const bool are_new = std::any_of(subscriptions_.begin(), subscriptions_.end(), is_new) ||
                       std::any_of(readers_.begin(), readers_.end(), is_new);
  const bool forgives = has_crashes && !unclean;  // whoever stopped cleanly was not killed by a message
  if (!forgives && !are_new) return;
  const auto written = database_.write([&](Tx& tx) -> Result<void> {
    for (const auto& subscription : subscriptions_) place(tx, subscription.consumer, subscription.options.from);
    for (const auto& reader : readers_) place(tx, reader.consumer, SubscribeOptions::From::earliest);
    if (forgives) tx.exec("UPDATE parked SET crashes = 0 WHERE crashes > 0");
    return {};
  });
  written.value();
}

void OutboxBus::place(Tx& tx, std::string_view consumer, SubscribeOptions::From from) {
  tx.exec(
      "INSERT INTO consumer_offsets (consumer, partition, position, moved_at) "
      "SELECT $1, partition, CASE WHEN $2 THEN next - 1 ELSE 0 END, $3 FROM outbox_head WHERE true "
      "ON CONFLICT (consumer, partition) DO NOTHING",
      consumer, from == SubscribeOptions::From::latest, tx.now());
}

void OutboxBus::add_consumers() {
  for (const auto& subscription : subscriptions_) {
    Listener listener{subscription.topic, {}};
    for (const auto& [partition, head] : heads_) {
      auto& consumer = consumers_.emplace_back(subscription, partition, random_, settings_.delivery);
      const auto number = runner_.add(
          "consumer " + subscription.consumer + " " + std::to_string(partition),
          [&consumer](Tx& tx) { return consumer.pass(tx); }, false);
      pumps_.emplace(Where{subscription.consumer, partition}, number);
      listener.pumps.push_back(number);
    }
    listeners_.push_back(std::move(listener));
  }
}

void OutboxBus::add_careful_mode() {
  std::vector<CarefulMode::Member> members;
  for (auto& consumer : consumers_) members.push_back({&consumer, heads_.at(consumer.partition())});
  is_careful_.store(!members.empty(), std::memory_order_release);
  careful_ = std::make_unique<CarefulMode>(std::move(members), [this](const Consumer& consumer) {
    is_careful_.store(!careful_->is_over(), std::memory_order_release);
    wake(consumer.name(), consumer.partition());
  });
  runner_.add("bus careful mode", [this](Tx& tx) { return careful_->pass(tx); }, false);
}

void OutboxBus::add_chores() {
  const auto arm = [this](const std::string& consumer, int partition, Instant at) {
    const auto found = pumps_.find(Where{consumer, partition});
    if (found != pumps_.end()) runner_.arm(found->second, at);
  };
  watch_ = std::make_unique<Watch>(
      settings_.delivery.lazy_messages, settings_.delivery.lazy_time,
      [this](const std::string& consumer, int partition) { wake(consumer, partition); }, arm);
  runner_.add("bus watch", [this](Tx& tx) { return watch_->pass(tx); }, true);
}

void OutboxBus::wake(const std::string& consumer, int partition) {
  const auto found = pumps_.find(Where{consumer, partition});
  if (found != pumps_.end()) runner_.wake({&found->second, 1});
}

void OutboxBus::write(Connection& connection, Instant now, std::span<OutgoingMessage> messages) {
  Snapshot store{connection, Moment{now, nullptr}};
  writer_.write(store, messages);
}

void OutboxBus::committed(std::span<const OutgoingMessage> messages) noexcept {
  if (observer_) observer_(messages);
  if (!is_started_.load(std::memory_order_acquire)) return;
  if (seen_) seen_(messages);
  const auto partitions = static_cast<int>(heads_.size());
  std::vector<PumpRunner::Number> woken;
  for (const auto& message : messages) {
    const auto partition = static_cast<std::size_t>(partition_of(message.key, partitions));
    for (const auto& reader : readers_)
      if (reader.topic == message.topic) reader.news(static_cast<int>(partition));
    for (const auto& listener : listeners_) {
      if (listener.topic != message.topic) continue;
      const auto number = listener.pumps[partition];
      if (std::find(woken.begin(), woken.end(), number) == woken.end()) woken.push_back(number);
    }
  }
  if (!woken.empty()) runner_.wake(woken);
}

}  // namespace guerdon::bus
