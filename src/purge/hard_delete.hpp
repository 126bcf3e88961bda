// The hard delete: users, then events, that were softly deleted long enough ago are removed for good, in batches that
// hold the writer for some milliseconds. It refuses when the clock has jumped and when too many would go at once, until
// an ADMIN confirms. Who can't be removed holds up nobody else. The job `hard-delete` calls begin(), and then pass()
// until all is done.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guerdon/caller.hpp"
#include "guerdon/function_ref.hpp"
#include "guerdon/purge.hpp"
#include "purge/clock_guard.hpp"
#include "purge/runs.hpp"

namespace guerdon {

inline constexpr Problem nothing_to_confirm{409, "nothing-to-confirm"};
inline constexpr Problem hard_delete_refused{409, "hard-delete-refused"};  ///< the outcome of a job, not of a call

struct HardDeleteRules {
  std::chrono::days retention{30};
  std::int64_t most_users = 1000;  ///< go without a confirmation, or
  std::int64_t most_share = 20;    ///< one of so many, if that is more
  std::int64_t rows_a_pass = 200;  ///< some milliseconds on either engine
  std::int64_t subjects_a_pass = 16;
  std::int64_t answers_a_pass = 100;
};

/// What came of asking for a run.
struct PurgeStart {
  enum class Outcome { started, running, refused };
  Outcome outcome = Outcome::started;
  PurgeRunId run;
  std::string refusal{};  ///< "clock-jumped" or "too-many-users"
  std::int64_t due_users = 0, due_events = 0;
};

class HardDelete {
 public:
  struct Parts {
    ClockGuard& clock;
    PurgeSource users, events;
    std::vector<PurgeOwner> owners;
    /// Called in the transaction that ends a run: what it removed is to vanish from the store's files as well.
    std::function<void(Tx&, PurgeRunId)> erase;
  };

  static constexpr std::string_view job = "hard-delete";

  HardDelete(HardDeleteRules rules, Parts parts);
  HardDelete(const HardDelete&) = delete;
  HardDelete& operator=(const HardDelete&) = delete;

  /// A run that is under way goes on; a refusal is kept and audited. Confirmed by an ADMIN, where the last one was
  /// refused, it is as confirm().
  PurgeStart begin(Tx& tx, const std::optional<ActorId>& confirmed_by = {});
  /// Starts the run that was refused last: who was due then goes, and nobody else. The job has to be asked for, to work
  /// it off. A run that is under way goes on. Errors: nothing-to-confirm.
  Result<PurgeStart> confirm(Tx& tx, const Caller& caller);
  /// One batch of the run under way. True when there is none (any more).
  bool pass(Tx& tx);

 private:
  struct Kind;

  [[nodiscard]] PurgeRun new_run(Tx& tx, Instant until) const;
  [[nodiscard]] std::optional<std::string> reason_to_refuse(Tx& tx, const PurgeRun& run) const;
  PurgeStart start(Tx& tx, PurgeRun run);
  PurgeStart start_confirmed(Tx& tx, const PurgeRun& refused, const Caller& caller);
  [[nodiscard]] bool clear(Tx& tx, const Kind& kind, const Uuid& id, PurgeBatch& batch) const;
  [[nodiscard]] bool attempt_one(Tx& tx, const Kind& kind, PurgeRun& run, const Uuid& id,
                                 FunctionRef<void(PurgeRun&)> work) const;
  [[nodiscard]] std::vector<Uuid> list_due(Tx& tx, const Kind& kind, const PurgeRun& run) const;
  void remove(Tx& tx, const Kind& kind, PurgeRun& run, PurgeRemains remains, PurgeBatch one, std::int64_t& room) const;
  [[nodiscard]] bool remove_subjects(Tx& tx, const Kind& kind, PurgeRun& run) const;
  [[nodiscard]] bool remove_answers(Tx& tx, PurgeRun& run) const;
  [[nodiscard]] bool tidy(Tx& tx, PurgeRun& run) const;
  [[nodiscard]] bool work_on(Tx& tx, PurgeRun& run) const;
  void finish(Tx& tx, PurgeRun& run) const;

  const HardDeleteRules rules_;
  const Parts parts_;
};

}  // namespace guerdon
