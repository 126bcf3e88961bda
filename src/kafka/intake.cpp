// See intake.hpp.
#include "kafka/intake.hpp"

#include <pthread.h>

#include <algorithm>
#include <future>
#include <utility>

#include "guerdon/app.hpp"
#include "kafka/client_config.hpp"
#include "runtime/exit_codes.hpp"
#include "telemetry/log.hpp"

namespace guerdon::kafka {
namespace {

constexpr int poll_ms = 100, seek_ms = 5000;
constexpr std::size_t messages_at_once = 64;
constexpr std::chrono::seconds after_trouble{1};
// As often the store may have recovered in between: what breaks it again is the message.
constexpr int broken_at_most = 3;

using List = rd_kafka_topic_partition_list_t;

// A batch as a command of the background lane; its end is waited for.
class BatchCommand final : public Command {
 public:
  using Run = std::function<bool(Tx&)>;
  BatchCommand(Run run, std::promise<void> end) : run_(std::move(run)), end_(std::move(end)) {}

  [[nodiscard]] Lane lane() const noexcept override { return Lane::background; }
  bool run(Tx& tx) override { return run_(tx); }
  void done(std::exception_ptr failure) noexcept override {
    if (failure)
      end_.set_exception(std::move(failure));
    else
      end_.set_value();
  }

 private:
  Run run_;
  std::promise<void> end_;
};

void run_in_background(Database& database, BatchCommand::Run run) {
  std::promise<void> end;
  auto ended = end.get_future();
  database.submit(std::make_unique<BatchCommand>(std::move(run), std::move(end)));
  ended.get();
}

std::string text_of(const void* bytes, std::size_t size) {
  return bytes == nullptr ? std::string{} : std::string{static_cast<const char*>(bytes), size};
}

}  // namespace

Intake::Intake(const KafkaConfig& config, Database& database, Intakes::Handler handler)
    : config_(config), topic_(config.activities_topic.value()), database_(database), handler_(std::move(handler)) {}

Intake::~Intake() { stop(); }

void Intake::start() {
  auto settings = client_config(config_, Role::consumer);
  rd_kafka_conf_set_opaque(settings.get(), this);
  rd_kafka_conf_set_rebalance_cb(settings.get(), &Intake::rebalance);
  client_ = make_client(std::move(settings), Role::consumer);
  rd_kafka_poll_set_consumer(client_.get());
  const Owned<List> topics{rd_kafka_topic_partition_list_new(1)};
  rd_kafka_topic_partition_list_add(topics.get(), topic_.c_str(), RD_KAFKA_PARTITION_UA);
  if (const auto error = rd_kafka_subscribe(client_.get(), topics.get()); error != RD_KAFKA_RESP_ERR_NO_ERROR)
    throw StartError{exit_config,
                     "kafka.activitiesTopic: librdkafka refuses it: " + std::string{rd_kafka_err2str(error)}};
  thread_ = std::thread{[this] { run(); }};
}

void Intake::stop() {
  if (!thread_.joinable()) return;
  is_stopping_ = true;
  thread_.join();
}

// Within a poll, on the intake's thread.
void Intake::rebalance(rd_kafka_t* client, rd_kafka_resp_err_t error, List* list, void* self) {
  auto& intake = *static_cast<Intake*>(self);
  intake.parts_.clear();
  if (error != RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    rd_kafka_assign(client, nullptr);
    return;
  }
  intake.assigned(*list);
  rd_kafka_assign(client, list);
}

void Intake::assigned(List& list) {
  for (int i = 0; i < list.cnt; ++i) parts_[list.elems[i].partition];
  log::info("kafka", "activities are taken from partitions", {{"topic", topic_}, {"partitions", list.cnt}});
  try {
    place(list);
  } catch (const StoreError&) {
    must_resume_ = true;  // what comes now is put aside
  }
}

// Where the database says that each partition goes on; at its beginning when it says nothing.
void Intake::place(List& list) {
  const auto offsets = database_.read([&](Snapshot& snapshot) { return list_offsets(snapshot, topic_); });
  for (int i = 0; i < list.cnt; ++i) {
    auto& element = list.elems[i];
    auto& part = parts_[element.partition];
    part.messages.clear();
    const auto found = std::find_if(offsets.begin(), offsets.end(),
                                    [&](const auto& offset) { return offset.first == element.partition; });
    part.next = found == offsets.end() ? std::nullopt : std::optional{found->second};
    element.offset = part.next.value_or(RD_KAFKA_OFFSET_BEGINNING);
  }
}

void Intake::run() {
  static_cast<void>(pthread_setname_np(pthread_self(), "kafka intake"));
  while (!is_stopping_) {
    try {
      turn();
      if (std::exchange(has_trouble_, false)) log::info("kafka", "activities are taken again");
    } catch (const std::exception& error) {
      must_resume_ = true;
      if (!std::exchange(has_trouble_, true))
        log::warning("kafka", "activities can't be taken just now", {{"error", error.what()}});
      const auto until = std::chrono::steady_clock::now() + after_trouble;
      while (!is_stopping_ && std::chrono::steady_clock::now() < until) receive();
    }
    show();
  }
  rd_kafka_consumer_close(client_.get());
}

void Intake::turn() {
  if (must_resume_) resume();
  receive();
  if (must_resume_) return;
  for (auto& [partition, part] : parts_)
    while (!part.messages.empty() && !must_resume_) take(partition, part);
}

// What there is, up to a batch; waits a moment for the first.
void Intake::receive() {
  int patience = poll_ms;
  for (std::size_t i = 0; i < messages_at_once; ++i) {
    const Owned<rd_kafka_message_t> message{rd_kafka_consumer_poll(client_.get(), patience)};
    if (!message || !keep(*message)) return;
    patience = 0;
  }
}

bool Intake::keep(const rd_kafka_message_t& message) {
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    // Repeated as long as it lasts, such as a topic that is not there or not allowed: told once.
    const bool is_news = std::exchange(last_error_, message.err) != message.err;
    log::write(is_news ? log::Level::warning : log::Level::debug, "kafka",
               "the consumer of activities reports an error", {{"error", rd_kafka_message_errstr(&message)}});
    return false;
  }
  last_error_ = RD_KAFKA_RESP_ERR_NO_ERROR;
  const auto part = parts_.find(message.partition);
  if (must_resume_ || part == parts_.end()) return true;  // it comes again
  part->second.messages.push_back({.offset = message.offset,
                                   .key = text_of(message.key, message.key_len),
                                   .value = text_of(message.payload, message.len)});
  return true;
}

