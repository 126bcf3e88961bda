// What reward listens to. Declarations only.
#include "subscribers.hpp"

#include "event/messages.hpp"
#include "guerdon/bus.hpp"
#include "progress/messages.hpp"
#include "requests.hpp"

namespace guerdon::reward {
namespace {

/// The parts of an event whose change may let users be served who had to wait until now.
constexpr auto may_open_requests = {event::EventPart::activity, event::EventPart::approval, event::EventPart::period};

}  // namespace

void declare_subscribers(Platform& platform, Requests& requests) {
  platform.pumps.add(std::string{backlog_pump}, [&requests](Tx& tx) { return requests.serve_backlog(tx); });
  platform.bus.subscribe<progress::ConditionMet>("reward.condition-met",
                                                 [&requests](Tx& tx, const progress::ConditionMet& message) {
                                                   return requests.serve(tx, message.event_id, message.user_id);
                                                 });
  auto& pumps = platform.pumps;
  platform.bus.subscribe<event::EventUpdated>(
      "reward.event-updated", [&requests, &pumps](Tx& tx, const event::EventUpdated& message) -> Result<void> {
        if (message.touches(may_open_requests) && requests.request_backlog(tx, message.event_id))
          tx.on_commit([&pumps] { pumps.wake(backlog_pump); });
        return {};
      });
}

}  // namespace guerdon::reward
