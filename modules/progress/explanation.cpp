// Folds the facts once more, one by one, and looks at what each of them changes.
#include "explanation.hpp"

#include <algorithm>

#include "counting.hpp"
#include "fact_repository.hpp"
#include "service.hpp"

namespace guerdon::progress {
namespace {

constexpr std::size_t most_facts = 500;
constexpr std::chrono::days before_the_event{7};

std::optional<NotCounted> outside(const Window& window, Instant at) {
  if (at < window.period.from) return NotCounted::before_start;
  if (window.period.to && at >= *window.period.to) return NotCounted::after_end;
  if (!window.counts(at)) return NotCounted::paused;
  return std::nullopt;
}

/// Brings the tally up to date with the fact, if it counts; otherwise says why it does not.
std::optional<NotCounted> try_to_count(const Terms& terms, const Fact& fact, Tally& tally) {
  if (const auto reason = outside(terms.window, fact.key.at)) return reason;
  if (!terms.condition->listens(fact)) return NotCounted::no_match;
  if (tally.met_at) return NotCounted::already_met;
  auto next = terms.condition->fold(tally, {&fact, 1}, terms.window.zone);
  if (next == tally) return NotCounted::repeat;
  tally = std::move(next);
  return std::nullopt;
}

ExplainedFact explained(const Terms& terms, const Fact& fact, Tally& tally) {
  ExplainedFact line{.at = fact.key.at,
                     .day = terms.window.zone.local_date(fact.key.at),
                     .source = fact.key.source,
                     .activity = {},
                     .id = {},
                     .counted = false,
                     .reason = {},
                     .progress = 0};
  if (!fact.activity.empty()) line.activity = fact.activity;
  if (!fact.key.id.empty()) line.id = fact.key.id;
  const auto reason = try_to_count(terms, fact, tally);
  line.counted = !reason;
  if (reason) line.reason = *reason;
  line.progress = terms.condition->progress(tally);
  return line;
}

std::vector<ExplainedFact> explain(Snapshot& snapshot, const Terms& terms, UserId user) {
  const Interval period{terms.window.period.from - before_the_event, std::nullopt};
  Tally tally;
  std::vector<ExplainedFact> lines;
  for (const auto& fact : list_facts(snapshot, user, period, terms.sources))
    lines.push_back(explained(terms, fact, tally));
  if (lines.size() > most_facts) lines.erase(lines.begin(), lines.end() - most_facts);
  return lines;
}

}  // namespace

Result<ExplainedProgress> get_explained(Snapshot& snapshot, const Caller& caller, const Service& service,
                                        event::EventId event, const ProgressQuery& query) {
  auto view = service.get_progress(snapshot, caller, event, query);
  if (!view) return view.error();
  ExplainedProgress answer;
  static_cast<ProgressView&>(answer) = *std::move(view);
  if (!query.explain.value_or(false)) return answer;
  const auto found = event::find_event_or_deleted(snapshot, event);
  answer.explanation = explain(snapshot, terms_of(found.value()), answer.user_id);
  return answer;
}

}  // namespace guerdon::progress
