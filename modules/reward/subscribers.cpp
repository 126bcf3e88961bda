// What reward listens to. Declarations only.
#include "subscribers.hpp"

#include "guerdon/bus.hpp"
#include "progress/messages.hpp"
#include "requests.hpp"

namespace guerdon::reward {

void declare_subscribers(Platform& platform, Requests& requests) {
  platform.pumps.add(std::string{backlog_pump}, [&requests](Tx& tx) { return requests.serve_backlog(tx); });
  platform.bus.subscribe<progress::ConditionMet>("reward.condition-met",
                                                 [&requests](Tx& tx, const progress::ConditionMet& message) {
                                                   return requests.serve(tx, message.event_id, message.user_id);
                                                 });
}

}  // namespace guerdon::reward
