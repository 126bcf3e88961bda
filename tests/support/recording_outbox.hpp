// An outbox that only remembers what it was given, for tests that run without a bus.
#pragma once

#include <mutex>
#include <vector>

#include "store/outbox_sink.hpp"

namespace guerdon::test {

class RecordingOutbox final : public store::OutboxSink {
 public:
  void write(Connection&, Instant, std::span<OutgoingMessage>) override {}
  void committed(std::span<const OutgoingMessage> messages) noexcept override {
    const std::lock_guard lock(mutex_);
    messages_.insert(messages_.end(), messages.begin(), messages.end());
  }

  /// All committed so far, in commit order.
  [[nodiscard]] std::vector<OutgoingMessage> messages() const {
    const std::lock_guard lock(mutex_);
    return messages_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<OutgoingMessage> messages_;
};

}  // namespace guerdon::test
