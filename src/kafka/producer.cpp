// See producer.hpp.
#include "kafka/producer.hpp"

#include <array>
#include <utility>

#include "kafka/client_config.hpp"
#include "telemetry/log.hpp"

namespace guerdon::kafka {

Verdict verdict_of(rd_kafka_resp_err_t error) {
  switch (error) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      return Verdict::delivered;
    case RD_KAFKA_RESP_ERR__PURGE_QUEUE:
    case RD_KAFKA_RESP_ERR__PURGE_INFLIGHT:
    case RD_KAFKA_RESP_ERR__FATAL:
    case RD_KAFKA_RESP_ERR__GAPLESS_GUARANTEE:
    case RD_KAFKA_RESP_ERR__DESTROY:
    case RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER:
    case RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID:
    case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH:
    case RD_KAFKA_RESP_ERR_PRODUCER_FENCED:
      return Verdict::undecided;
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
      return Verdict::too_large;
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
      return Verdict::bad;
    default:
      return Verdict::refused;
  }
}

Producer::Producer(const KafkaConfig& config, const std::map<std::string, std::string>& further, Hooks hooks)
    : hooks_(std::move(hooks)) {
  auto settings = client_config(config, Role::producer, further);
  rd_kafka_conf_set_opaque(settings.get(), this);
  rd_kafka_conf_set_dr_msg_cb(settings.get(), &Producer::report);
  rd_kafka_conf_set_error_cb(settings.get(), &Producer::error);
  rd_kafka_conf_set_stats_cb(settings.get(), &Producer::statistics);
  client_ = make_client(std::move(settings), Role::producer);
  queue_.reset(rd_kafka_queue_get_main(client_.get()));
  rd_kafka_queue_cb_event_enable(queue_.get(), &Producer::news, this);
}

Producer::~Producer() {
  rd_kafka_queue_cb_event_enable(queue_.get(), nullptr, nullptr);
  queue_.reset();
  // What is still queued or under way would keep the end waiting.
  rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING);
}

rd_kafka_resp_err_t Producer::send(const Record& record, void* tag) {
  std::array<rd_kafka_vu_t, 6> parts{};
  std::size_t count = 0;
  const auto add = [&](rd_kafka_vtype_t type) -> rd_kafka_vu_t& {
    parts[count].vtype = type;
    return parts[count++];
  };
  const std::string topic{record.topic};
  add(RD_KAFKA_VTYPE_TOPIC).u.cstr = topic.c_str();
  add(RD_KAFKA_VTYPE_MSGFLAGS).u.i = RD_KAFKA_MSG_F_COPY;
  auto& key = add(RD_KAFKA_VTYPE_KEY);
  key.u.mem = {const_cast<char*>(record.key.data()), record.key.size()};  // NOLINT: C takes it without const
  auto& value = add(RD_KAFKA_VTYPE_VALUE);
  value.u.mem = {const_cast<char*>(record.value.data()), record.value.size()};  // NOLINT: the same
  add(RD_KAFKA_VTYPE_OPAQUE).u.ptr = tag;
  // Headers of our own: those that are given one by one are freed twice when the topic is refused here and now
  // (librdkafka's issue 4627). These go with the message once it is taken, and stay ours when it is not.
  Owned<rd_kafka_headers_t> headers{rd_kafka_headers_new(3)};
  const auto add_header = [&](const char* name, std::string_view text) {
    static_cast<void>(rd_kafka_header_add(headers.get(), name, -1, text.data(), static_cast<ssize_t>(text.size())));
  };
  add_header("id", record.id);
  add_header("type", record.type);
  if (!record.traceparent.empty()) add_header("traceparent", record.traceparent);
  add(RD_KAFKA_VTYPE_HEADERS).u.headers = headers.get();
  auto* const failure = rd_kafka_produceva(client_.get(), parts.data(), count);
  if (failure == nullptr) {
    static_cast<void>(headers.release());
    return RD_KAFKA_RESP_ERR_NO_ERROR;
  }
  const auto code = rd_kafka_error_code(failure);
  rd_kafka_error_destroy(failure);
  return code;
}

void Producer::poll() {
  while (rd_kafka_poll(client_.get(), 0) > 0) {
  }
  if (!broken_.empty()) return;
  std::array<char, 512> why{};
  if (rd_kafka_fatal_error(client_.get(), why.data(), why.size()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    broken_ = why.data();
    if (broken_.empty()) broken_ = "unknown";
  }
}

void Producer::report(rd_kafka_t*, const rd_kafka_message_t* message, void* self) {
  auto& producer = *static_cast<Producer*>(self);
  auto& brokers_up = producer.statistics_.brokers_up;
  if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR && brokers_up.value_or(0) == 0) brokers_up = 1;
  producer.hooks_.on_report(message->_private, message->err);
}

// Connections that fail are in librdkafka's own log; here is what else it has to say.
void Producer::error(rd_kafka_t*, int code, const char* reason, void* self) {
  const auto error = static_cast<rd_kafka_resp_err_t>(code);
  if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) static_cast<Producer*>(self)->statistics_.brokers_up = 0;
  log::debug("kafka", "the producer reports an error", {{"code", rd_kafka_err2name(error)}, {"error", reason}});
}

int Producer::statistics(rd_kafka_t*, char* text, size_t size, void* self) {
  static_cast<Producer*>(self)->statistics_ = read_statistics({text, size});
  return 0;  // librdkafka frees the text
}

void Producer::news(rd_kafka_t*, void* self) { static_cast<Producer*>(self)->hooks_.on_news(); }

}  // namespace guerdon::kafka
