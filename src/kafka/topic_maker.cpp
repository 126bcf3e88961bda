// See topic_maker.hpp.
#include "kafka/topic_maker.hpp"

#include <array>
#include <utility>

#include "telemetry/log.hpp"

namespace guerdon::kafka {
namespace {

constexpr int patience_ms = 5000;

int or_default(int number) { return number == 0 ? -1 : number; }

bool is_passing(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR__TIMED_OUT || error == RD_KAFKA_RESP_ERR__TRANSPORT ||
         error == RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT || error == RD_KAFKA_RESP_ERR_NOT_CONTROLLER;
}

void tell(const rd_kafka_topic_result_t& result) {
  const auto error = rd_kafka_topic_result_error(&result);
  const char* const name = rd_kafka_topic_result_name(&result);
  if (error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) return;
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return log::info("kafka", "made a topic", {{"topic", name}});
  const char* const reason = rd_kafka_topic_result_error_string(&result);
  log::warning("kafka", "could not make a topic", {{"topic", name}, {"error", reason == nullptr ? "" : reason}});
}

}  // namespace

TopicMaker::TopicMaker(rd_kafka_t* client, const NewTopics& topics, std::function<void()> on_news)
    : on_news_(std::move(on_news)), queue_(rd_kafka_queue_new(client)) {
  std::array<char, 512> why{};
  std::vector<Owned<rd_kafka_NewTopic_t>> made;
  std::vector<rd_kafka_NewTopic_t*> pointers;
  for (const auto& name : topics.names) {
    made.emplace_back(rd_kafka_NewTopic_new(name.c_str(), or_default(topics.partitions), or_default(topics.replication),
                                            why.data(), why.size()));
    if (made.back()) pointers.push_back(made.back().get());
  }
  const Owned<rd_kafka_AdminOptions_t> options{rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_CREATETOPICS)};
  rd_kafka_AdminOptions_set_request_timeout(options.get(), patience_ms, why.data(), why.size());
  rd_kafka_queue_cb_event_enable(
      queue_.get(), [](rd_kafka_t*, void* self) { static_cast<TopicMaker*>(self)->on_news_(); }, this);
  rd_kafka_CreateTopics(client, pointers.data(), pointers.size(), options.get(), queue_.get());
}

TopicMaker::~TopicMaker() { rd_kafka_queue_cb_event_enable(queue_.get(), nullptr, nullptr); }

TopicMaker::Outcome TopicMaker::poll() {
  const Owned<rd_kafka_event_t> event{rd_kafka_queue_poll(queue_.get(), 0)};
  if (!event || rd_kafka_event_type(event.get()) != RD_KAFKA_EVENT_CREATETOPICS_RESULT) return Outcome::waiting;
  if (const auto error = rd_kafka_event_error(event.get()); error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    log::info("kafka", "topics are not made from here", {{"error", rd_kafka_event_error_string(event.get())}});
    return is_passing(error) ? Outcome::again : Outcome::done;
  }
  std::size_t count = 0;
  const auto* const results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  for (std::size_t i = 0; i < count; ++i) tell(*results[i]);
  return Outcome::done;
}

}  // namespace guerdon::kafka
