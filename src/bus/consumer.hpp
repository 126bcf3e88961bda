// One consumer in one partition: takes the messages of its topic in order and moves its offset in the same
// transaction. It knows neither threads nor the other consumers.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "bus/handling.hpp"
#include "bus/outbox_log.hpp"
#include "bus/parking.hpp"
#include "guerdon/bus.hpp"

namespace guerdon::bus {

struct DeliveryLimits {
  int batch = 64;                                                  ///< messages a pass
  int retries = 32;                                                ///< parked messages a pass
  std::chrono::microseconds budget{std::chrono::milliseconds{5}};  ///< real time a pass; one message always fits
  /// An offset moves past what the consumer ignores once it is so far behind, or has stood still for so long.
  std::int64_t lazy_messages = 1000;
  std::chrono::milliseconds lazy_time{std::chrono::minutes{10}};
  int max_crashes = 3;  ///< of the process, in careful mode, under the same message
};

/// What careful mode found to run.
struct Claim {
  enum class Found { message, nothing, not_yet } found;
  std::int64_t position = 0;
};

class Consumer {
 public:
  Consumer(const Subscription& subscription, int partition, Random& random, const DeliveryLimits& limits)
      : subscription_(subscription),
        limits_(limits),
        partition_(partition),
        parking_(subscription.consumer, partition),
        handling_(subscription, partition, random) {}

  /// A pump's pass. Throws StoreError when the store is to blame and not a message: nothing counts then.
  PumpResult pass(Tx& tx);

  [[nodiscard]] const std::string& name() const noexcept { return subscription_.consumer; }
  [[nodiscard]] const std::string& topic() const noexcept { return subscription_.topic; }
  [[nodiscard]] int partition() const noexcept { return partition_; }

  /// While held, pass() does nothing: careful mode delivers, by claim() and run_claimed().
  void hold(bool held) noexcept { held_ = held; }
  /// Takes the next message up to `until` out of the log, or one that is due again, and counts a crash that run_claimed
  /// takes back: to be committed before it. One that was running in too many crashes is given up.
  Claim claim(Tx& tx, std::int64_t until);
  void run_claimed(Tx& tx, std::int64_t position);

 private:
  class Budget;
  struct Work;

  [[nodiscard]] bool handles_alone(Tx& tx) const {
    return subscription_.options.alone && tx.engine() == Engine::postgres;
  }
  void retry_due(Work& work);
  void retry_key(Work& work, Parked head, int& left);
  void deliver(Work& work);
  void move_on(Work& work);
  Claim claim_new(Tx& tx, const Place& place, std::int64_t until);
  void make_due(Tx& tx, Parked parked) const;

  [[nodiscard]] bool wants(const Delivery& delivery) const {
    return subscription_.type.empty() || subscription_.type == delivery.type;
  }

  const Subscription& subscription_;
  const DeliveryLimits& limits_;
  const int partition_;
  const Parking parking_;
  Handling handling_;
  std::atomic<bool> held_{false};
};

}  // namespace guerdon::bus
