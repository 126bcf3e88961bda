// Bounds and time windows of requests.
#include "model.hpp"

namespace guerdon::reward {
namespace {

constexpr std::int64_t most_points = 1'000'000'000'000;
constexpr std::chrono::days late_requests{7};

Error amount_fault(std::string code, std::string detail) {
  Error error{problems::validation_failed, "the request has faults"};
  error.faults.push_back({"/metadata/amount", false, std::move(code), std::move(detail)});
  return error;
}

}  // namespace

Result<std::int64_t> points_of(const json::object& metadata) {
  const auto* amount = metadata.if_contains("amount");
  if (amount == nullptr) return amount_fault("required", "a POINT reward says how many points it grants");
  if (!amount->is_int64()) return amount_fault("wrong-type", "must be an integer");
  if (amount->get_int64() < 1) return amount_fault("too-small", "must be at least 1");
  if (amount->get_int64() > most_points) return amount_fault("too-large", "must be at most 1000000000000");
  return amount->get_int64();
}

Result<void> check_takes_requests(const event::EventInfo& event, std::optional<Instant> met_at, Instant now) {
  if (event.state == event::EventState::running) return {};
  const bool over = event.state == event::EventState::ended && event.end_at;
  if (over && met_at && *met_at < *event.end_at && now < *event.end_at + late_requests) return {};
  return Error{refusals::event_not_running, "the event takes no requests now"};
}

}  // namespace guerdon::reward
