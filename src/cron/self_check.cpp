// See self_check.hpp.
#include "cron/self_check.hpp"

#include "telemetry/log.hpp"

namespace guerdon::cron {

Result<void> SelfCheck::run(JobRun& run, const std::stop_token& stop) {
  const auto deadline = std::chrono::steady_clock::now() + bounds_.time;
  const auto reader = database_.open_reader();
  auto& checked = run.counts["checked"];
  auto& broken = run.counts["broken"];
  auto& skipped = run.counts["skipped"];
  std::string first;
  for (std::size_t asked = 0; asked < invariants_.size() && !stop.stop_requested(); ++asked) {
    // One is asked however short the time: otherwise a slow machine would never ask any.
    if (asked > 0 && std::chrono::steady_clock::now() >= deadline) {
      skipped += static_cast<std::int64_t>(invariants_.size() - asked);
      break;
    }
    const auto& invariant = invariants_[next_ % invariants_.size()];
    ++next_;
    const auto violations = ask(*reader, invariant);
    ++(violations ? checked : skipped);
    if (!violations || violations->empty()) continue;
    ++broken;
    if (first.empty())
      first = std::string{invariant.name} + ": " + std::string{invariant.rule} + ": " + violations->front();
    log::error("cron", "what must always hold does not",
               {{"invariant", invariant.name},
                {"rule", invariant.rule},
                {"violation", violations->front()},
                {"violations", violations->size()}});
  }
  if (broken > 0) return Error{problems::internal, first};
  return {};
}

std::optional<std::vector<std::string>> SelfCheck::ask(Reader& reader, const Invariant& invariant) const {
  std::vector<std::string> violations;
  try {
    reader.run([&](Snapshot& snapshot) { violations = invariant.violations(snapshot); }, bounds_.steps);
  } catch (const StoreError& error) {
    if (error.kind() != StoreError::Kind::overrun) throw;
    log::warning("cron", "a question of the self-check took too long; `guerdon verify` takes its time",
                 {{"invariant", invariant.name}, {"rule", invariant.rule}});
    return std::nullopt;
  }
  reader.release();  // no snapshot is held from one question to the next
  return violations;
}

}  // namespace guerdon::cron
