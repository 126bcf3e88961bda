// See relay.hpp.
#include "kafka/relay.hpp"

#include <pthread.h>

#include <algorithm>
#include <utility>

#include "bus/outbox_log.hpp"
#include "kafka/client_config.hpp"
#include "telemetry/log.hpp"

namespace guerdon::kafka {
namespace {

constexpr int rows_at_once = 500, parked_at_once = 100;
constexpr std::chrono::seconds after_trouble{1};
constexpr std::chrono::milliseconds last_words{50};  // between looks at what is still in flight when it stops
// Without a renewal it is given up so long before another server may take it.
constexpr std::chrono::seconds lease_margin{5};

}  // namespace

Relay::Relay(const KafkaConfig& config, Database& database, bus::OutboxBus& bus, Random& random,
             std::vector<std::string> topics, RelayOptions options)
    : config_(config),
      database_(database),
      options_(std::move(options)),
      lease_(database, random, "relay"),
      store_(database, lease_, [signal = signal_] { signal->raise(); }) {
  check_config(config);
  for (auto& name : topics) {
    auto& topic = topics_.emplace_back(std::move(name));
    bus.add_reader(topic.consumer, topic.name, [&topic, signal = signal_](int partition) {
      topic.fresh |= Topic::bit(static_cast<std::size_t>(partition));
      signal->raise();
    });
  }
}

Relay::~Relay() { stop(std::chrono::milliseconds{0}); }

void Relay::start() {
  thread_ = std::thread{[this] { run(); }};
}

void Relay::stop(std::chrono::milliseconds limit) {
  if (!thread_.joinable()) return;
  stop_limit_ms_ = limit.count();
  is_stopping_ = true;
  signal_->raise();
  thread_.join();
}

void Relay::run() {
  static_cast<void>(pthread_setname_np(pthread_self(), "kafka relay"));
  while (!is_stopping_) {
    try {
      if (keep_lease()) turn();
      has_trouble_ = false;
    } catch (const std::exception& error) {
      if (!std::exchange(has_trouble_, true))
        log::warning("kafka", "the relay is held up and tries again", {{"error", error.what()}});
      reader_.reset();
    }
    show();
    if (has_more_ && !has_trouble_) continue;
    signal_->wait_until(has_trouble_ ? Steady::now() + after_trouble : next_look());
  }
  try {
    finish();
  } catch (const std::exception& error) {
    log::warning("kafka", "the relay could not store how far it came: some messages will be sent again",
                 {{"error", error.what()}});
  }
  end();
}

// False: another server relays.
bool Relay::keep_lease() {
  const auto now = Steady::now();
  if (now < renew_at_) return dispatch_ != nullptr;
  if (dispatch_ && now >= held_until_) end();  // a renewal failed again and again
  const bool is_held = lease_.take();
  renew_at_ = now + Lease::renewed_every;
  held_until_ = now + Lease::lasts - lease_margin;
  if (!is_held && dispatch_) {
    log::warning("kafka", "another server relays now");
    end();
  }
  if (is_held && !dispatch_) begin();
  return is_held;
}

void Relay::begin() {
  const auto places = store_.places();
  reader_ = database_.open_reader();
  reader_->run([&](Snapshot& snapshot) { heads_ = RelayStore::heads(snapshot); }, 0);
  for (auto& topic : topics_) {
    topic.cursors.clear();
    for (std::size_t partition = 0; partition < heads_.size(); ++partition) {
      const auto found = places.find({topic.consumer, static_cast<int>(partition)});
      topic.cursors.emplace_back(found == places.end() ? 0 : found->second);
    }
    topic.replays = Cursor{0};
    topic.replaying.clear();
    topic.flow = Flow::flowing;
    topic.refusal.reset();
    topic.pauses = 0;
    topic.rewind();
  }
  lazy_at_ = Steady::now() + options_.lazy_time;
  dispatch_ = std::make_unique<Dispatch>(
      config_, topics_, options_.limits, [signal = signal_] { signal->raise(); }, options_.on_producer);
  log::info("kafka", "relaying", {{"topics", topics_.size()}, {"brokers", config_.brokers.value()}});
}

void Relay::end() {
  dispatch_.reset();
  saving_.clear();
  has_more_ = false;
}

void Relay::turn() {
  const auto now = Steady::now();
  dispatch_->turn(now);
  take_outcome();
  if (!dispatch_) return;  // the lease is lost
  look_for_news(now);
  has_more_ = read();
  save(false);
}

// What other servers published, and what nobody woke us for.
void Relay::look_for_news(Steady::time_point now) {
  if (now < poll_at_) return;
  poll_at_ = now + options_.poll;
  std::vector<std::int64_t> heads;
  if (!reader_) reader_ = database_.open_reader();
  reader_->run(
      [&](Snapshot& snapshot) {
        heads = RelayStore::heads(snapshot);
        read_parked(snapshot);
      },
      0);
  for (auto& topic : topics_)
    for (std::size_t partition = 0; partition < topic.cursors.size(); ++partition)
      if (topic.cursors[partition].read() < heads.at(partition)) topic.fresh |= Topic::bit(partition);
  heads_ = std::move(heads);
}

void Relay::read_parked(Snapshot& snapshot) {
  for (const auto& [consumer, delivery] : RelayStore::parked(snapshot, parked_at_once)) {
    const auto topic =
        std::find_if(topics_.begin(), topics_.end(), [&](const Topic& known) { return known.consumer == consumer; });
    const std::pair where{delivery.partition, delivery.position};
    if (topic == topics_.end() || dispatch_->room(*topic) <= 0) continue;
    auto& known = topic->replaying;
    if (std::find(known.begin(), known.end(), where) != known.end()) continue;
    known.push_back(where);
    if (!dispatch_->hand_over(*topic, topic->replays, topic->replays.read() + 1, delivery)) known.pop_back();
  }
}

// True: there is more that may go out at once.
bool Relay::read() {
  const auto is_wanted = [&](const Topic& topic) { return topic.fresh != 0 && dispatch_->room(topic) > 0; };
  if (std::none_of(topics_.begin(), topics_.end(), is_wanted)) {
    if (reader_) reader_->release();
    return false;
  }
  if (!reader_) reader_ = database_.open_reader();
  is_full_ = false;
  // Taken before the snapshot begins: what is committed later marks its partition again.
  std::vector<std::pair<Topic*, std::uint64_t>> wanted;
  for (auto& topic : topics_)
    if (is_wanted(topic)) wanted.emplace_back(&topic, topic.fresh.exchange(0));
  try {
    reader_->run(
        [&](Snapshot& snapshot) {
          heads_ = RelayStore::heads(snapshot);
          for (const auto& [topic, partitions] : wanted) read_topic(snapshot, *topic, partitions);
        },
        0);
  } catch (...) {
    for (const auto& [topic, partitions] : wanted) topic->fresh |= partitions;
    throw;
  }
  return !is_full_ && std::any_of(topics_.begin(), topics_.end(), is_wanted);
}

void Relay::read_topic(Snapshot& snapshot, Topic& topic, std::uint64_t partitions) {
  for (std::size_t partition = 0; partition < topic.cursors.size(); ++partition) {
    const auto bit = Topic::bit(partition);
    if ((partitions & bit) == 0) continue;
    const int limit = std::min(dispatch_->room(topic), rows_at_once);
    if (limit <= 0) {
      topic.fresh |= bit;
      continue;
    }
    auto& cursor = topic.cursors[partition];
    const auto batch = bus::read_topic(snapshot, topic.name, static_cast<int>(partition), cursor.read(), limit);
    const bool is_all_taken = std::all_of(batch.begin(), batch.end(), [&](const Delivery& delivery) {
      return dispatch_->hand_over(topic, cursor, delivery.position, delivery);
    });
    is_full_ = is_full_ || !is_all_taken;
    if (is_all_taken && batch.size() < static_cast<std::size_t>(limit))
      cursor.pass(heads_[partition]);
    else
      topic.fresh |= bit;
  }
}

void Relay::show() {
  shown_state_ = find_state();
  if (!dispatch_) return;
  shown_brokers_ = dispatch_->brokers_up().value_or(0);
  shown_remade_ = dispatch_->remade();
  for (auto& topic : topics_) {
    std::int64_t lag = 0;
    for (std::size_t partition = 0; partition < topic.cursors.size(); ++partition)
      lag += std::max<std::int64_t>(0, heads_[partition] - topic.cursors[partition].safe());
    topic.figures.lag = lag;
  }
}

State Relay::find_state() const {
  if (!dispatch_) return renew_at_ == Steady::time_point{} ? State::connecting : State::standby;
  if (dispatch_->keeps_breaking()) return State::refused;
  const auto up = dispatch_->brokers_up();
  if (!up) return State::connecting;
  if (*up == 0) return State::unreachable;
  const bool all_flow =
      std::all_of(topics_.begin(), topics_.end(), [](const Topic& topic) { return topic.flow == Flow::flowing; });
  return all_flow ? State::ok : State::refused;
}

Steady::time_point Relay::next_look() const {
  if (!dispatch_) return renew_at_;
  auto next = std::min(poll_at_, renew_at_);
  if (const auto at = dispatch_->next_at()) next = std::min(next, *at);
  const auto is_to_save = [](const Topic& topic) {
    if (topic.replays.safe() > topic.replays.stored()) return true;
    return std::any_of(topic.cursors.begin(), topic.cursors.end(),
                       [](const Cursor& cursor) { return cursor.has_moved() && cursor.safe() > cursor.stored(); });
  };
  if (saving_.empty() && std::any_of(topics_.begin(), topics_.end(), is_to_save)) next = std::min(next, save_at_);
  return next;
}

void Relay::finish() {
  if (!dispatch_) return;
  const auto limit = Steady::now() + std::chrono::milliseconds{stop_limit_ms_};
  const auto is_over = [&] { return Steady::now() >= limit || !dispatch_; };
  while (!is_over() && dispatch_->in_flight() > 0 && dispatch_->brokers_up() != 0) {
    dispatch_->turn(Steady::now());
    take_outcome();
    if (dispatch_) signal_->wait_until(std::min(limit, Steady::now() + last_words));
  }
  const auto wait_for_save = [&] {
    while (!is_over() && !saving_.empty()) {
      signal_->wait_until(std::min(limit, Steady::now() + last_words));
      take_outcome();
    }
  };
  wait_for_save();
  if (is_over()) return;
  save(true);
  wait_for_save();
  dispatch_.reset();
  lease_.give_back();
}

RelayFigures Relay::figures() const {
  RelayFigures figures{.state = shown_state_, .producers_remade = shown_remade_, .brokers_up = shown_brokers_};
  for (const auto& topic : topics_)
    figures.topics.push_back({.topic = topic.name,
                              .flow = topic.figures.flow,
                              .delivered = topic.figures.delivered,
                              .refused = topic.figures.refused,
                              .dead = topic.figures.dead,
                              .in_flight = topic.figures.in_flight,
                              .lag = topic.figures.lag});
  return figures;
}

}  // namespace guerdon::kafka
