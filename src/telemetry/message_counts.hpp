// Committed messages, counted: each type that is known, and what parts of the server want counted of them.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "guerdon/bus.hpp"
#include "guerdon/metrics.hpp"
#include "guerdon/store.hpp"

namespace guerdon::telemetry {

/// Life cycle: declare and add while wiring → note() and collect() from any thread.
class MessageCounts {
 public:
  void declare(const std::vector<MessageType>& catalogue);
  void add(MessageCounter counter);

  /// What has just been committed; their payloads must be there still.
  void note(std::span<const OutgoingMessage> messages) noexcept;
  void collect(MetricSheet& sheet) const;

 private:
  struct Tally {
    explicit Tally(MessageCounter told) : counter(std::move(told)), counts(counter.values.size() + 1) {}
    void note(const OutgoingMessage& message) noexcept;

    const MessageCounter counter;
    std::vector<std::atomic<std::uint64_t>> counts;  // by value; the last one is of what has none
  };
  struct Type {
    std::atomic<std::uint64_t> published{0};
    std::vector<std::unique_ptr<Tally>> tallies;
  };
  using Name = std::pair<std::string_view, std::string_view>;  // topic and type

  std::map<Name, Type> types_;
  std::atomic<std::uint64_t> unknown_{0};
};

}  // namespace guerdon::telemetry
