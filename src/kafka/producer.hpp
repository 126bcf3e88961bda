// One idempotent producer: takes messages, says what became of each. It keeps their order or breaks for good; then it
// is of no more use, and whoever owns it makes another one.
#pragma once

#include <librdkafka/rdkafka.h>

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "guerdon/kafka_config.hpp"
#include "kafka/handles.hpp"
#include "kafka/statistics.hpp"

namespace guerdon::kafka {

struct Record {
  std::string_view topic, key, value;
  std::string_view id, type, traceparent;  ///< headers; an empty traceparent is left out
};

/// What an error says about the message it came with.
enum class Verdict {
  delivered,
  undecided,  ///< the producer broke or was emptied: the message may or may not have arrived
  too_large,
  bad,     ///< this message is refused, whoever sends it and when
  refused  ///< its topic is: not allowed, not there, out of order
};
[[nodiscard]] Verdict verdict_of(rd_kafka_resp_err_t error);

class Producer {
 public:
  struct Hooks {
    /// Within poll(): what became of the message with this tag.
    std::function<void(void* tag, rd_kafka_resp_err_t error)> on_report;
    /// There is something for poll(). On any thread, must not block.
    std::function<void()> on_news;
  };

  /// `further` wins over the configured properties. Throws StartError.
  Producer(const KafkaConfig& config, const std::map<std::string, std::string>& further, Hooks hooks);
  /// What has not been reported by then never is.
  ~Producer();
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;

  /// Hands a message over, copying it. Any error: it was not taken, and will not be reported.
  [[nodiscard]] rd_kafka_resp_err_t send(const Record& record, void* tag);
  /// Reports what is known by now. Does not wait.
  void poll();
  /// After poll(). Why it broke, in words; empty while it has not.
  [[nodiscard]] const std::string& broken() const noexcept { return broken_; }
  /// The last that it said about itself.
  [[nodiscard]] const Statistics& statistics() const noexcept { return statistics_; }
  [[nodiscard]] rd_kafka_t* client() const noexcept { return client_.get(); }

 private:
  static void report(rd_kafka_t*, const rd_kafka_message_t* message, void* self);
  static void error(rd_kafka_t* client, int code, const char* reason, void* self);
  static int statistics(rd_kafka_t*, char* text, size_t size, void* self);
  static void news(rd_kafka_t*, void* self);

  const Hooks hooks_;
  std::string broken_;
  Statistics statistics_;
  Owned<rd_kafka_t> client_;
  Owned<rd_kafka_queue_t> queue_;
};

}  // namespace guerdon::kafka
