// See metrics.hpp. Attempts that are refused unheard, because a lock is on, are no messages: they are counted as
// answers with the problem too-many-attempts.
#include "metrics.hpp"

#include "auth/messages.hpp"
#include "guerdon/metrics.hpp"

namespace guerdon::auth {

void declare_metrics(Metrics& metrics) {
  metrics.count<LoginSucceeded>("auth_logins_total", "Log-ins that succeeded.");
  metrics.count<LoginFailed>("auth_login_failures_total", "Log-ins that were refused, by reason.", "reason",
                             &LoginFailed::reason);
  metrics.count<BruteForceSuspected>("auth_lockouts_total",
                                     "Locks of accounts, names and addresses after too many failed attempts.");
  metrics.count<RefreshTokenReused>("auth_refresh_tokens_reused_total",
                                    "Sessions that ended because a refresh token was used again.");
}

}  // namespace guerdon::auth