void Intake::take(int partition, Part& part) {
  const IntakeBatch batch{topic_, partition, handler_, part.broken >= broken_at_most};
  IntakeBatch::Outcome outcome;
  try {
    run_in_background(database_, [&](Tx& tx) {
      outcome = batch.run(tx, part.next, part.messages);
      return !outcome.is_stale;
    });
  } catch (const StoreError& error) {
    part.broken = error.kind() == StoreError::Kind::broken ? part.broken + 1 : 0;
    throw;
  }
  if (outcome.is_stale) {
    must_resume_ = true;
    return;
  }
  part.broken = 0;
  part.next = outcome.next;
  part.messages.erase(part.messages.begin(), part.messages.begin() + static_cast<std::ptrdiff_t>(outcome.done));
  taken_ += outcome.done - outcome.refused;
  refused_ += outcome.refused;
  if (outcome.refused > 0)
    log::warning("kafka", "activities were refused and sent on",
                 {{"topic", topic_ + ".dlq"}, {"partition", partition}, {"count", outcome.refused}});
  tell_group(partition, outcome.next);
}

void Intake::resume() {
  const Owned<List> list{rd_kafka_topic_partition_list_new(static_cast<int>(parts_.size()))};
  for (const auto& [partition, part] : parts_) rd_kafka_topic_partition_list_add(list.get(), topic_.c_str(), partition);
  if (list->cnt > 0) {
    place(*list);
    if (auto* const error = rd_kafka_seek_partitions(client_.get(), list.get(), seek_ms)) {
      const std::string text = rd_kafka_error_string(error);
      rd_kafka_error_destroy(error);
      throw std::runtime_error("the place to go on from can't be set: " + text);
    }
    // A partition that is not where it should be would go on behind what is put aside just now: a gap.
    for (int i = 0; i < list->cnt; ++i)
      if (const auto error = list->elems[i].err; error != RD_KAFKA_RESP_ERR_NO_ERROR)
        throw std::runtime_error("the place to go on from can't be set in partition " +
                                 std::to_string(list->elems[i].partition) + ": " + rd_kafka_err2str(error));
  }
  must_resume_ = false;
}

// For those who watch the group; what counts is in the database.
void Intake::tell_group(int partition, std::int64_t next) {
  const Owned<List> list{rd_kafka_topic_partition_list_new(1)};
  rd_kafka_topic_partition_list_add(list.get(), topic_.c_str(), partition)->offset = next;
  static_cast<void>(rd_kafka_commit(client_.get(), list.get(), 1));
}

void Intake::show() {
  std::int64_t lag = 0;
  for (const auto& [partition, part] : parts_) {
    std::int64_t low = 0, high = 0;
    if (rd_kafka_get_watermark_offsets(client_.get(), topic_.c_str(), partition, &low, &high) !=
        RD_KAFKA_RESP_ERR_NO_ERROR)
      continue;
    lag += std::max<std::int64_t>(0, high - part.next.value_or(low));
  }
  lag_ = lag;
  partitions_ = static_cast<int>(parts_.size());
}

IntakeFigures Intake::figures() const {
  return {.taken = taken_, .refused = refused_, .lag = lag_, .partitions = partitions_};
}

}  // namespace guerdon::kafka
