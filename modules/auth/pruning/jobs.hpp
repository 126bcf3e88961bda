// The jobs that remove what means nothing any more: expired sessions, unused password resets, old failed attempts.
#pragma once

#include "guerdon/config.hpp"
#include "guerdon/jobs.hpp"

namespace guerdon::auth {

/// `prune-sessions`, `prune-password-resets` and `prune-login-failures`.
void add_pruning_jobs(Jobs& jobs, const JobsConfig& schedules);

}  // namespace guerdon::auth
