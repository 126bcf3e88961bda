// Owners of what librdkafka hands out.
#pragma once

#include <librdkafka/rdkafka.h>

#include <memory>

namespace guerdon::kafka {

struct Destroy {
  void operator()(rd_kafka_t* it) const noexcept { rd_kafka_destroy(it); }
  void operator()(rd_kafka_conf_t* it) const noexcept { rd_kafka_conf_destroy(it); }
  void operator()(rd_kafka_queue_t* it) const noexcept { rd_kafka_queue_destroy(it); }
  void operator()(rd_kafka_event_t* it) const noexcept { rd_kafka_event_destroy(it); }
  void operator()(rd_kafka_headers_t* it) const noexcept { rd_kafka_headers_destroy(it); }
  void operator()(rd_kafka_message_t* it) const noexcept { rd_kafka_message_destroy(it); }
  void operator()(rd_kafka_topic_partition_list_t* it) const noexcept { rd_kafka_topic_partition_list_destroy(it); }
  void operator()(rd_kafka_NewTopic_t* it) const noexcept { rd_kafka_NewTopic_destroy(it); }
  void operator()(rd_kafka_AdminOptions_t* it) const noexcept { rd_kafka_AdminOptions_destroy(it); }
};

template <class T>
using Owned = std::unique_ptr<T, Destroy>;

}  // namespace guerdon::kafka
