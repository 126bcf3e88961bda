// See metrics.hpp.
#include "metrics.hpp"

#include "guerdon/metrics.hpp"
#include "reward/messages.hpp"

namespace guerdon::reward {

void declare_metrics(Metrics& metrics) {
  metrics.count<RewardRequested>("reward_requests_total", "Requests that were made, by users or for them.");
  metrics.count<RewardRequestApproved>("reward_requests_approved_total", "Requests that were approved.");
  metrics.count<RewardRequestRejected>("reward_requests_rejected_total", "Requests that were rejected.");
  metrics.count<RewardGranted>("reward_grants_total", "Rewards that went into a wallet, by type.", "type",
                               &RewardGranted::reward_type);
}

}  // namespace guerdon::reward
