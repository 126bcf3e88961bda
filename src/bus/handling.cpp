// See handling.hpp.
#include "bus/handling.hpp"

#include <new>

#include "bus/backoff.hpp"
#include "store/transaction.hpp"
#include "telemetry/log.hpp"
#include "telemetry/trace.hpp"

namespace guerdon::bus {
namespace {

constexpr int broken_at_most = 3;
constexpr std::size_t longest_error = 500;

// Anything may be in an exception's text; the store wants UTF-8 without NUL.
std::string as_stored(std::string text) {
  text.resize(std::min(text.size(), longest_error));
  for (auto& c : text)
    if (c < ' ' || c > '~') c = '?';
  return text;
}

std::string describe(const Error& error) {
  std::string text{error.problem.code};
  if (!error.detail.empty()) text += ": " + error.detail;
  if (!error.faults.empty()) text += " (" + error.faults.front().where + " " + error.faults.front().detail + ")";
  return text;
}

// While it lives, what is published and logged belongs to the trace of the message that is the cause.
class WithinTrace {
 public:
  WithinTrace(Tx& tx, const Delivery& delivery)
      : tx_(tx), traceparent_(header(delivery)), log_scope_({}, trace_id_of(traceparent_)) {
    store::set_traceparent(tx_, traceparent_);
  }
  ~WithinTrace() { store::set_traceparent(tx_, {}); }
  WithinTrace(const WithinTrace&) = delete;
  WithinTrace& operator=(const WithinTrace&) = delete;

 private:
  static std::string header(const Delivery& delivery) {
    const auto* const value = delivery.headers.if_contains("traceparent");
    return value != nullptr && value->is_string() ? std::string{value->get_string()} : std::string{};
  }

  Tx& tx_;
  const std::string traceparent_;
  const log::RequestScope log_scope_;
};

}  // namespace

bool Handling::run_new(Tx& tx, const Delivery& delivery) {
  auto error = call(tx, delivery);
  if (!error) return true;
  Parked parked{.delivery = delivery};
  if (count_failure(tx, parked, *std::move(error)))
    parking_.add(tx, parked);
  else
    bury(tx, parked);
  return false;
}

bool Handling::run_parked(Tx& tx, Parked& parked) {
  auto error = call(tx, parked.delivery);
  if (error && count_failure(tx, parked, *std::move(error))) {
    parking_.update(tx, parked);
    return false;
  }
  parking_.remove(tx, parked.delivery.position);
  if (error) bury(tx, parked);
  return true;
}

void Handling::give_up(Tx& tx, const Parked& parked) {
  parking_.remove(tx, parked.delivery.position);
  bury(tx, parked);
}

std::optional<std::string> Handling::call(Tx& tx, const Delivery& delivery) {
  return guarded(tx, delivery, [&] { return subscription_.handler(tx, delivery); });
}

// What went wrong in words, undone already; empty when nothing did.
std::optional<std::string> Handling::guarded(Tx& tx, const Delivery& delivery, FunctionRef<Result<void>()> fn) {
  const WithinTrace scope{tx, delivery};
  try {
    const auto result = tx.savepoint([&]() -> Result<void> {
      auto outcome = fn();
      if (outcome) return outcome;
      auto refusal = std::move(outcome).error();
      refusal.keeps_effects = false;  // it runs again, so nothing of it may stay
      return refusal;
    });
    if (result) return std::nullopt;
    return as_stored(describe(result.error()));
  } catch (const StoreError& error) {
    if (!is_to_blame(error, delivery.position)) throw;
    return as_stored(error.what());
  } catch (const std::bad_alloc&) {
    throw;  // of the process, not of the message
  } catch (const std::exception& error) {
    return as_stored(error.what());
  } catch (...) {
    return "something that is no exception was thrown";
  }
}

// A violated constraint is the message's doing. What is merely broken may be the disk or the handler's SQL: when the
// same message meets it again and again, the store has recovered in between and the message is to blame.
bool Handling::is_to_blame(const StoreError& error, std::int64_t position) {
  if (error.kind() == StoreError::Kind::constraint) return true;
  if (error.kind() != StoreError::Kind::broken) return false;
  if (std::exchange(suspect_, position) != position) suspected_ = 0;
  return ++suspected_ >= broken_at_most;
}

bool Handling::count_failure(Tx& tx, Parked& parked, std::string error) {
  const auto& options = subscription_.options;
  ++parked.attempts;
  parked.error = std::move(error);
  if (!parked.first_at) parked.first_at = tx.now();
  if (parked.attempts + parked.crashes >= options.max_attempts) return false;
  parked.next_at = tx.now() + jittered(random_, backoff_bound(parked.attempts, options.first_delay, options.max_delay));
  tell(tx, options.on_failed, parked);
  if (parked.attempts == 1)
    tx.on_commit([consumer = &subscription_.consumer, id = parked.delivery.id, text = parked.error] {
      log::warning("bus", "a message failed and is parked",
                   {{"consumer", *consumer}, {"messageId", id.to_string()}, {"error", text}});
    });
  return true;
}

void Handling::bury(Tx& tx, const Parked& parked) {
  const auto& message = parked.delivery;
  const bool is_dropped = message.topic.ends_with(".dlq");  // it speaks of a dead letter: that one is kept
  if (!is_dropped) {
    add_dead_letter(tx, subscription_.consumer, parked);
    tell(tx, subscription_.options.on_dead, parked);
  }
  tx.on_commit([consumer = &subscription_.consumer, id = message.id, text = parked.error, is_dropped] {
    log::error("bus", is_dropped ? "a message about a dead letter was dropped" : "a message became a dead letter",
               {{"consumer", *consumer}, {"messageId", id.to_string()}, {"error", text}});
  });
}

void Handling::tell(Tx& tx, const Hook& hook, const Parked& parked) {
  if (!hook) return;
  const DeliveryFailure failure{parked.delivery, subscription_.consumer, parked.attempts + parked.crashes,
                                parked.error};
  const auto error = guarded(tx, parked.delivery, [&]() -> Result<void> {
    hook(tx, failure);
    return {};
  });
  if (!error) return;
  tx.on_commit([consumer = &subscription_.consumer, id = parked.delivery.id, text = *error] {
    log::error("bus", "the hook of a failed message threw",
               {{"consumer", *consumer}, {"messageId", id.to_string()}, {"error", text}});
  });
}

}  // namespace guerdon::bus
