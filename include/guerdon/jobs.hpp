// Work that comes round by the calendar, as functions of a transaction. The platform runs each occurrence once, on one
// server, makes up once for what was missed, goes on after a crash, and keeps what came of it.
//     platform.jobs.add({.name = "hard-delete", .schedule = config.jobs.hard_delete, .begin = check, .pass =
//     remove_some});
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "guerdon/actor.hpp"
#include "guerdon/cron.hpp"
#include "guerdon/json.hpp"
#include "guerdon/result.hpp"
#include "guerdon/store.hpp"

namespace guerdon {

/// What a run hands on from pass to pass; kept in its row, so that another process can go on with it.
struct JobRun {
  /// An administrator asked for this run and knows how much it does (`{"confirm": true}`).
  bool confirmed = false;
  /// Who asked for it; nobody, where the calendar did.
  std::optional<ActorId> asked_by{};
  /// What it has done so far, under names of the job's own ("users"); shown with the run and kept.
  std::map<std::string, std::int64_t> counts{};
  /// Whatever the next pass has to know. Gone when the run ends.
  json::object memory{};
};

enum class JobPass { done, more };

struct Job {
  /// Lower case with hyphens, unique, and stable for ever: it is the key of its row.
  std::string name;
  /// Off: it runs only when somebody asks for it.
  CronSchedule schedule;
  /// Before the first pass, in a transaction of its own; may be empty. An error is a refusal: the run ends as REFUSED,
  /// with its detail as the reason. It leaves no effects unless it keeps them (`keeping_effects`).
  std::function<Result<void>(Tx&, JobRun&)> begin{};
  /// One chunk, under 5 ms and never above 50; says whether there is more. An error ends the run as FAILED; what is
  /// thrown is tried again, three times in all.
  std::function<Result<JobPass>(Tx&, JobRun&)> pass;
};

class Jobs {
 public:
  virtual ~Jobs() = default;
  /// Before the start only. Throws std::logic_error for a job without a pass, or a second one of that name.
  virtual void add(Job job) = 0;
};

/// A job that removes rows: `prune(tx, limit)` removes at most about `limit` of them and returns how many, less when
/// there are no more.
[[nodiscard]] inline Job pruning_job(std::string name, CronSchedule schedule,
                                     std::function<std::int64_t(Tx&, std::int64_t)> prune) {
  constexpr std::int64_t limit = 500;
  return {.name = std::move(name),
          .schedule = std::move(schedule),
          .begin = {},
          .pass = [prune = std::move(prune)](Tx& tx, JobRun& run) -> Result<JobPass> {
            const auto removed = prune(tx, limit);
            run.counts["rows"] += removed;
            return removed < limit ? JobPass::done : JobPass::more;
          }};
}

}  // namespace guerdon
