// Calls a subscriber's handler for one message and records what came of it: nothing, a parked message with the time of
// its next attempt, or a dead letter. It decides what is the message's fault and what the store's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bus/parking.hpp"
#include "guerdon/bus.hpp"
#include "guerdon/function_ref.hpp"
#include "guerdon/random.hpp"

namespace guerdon::bus {

/// What one call of Bus::add asked for.
struct Subscription {
  std::string consumer, topic, type;
  Bus::Handler handler;
  SubscribeOptions options;
};

/// Every function throws StoreError when the store is to blame: then nothing of the transaction may be kept, and no
/// attempt counts.
class Handling {
 public:
  Handling(const Subscription& subscription, int partition, Random& random)
      : subscription_(subscription), random_(random), parking_(subscription.consumer, partition) {}

  /// A message from the log. False when it failed: it is parked now, or given up.
  bool run_new(Tx& tx, const Delivery& delivery);
  /// The first parked message of its key. False when it failed and the key has to wait.
  bool run_parked(Tx& tx, Parked& parked);
  /// Gives the first parked message of its key up, for the reason in `error`.
  void give_up(Tx& tx, const Parked& parked);

 private:
  using Hook = std::function<void(Tx&, const DeliveryFailure&)>;

  std::optional<std::string> call(Tx& tx, const Delivery& delivery);
  std::optional<std::string> guarded(Tx& tx, const Delivery& delivery, FunctionRef<Result<void>()> fn);
  [[nodiscard]] bool is_to_blame(const StoreError& error, std::int64_t position);
  /// True when the message may be tried again.
  bool count_failure(Tx& tx, Parked& parked, std::string error);
  void bury(Tx& tx, const Parked& parked);
  void tell(Tx& tx, const Hook& hook, const Parked& parked);

  const Subscription& subscription_;
  Random& random_;
  const Parking parking_;
  // The message that the store broke on last, and how often in a row. Only a guess about passes that were undone: what
  // is in the database never depends on it.
  std::int64_t suspect_ = 0;
  int suspected_ = 0;
};

}  // namespace guerdon::bus
