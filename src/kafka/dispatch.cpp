// See dispatch.hpp.
#include "kafka/dispatch.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "bus/backoff.hpp"
#include "telemetry/log.hpp"

namespace guerdon::kafka {
namespace {

constexpr std::chrono::seconds between_tries_to_make_topics{5};

std::string_view traceparent_of(const Delivery& delivery) {
  const auto* const value = delivery.headers.if_contains("traceparent");
  if (value == nullptr || !value->is_string()) return {};
  return {value->get_string().data(), value->get_string().size()};
}

std::string in_words(rd_kafka_resp_err_t error) {
  return std::string{rd_kafka_err2name(error)} + ": " + rd_kafka_err2str(error);
}

std::string why_dead(rd_kafka_resp_err_t error) {
  const auto* const kind = verdict_of(error) == Verdict::too_large ? "too large for Kafka" : "refused by Kafka";
  return std::string{kind} + " (" + in_words(error) + ")";
}

}  // namespace

Dispatch::Dispatch(const KafkaConfig& config, std::deque<Topic>& topics, DispatchLimits limits,
                   std::function<void()> on_news, std::function<void(rd_kafka_t*)> on_shared)
    : config_(config),
      topics_(topics),
      limits_(limits),
      on_news_(std::move(on_news)),
      on_shared_(std::move(on_shared)),
      are_topics_made_(!config.create_topics) {}

Dispatch::~Dispatch() {
  drop_shared();
  for (auto& topic : topics_) topic.own.reset();
}

// A message alone in its batch: what is refused is known to be that one.
std::unique_ptr<Producer> Dispatch::make(bool is_apart) {
  std::map<std::string, std::string> further;
  if (is_apart) further.emplace("batch.num.messages", "1");
  return std::make_unique<Producer>(config_, further,
                                    Producer::Hooks{.on_report =
                                                        [this](void* tag, rd_kafka_resp_err_t error) {
                                                          report(*static_cast<Cursor::Entry*>(tag), error);
                                                        },
                                                    .on_news = on_news_});
}

void Dispatch::report(Cursor::Entry& entry, rd_kafka_resp_err_t error) {
  auto& topic = *entry.topic;
  --topic.in_flight;
  topic.bytes -= entry.bytes;
  const bool is_apart = topic.flow == Flow::apart;
  switch (verdict_of(error)) {
    case Verdict::delivered:
      ++topic.figures.delivered;
      if (is_apart) {
        ++topic.recovered;
        topic.window = std::min(topic.window * 2, limits_.window_apart);
      } else {
        breaks_ = 0;
      }
      return entry.cursor->settle(entry);
    case Verdict::undecided:
      topic.is_interrupted = true;
      return;
    case Verdict::too_large:
    case Verdict::bad:
      topic.is_interrupted = true;  // what followed it may have been dropped
      if (is_apart) return bury(entry, error);
      if (!topic.refusal) topic.refusal = Refusal{.reason = in_words(error), .blames_message = true};
      return;
    case Verdict::refused:
      topic.is_interrupted = true;
      topic.refusal = Refusal{.reason = in_words(error)};
      return;
  }
}

void Dispatch::bury(Cursor::Entry& entry, rd_kafka_resp_err_t error) {
  auto& topic = *entry.topic;
  ++topic.figures.dead;
  topic.has_buried = true;
  log::error("kafka", "a message became a dead letter",
             {{"topic", topic.name}, {"position", entry.position}, {"error", in_words(error)}});
  entry.cursor->bury(entry, why_dead(error));
}

int Dispatch::room(const Topic& topic) const {
  if (topic.flow == Flow::paused || topic.refusal || topic.is_interrupted) return 0;
  if (topic.flow == Flow::apart) {
    const bool is_leaving = topic.recovered >= limits_.recovery;
    return topic.own && !is_leaving ? std::max(0, topic.window - topic.in_flight) : 0;
  }
  if (!shared_ || !are_topics_made_) return 0;
  if (topic.in_flight > 0 && bytes_in_flight() >= limits_.bytes) return 0;
  return limits_.window - topic.in_flight;
}

bool Dispatch::hand_over(Topic& topic, Cursor& cursor, std::int64_t at, const Delivery& delivery) {
  if (room(topic) <= 0) return false;
  auto& producer = topic.flow == Flow::apart ? *topic.own : *shared_;
  const auto value = envelope(delivery);
  const auto id = delivery.id.to_string();
  auto& entry = cursor.hand_over(topic, at, value.size() + delivery.key.size());
  const Record record{.topic = topic.name,
                      .key = delivery.key,
                      .value = value,
                      .id = id,
                      .type = delivery.type,
                      .traceparent = traceparent_of(delivery)};
  const auto error = producer.send(record, &entry);
  const auto verdict = verdict_of(error);
  if (verdict == Verdict::delivered) {
    ++topic.in_flight;
    topic.bytes += entry.bytes;
    return true;
  }
  if (verdict == Verdict::too_large || verdict == Verdict::bad) {
    bury(entry, error);
    return true;
  }
  cursor.take_back();
  if (verdict == Verdict::refused && error != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
    topic.refusal = Refusal{.reason = in_words(error)};
    on_news_();
  }
  return false;
}

void Dispatch::turn(Steady::time_point now) {
  if (shared_) {
    shared_->poll();
    look_at_partitions(*shared_);
  }
  for (auto& topic : topics_)
    if (topic.own) topic.own->poll();
  mend_shared(now);
  for (auto& topic : topics_) {
    if (topic.flow == Flow::apart)
      mend_apart(topic, now);
    else
      mend(topic, now);
    topic.figures.flow = topic.flow;
    topic.figures.in_flight = topic.in_flight;
  }
  make_topics(now);
}

void Dispatch::mend_shared(Steady::time_point now) {
  if (shared_ && !shared_->broken().empty()) {
    log::warning("kafka", "the producer broke and is made anew", {{"error", shared_->broken()}});
    drop_shared();
    ++remade_;
    // The first time at once: it is the way librdkafka ends when order is at stake.
    if (++breaks_ > 1) shared_from_ = now + bus::backoff_bound(breaks_ - 1, limits_.first_rest, limits_.last_rest);
  }
  if (!shared_ && now >= shared_from_) make_shared();
}

void Dispatch::make_shared() {
  shared_ = make(false);
  if (on_shared_) on_shared_(shared_->client());
}

void Dispatch::drop_shared() {
  maker_.reset();
  shared_.reset();
  for (auto& topic : topics_)
    if (topic.flow == Flow::flowing) topic.rewind();
}

// Of a topic that goes by the shared producer, or by none.
void Dispatch::mend(Topic& topic, Steady::time_point now) {
  if (topic.flow == Flow::paused) {
    if (now >= topic.retry_at) set_apart(topic);
    return;
  }
  if (!topic.refusal && !topic.is_interrupted) return;
  // What of it is still in flight must not arrive after it was sent again by another producer.
  if (topic.in_flight > 0) {
    drop_shared();
    ++remade_;
    make_shared();
  }
  const auto refusal = std::exchange(topic.refusal, std::nullopt);
  topic.rewind();
  if (!refusal) return;
  if (!refusal->blames_message) return pause(topic, refusal->reason, now);
  log::info("kafka", "a message is refused; its topic goes on one by one to find which",
            {{"topic", topic.name}, {"error", refusal->reason}});
  set_apart(topic);
}

void Dispatch::mend_apart(Topic& topic, Steady::time_point now) {
  const bool is_broken = !topic.own->broken().empty() || topic.is_interrupted;
  if (topic.refusal || is_broken) {
    const auto reason = topic.refusal ? topic.refusal->reason : topic.own->broken();
    const bool gets_on = !topic.refusal && (topic.has_buried || topic.recovered > 0);
    topic.own.reset();
    topic.refusal.reset();
    topic.rewind();
    if (!gets_on) return pause(topic, reason, now);
    set_apart(topic);
    topic.gets_on = true;
    return;
  }
  const bool gets_on = topic.gets_on || topic.recovered > 0;
  const bool is_through = topic.recovered >= limits_.recovery || (gets_on && topic.fresh == 0);
  if (topic.in_flight == 0 && is_through) rejoin(topic);
}

void Dispatch::pause(Topic& topic, const std::string& reason, Steady::time_point now) {
  topic.flow = Flow::paused;
  topic.retry_at = now + bus::backoff_bound(++topic.pauses, limits_.first_pause, limits_.last_pause);
  ++topic.figures.refused;
  if (topic.pauses == 1)
    log::warning("kafka", "a topic is refused and waits; the others go on", {{"topic", topic.name}, {"error", reason}});
}

void Dispatch::set_apart(Topic& topic) {
  topic.flow = Flow::apart;
  topic.window = 1;
  topic.recovered = 0;
  topic.has_buried = topic.gets_on = false;
  topic.own = make(true);
}

void Dispatch::rejoin(Topic& topic) {
  topic.own.reset();
  topic.flow = Flow::flowing;
  topic.pauses = 0;
  breaks_ = 0;  // the brokers take messages
  log::info("kafka", "a topic that was refused flows again", {{"topic", topic.name}});
}

void Dispatch::make_topics(Steady::time_point now) {
  if (are_topics_made_ || !shared_ || now < topics_from_) return;
  if (!maker_) {
    NewTopics wanted{.partitions = static_cast<int>(config_.topic_partitions.value()),
                     .replication = static_cast<int>(config_.topic_replication.value())};
    for (const auto& topic : topics_) wanted.names.push_back(topic.name);
    maker_ = std::make_unique<TopicMaker>(shared_->client(), wanted, on_news_);
  }
  const auto outcome = maker_->poll();
  if (outcome == TopicMaker::Outcome::waiting) return;
  // Brokers that are there and do not answer this question can still have the topics.
  are_topics_made_ = outcome == TopicMaker::Outcome::done || brokers_up().value_or(0) > 0;
  topics_from_ = now + between_tries_to_make_topics;
  maker_.reset();
}

void Dispatch::look_at_partitions(const Producer& producer) {
  for (const auto& change : partitions_.update(producer.statistics().partitions))
    log::warning("kafka", "a topic's number of partitions changed: keys may have moved to other partitions",
                 {{"topic", change.topic}, {"before", change.before}, {"now", change.now}});
}

int Dispatch::in_flight() const {
  int count = 0;
  for (const auto& topic : topics_) count += topic.in_flight;
  return count;
}

std::size_t Dispatch::bytes_in_flight() const {
  std::size_t bytes = 0;
  for (const auto& topic : topics_) bytes += topic.bytes;
  return bytes;
}

std::optional<int> Dispatch::brokers_up() const { return shared_ ? shared_->statistics().brokers_up : std::nullopt; }

std::optional<Steady::time_point> Dispatch::next_at() const {
  std::optional<Steady::time_point> next;
  const auto consider = [&](Steady::time_point at) { next = next ? std::min(*next, at) : at; };
  if (!shared_) consider(shared_from_);
  if (!are_topics_made_ && !maker_) consider(topics_from_);
  for (const auto& topic : topics_)
    if (topic.flow == Flow::paused) consider(topic.retry_at);
  return next;
}

}  // namespace guerdon::kafka
