// A Kafka cluster of real wire protocol in this process, on ports of its own (librdkafka's mock): with errors and
// failures by order. It keeps everything in memory, and does not recognise what is sent twice.
#pragma once

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace guerdon::test {

/// A message as a reader of Kafka sees it.
struct KafkaRecord {
  std::string topic, key, value;
  std::map<std::string, std::string> headers;
  int partition = 0;
  std::int64_t offset = 0;
  bool is_null = false;  ///< no value at all
};

class MockKafka {
 public:
  static constexpr std::int16_t produce = 0, metadata = 3, init_producer_id = 22;  // kinds of request

  explicit MockKafka(int brokers = 1);
  ~MockKafka();
  MockKafka(const MockKafka&) = delete;
  MockKafka& operator=(const MockKafka&) = delete;

  [[nodiscard]] std::string brokers() const;

  /// Before anybody speaks to it.
  void make_topic(const std::string& topic, int partitions);
  /// -1 = all of them.
  void down(int broker = -1);
  void up(int broker = -1);
  void slow(std::chrono::milliseconds round_trip);
  /// The next requests of that kind fail so, one after another.
  void fail_next(std::int16_t kind, std::vector<rd_kafka_resp_err_t> errors);
  void stop_failing(std::int16_t kind);
  /// The next requests of that kind are carried out and answered so late.
  void delay_next(int broker, std::int16_t kind, std::vector<std::chrono::milliseconds> delays);
  /// What questions about the topic are answered with; NO_ERROR ends it.
  void refuse_topic(const std::string& topic, rd_kafka_resp_err_t error);
  void set_leader(const std::string& topic, int partition, int broker);

  /// Sends one message, and waits until it has arrived. Throws std::runtime_error.
  void send(const std::string& topic, const std::string& key, const std::string& value);
  void send_null(const std::string& topic, const std::string& key);

 private:
  void send(const std::string& topic, const std::string& key, const std::string* value);
  void forget_sender();

  rd_kafka_t* client_;
  rd_kafka_mock_cluster_t* cluster_;
  rd_kafka_t* sender_ = nullptr;
};

/// Reads topics from their beginnings.
class KafkaReader {
 public:
  using Records = std::vector<KafkaRecord>;

  KafkaReader(const std::string& brokers, const std::vector<std::string>& topics);
  ~KafkaReader();
  KafkaReader(const KafkaReader&) = delete;
  KafkaReader& operator=(const KafkaReader&) = delete;

  /// Reads on until `is_enough`, told all that was read so far; false after the limit.
  [[nodiscard]] bool read_until(const std::function<bool(const Records&)>& is_enough,
                                std::chrono::seconds limit = std::chrono::seconds{60});
  /// What was read so far, by partition in order.
  [[nodiscard]] const Records& records() const { return records_; }
  [[nodiscard]] bool reads(const std::string& topic) const { return topics_.contains(topic); }

 private:
  const std::set<std::string> topics_;
  rd_kafka_t* client_;
  Records records_;
};

}  // namespace guerdon::test
