#include "support/mock_kafka.hpp"

#include <array>
#include <stdexcept>
#include <utility>

namespace guerdon::test {
namespace {

constexpr int patience_ms = 30'000;

rd_kafka_t* make_client(rd_kafka_type_t type, const std::map<std::string, std::string>& properties) {
  std::array<char, 512> why{};
  auto* const config = rd_kafka_conf_new();
  for (const auto& [name, value] : properties)
    if (rd_kafka_conf_set(config, name.c_str(), value.c_str(), why.data(), why.size()) != RD_KAFKA_CONF_OK)
      throw std::runtime_error(why.data());
  rd_kafka_conf_set_log_cb(config, [](const rd_kafka_t*, int, const char*, const char*) {});
  auto* const client = rd_kafka_new(type, config, why.data(), why.size());
  if (client == nullptr) throw std::runtime_error(why.data());
  return client;
}

void expect(rd_kafka_resp_err_t error) {
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) throw std::runtime_error(rd_kafka_err2str(error));
}

KafkaRecord read_record(const rd_kafka_message_t& message) {
  const auto text = [](const void* bytes, std::size_t size) {
    return bytes == nullptr ? std::string{} : std::string{static_cast<const char*>(bytes), size};
  };
  KafkaRecord record{.topic = rd_kafka_topic_name(message.rkt),
                     .key = text(message.key, message.key_len),
                     .value = text(message.payload, message.len),
                     .headers = {},
                     .partition = message.partition,
                     .offset = message.offset,
                     .is_null = message.payload == nullptr};
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return record;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; ++i)
    record.headers[name] = text(value, size);
  return record;
}

}  // namespace

MockKafka::MockKafka(int brokers)
    : client_(make_client(RD_KAFKA_PRODUCER, {})), cluster_(rd_kafka_mock_cluster_new(client_, brokers)) {
}

MockKafka::~MockKafka() {
  forget_sender();
  rd_kafka_mock_cluster_destroy(cluster_);
  rd_kafka_destroy(client_);
}

std::string MockKafka::brokers() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }

void MockKafka::make_topic(const std::string& topic, int partitions) {
  expect(rd_kafka_mock_topic_create(cluster_, topic.c_str(), partitions, 1));
}

void MockKafka::down(int broker) { expect(rd_kafka_mock_broker_set_down(cluster_, broker)); }
void MockKafka::up(int broker) {
  expect(rd_kafka_mock_broker_set_up(cluster_, broker));
  forget_sender();  // it would wait its time before it connects again
}

void MockKafka::slow(std::chrono::milliseconds round_trip) {
  expect(rd_kafka_mock_broker_set_rtt(cluster_, -1, static_cast<int>(round_trip.count())));
}

void MockKafka::fail_next(std::int16_t kind, std::vector<rd_kafka_resp_err_t> errors) {
  rd_kafka_mock_push_request_errors_array(cluster_, kind, errors.size(), errors.data());
}

void MockKafka::stop_failing(std::int16_t kind) { rd_kafka_mock_clear_request_errors(cluster_, kind); }

void MockKafka::delay_next(int broker, std::int16_t kind, std::vector<std::chrono::milliseconds> delays) {
  for (const auto delay : delays)
    expect(rd_kafka_mock_broker_push_request_error_rtts(cluster_, broker, kind, 1, RD_KAFKA_RESP_ERR_NO_ERROR,
                                                        static_cast<int>(delay.count())));
}

void MockKafka::refuse_topic(const std::string& topic, rd_kafka_resp_err_t error) {
  rd_kafka_mock_topic_set_error(cluster_, topic.c_str(), error);
}

void MockKafka::set_leader(const std::string& topic, int partition, int broker) {
  expect(rd_kafka_mock_partition_set_leader(cluster_, topic.c_str(), partition, broker));
}

void MockKafka::send(const std::string& topic, const std::string& key, const std::string& value) {
  send(topic, key, &value);
}

void MockKafka::send_null(const std::string& topic, const std::string& key) { send(topic, key, nullptr); }

void MockKafka::send(const std::string& topic, const std::string& key, const std::string* value) {
  auto* const bytes =
      value == nullptr ? nullptr : const_cast<char*>(value->data());  // NOLINT: C takes it without const
  const auto size = value == nullptr ? std::size_t{0} : value->size();
  if (sender_ == nullptr) sender_ = make_client(RD_KAFKA_PRODUCER, {{"bootstrap.servers", brokers()}});
  expect(rd_kafka_producev(sender_, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_KEY(key.data(), key.size()),
                           RD_KAFKA_V_VALUE(bytes, size), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END));
  expect(rd_kafka_flush(sender_, patience_ms));
}

void MockKafka::forget_sender() {
  if (sender_ != nullptr) rd_kafka_destroy(std::exchange(sender_, nullptr));
}

KafkaReader::KafkaReader(const std::string& brokers, const std::vector<std::string>& topics)
    : topics_(topics.begin(), topics.end()),
      client_(make_client(RD_KAFKA_CONSUMER, {{"bootstrap.servers", brokers},
                                              {"group.id", "reader"},
                                              {"auto.offset.reset", "earliest"},
                                              {"enable.auto.commit", "false"},
                                              {"fetch.wait.max.ms", "50"},
                                              {"topic.metadata.refresh.interval.ms", "500"}})) {
  // Assigned rather than subscribed: no group has to come together first.
  auto* const list = rd_kafka_topic_partition_list_new(1);
  for (const auto& topic : topics) {
    const struct rd_kafka_metadata* metadata = nullptr;
    auto* const handle = rd_kafka_topic_new(client_, topic.c_str(), nullptr);
    expect(rd_kafka_metadata(client_, 0, handle, &metadata, patience_ms));
    for (int partition = 0; partition < metadata->topics[0].partition_cnt; ++partition)
      rd_kafka_topic_partition_list_add(list, topic.c_str(), partition)->offset = RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_metadata_destroy(metadata);
    rd_kafka_topic_destroy(handle);
  }
  expect(rd_kafka_assign(client_, list));
  rd_kafka_topic_partition_list_destroy(list);
}

KafkaReader::~KafkaReader() {
  rd_kafka_consumer_close(client_);
  rd_kafka_destroy(client_);
}

bool KafkaReader::read_until(const std::function<bool(const Records&)>& is_enough, std::chrono::seconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!is_enough(records_)) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    auto* const message = rd_kafka_consumer_poll(client_, 100);
    if (message == nullptr) continue;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) records_.push_back(read_record(*message));
    rd_kafka_message_destroy(message);
  }
  return true;
}

}  // namespace guerdon::test
