// The time windows of requests.
#include "model.hpp"

namespace guerdon::reward {
namespace {

constexpr std::chrono::days late_requests{7};

}  // namespace

std::optional<Instant> closes_at(const event::EventInfo& event) {
  if (!event.end_at) return std::nullopt;
  return *event.end_at + late_requests;
}

Result<void> check_takes_requests(const event::EventInfo& event, std::optional<Instant> met_at, Instant now) {
  if (event.state == event::EventState::running) return {};
  const bool over = event.state == event::EventState::ended && event.end_at;
  if (over && met_at && *met_at < *event.end_at && now < *closes_at(event)) return {};
  return Error{refusals::event_not_running, "the event takes no requests now"};
}

}  // namespace guerdon::reward
