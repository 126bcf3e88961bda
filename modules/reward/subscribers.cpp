// What reward listens to. Declarations only.
#include "subscribers.hpp"

#include "closings.hpp"
#include "event/messages.hpp"
#include "guerdon/bus.hpp"
#include "progress/messages.hpp"
#include "requests.hpp"

namespace guerdon::reward {
namespace {

/// The parts of an event whose change may let users be served who had to wait until now.
constexpr auto may_open_requests = {event::EventPart::activity, event::EventPart::approval, event::EventPart::period};

/// Whatever happens to an event may move its end: created, changed, deleted or restored.
void declare_closings(Platform& platform) {
  auto& pumps = platform.pumps;
  pumps.add(std::string{closings_pump}, close_requests);
  platform.bus.add("reward.closings", std::string{event::EventCreated::topic}, {},
                   [&pumps](Tx& tx, const Delivery& delivery) -> Result<void> {
                     plan_closing(tx, event::EventId::parse(delivery.key).value());
                     tx.on_commit([&pumps] { pumps.wake(closings_pump); });
                     return {};
                   },
                   {});
}

}  // namespace

void declare_subscribers(Platform& platform, Requests& requests) {
  platform.pumps.add(std::string{backlog_pump}, [&requests](Tx& tx) { return requests.serve_backlog(tx); });
  // One user's rewards at a time: locks of a second one would break the order (README, Locks).
  platform.bus.subscribe<progress::ConditionMet>("reward.condition-met",
                                                 [&requests](Tx& tx, const progress::ConditionMet& message) {
                                                   return requests.serve(tx, message.event_id, message.user_id);
                                                 },
                                                 {.alone = true});
  auto& pumps = platform.pumps;
  platform.bus.subscribe<event::EventUpdated>(
      "reward.event-updated", [&requests, &pumps](Tx& tx, const event::EventUpdated& message) -> Result<void> {
        if (message.touches(may_open_requests) && requests.request_backlog(tx, message.event_id))
          tx.on_commit([&pumps] { pumps.wake(backlog_pump); });
        return {};
      });
  platform.bus.subscribe<event::EventRestored>(
      "reward.event-restored", [&requests, &pumps](Tx& tx, const event::EventRestored& message) -> Result<void> {
        if (requests.request_backlog(tx, message.event_id)) tx.on_commit([&pumps] { pumps.wake(backlog_pump); });
        return {};
      });
  declare_closings(platform);
}

}  // namespace guerdon::reward
