// Sessions are looked through by user: an index by their end would be written at every log-in, for a job that comes
// once a day.
#include "jobs.hpp"

#include "../throttle/throttle.hpp"
#include "repository.hpp"

namespace guerdon::auth {
namespace {

constexpr std::int64_t sessions_at_once = 500;
constexpr std::chrono::days told_apart{1};  // for so long its holder hears that a session has expired

Result<JobPass> prune_sessions(Tx& tx, JobRun& run) {
  std::optional<UserId> after;
  if (const auto* const known = run.memory.if_contains("after")) {
    const auto& text = known->as_string();
    after = UserId::parse({text.data(), text.size()}).value();
  }
  const auto look = remove_expired_sessions(tx, after, tx.now() - told_apart, sessions_at_once);
  run.counts["rows"] += look.removed;
  if (!look.last) return JobPass::done;
  run.memory["after"] = look.last->to_string();
  return JobPass::more;
}

}  // namespace

void add_pruning_jobs(Jobs& jobs, const JobsConfig& schedules) {
  jobs.add({.name = "prune-sessions", .schedule = schedules.prune_sessions, .pass = prune_sessions});
  jobs.add(pruning_job("prune-password-resets", schedules.prune_password_resets, remove_expired_resets));
  jobs.add(pruning_job("prune-login-failures", schedules.prune_login_failures, prune_throttle));
}

}  // namespace guerdon::auth
