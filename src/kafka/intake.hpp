// Takes activities from a topic of Kafka: as a member of a group, so that servers share the partitions, but by the
// places that the database holds, so that each message counts once. What is refused goes on to <topic>.dlq.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "guerdon/kafka_config.hpp"
#include "kafka/figures.hpp"
#include "kafka/handles.hpp"
#include "kafka/intake_batch.hpp"

namespace guerdon::kafka {

class Intake {
 public:
  Intake(const KafkaConfig& config, Database& database, Intakes::Handler handler);
  ~Intake();  ///< stops
  Intake(const Intake&) = delete;
  Intake& operator=(const Intake&) = delete;

  void start();
  /// Finishes the batch that runs and leaves the group. Before the database is closed. Idempotent.
  void stop();

  [[nodiscard]] IntakeFigures figures() const;

 private:
  struct Part {
    std::optional<std::int64_t> next;  ///< as the database has it
    std::vector<Taken> messages;       ///< received, and not taken
    int broken = 0;                    ///< times in a row that they met something broken in the store
  };

  static void rebalance(rd_kafka_t* client, rd_kafka_resp_err_t error, rd_kafka_topic_partition_list_t* list,
                        void* self);
  void assigned(rd_kafka_topic_partition_list_t& list);
  void place(rd_kafka_topic_partition_list_t& list);
  void run();
  void turn();
  void receive();
  bool keep(const rd_kafka_message_t& message);
  void take(int partition, Part& part);
  void resume();
  void tell_group(int partition, std::int64_t next);
  void show();

  const KafkaConfig& config_;
  const std::string topic_;
  Database& database_;
  const Intakes::Handler handler_;
  Owned<rd_kafka_t> client_;

  std::map<int, Part> parts_;  // assigned
  bool must_resume_ = false;   // what was received is not what comes next
  bool has_trouble_ = false;
  rd_kafka_resp_err_t last_error_ = RD_KAFKA_RESP_ERR_NO_ERROR;  // of the consumer, until a message comes

  std::atomic<std::uint64_t> taken_{0}, refused_{0};
  std::atomic<std::int64_t> lag_{0};
  std::atomic<int> partitions_{0};
  std::atomic<bool> is_stopping_{false};
  std::thread thread_;
};

}  // namespace guerdon::kafka
