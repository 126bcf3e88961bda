// Folds the facts once more, one by one, and looks at what each of them changes.
#include "explanation.hpp"

#include <algorithm>
#include <deque>
#include <iterator>
#include <map>

#include "counting.hpp"
#include "fact_repository.hpp"
#include "service.hpp"

namespace guerdon::progress {
namespace {

constexpr std::size_t most_facts = 500;
constexpr std::chrono::days before_the_event{7};

using Reason = std::optional<std::string_view>;  // why it did not count

Reason outside(const Window& window, Instant at) {
  if (at < window.period.from) return "before-start";
  if (window.period.to && at >= *window.period.to) return "after-end";
  if (!window.counts(at)) return "paused";
  return std::nullopt;
}

/// Brings the tally up to date with the fact, if it counts; otherwise says why it does not.
Reason try_to_count(const Terms& terms, const Fact& fact, Tally& tally) {
  if (const auto reason = outside(terms.window, fact.key.at)) return reason;
  if (!terms.condition->listens(fact)) return "not-matching";
  if (tally.met_at) return "late";
  auto next = terms.condition->fold(tally, {&fact, 1}, terms.window.zone);
  if (next == tally) return "repeat-day";
  tally = std::move(next);
  return std::nullopt;
}

ExplainedFact line_of(const Terms& terms, const Fact& fact, Reason reason, const Tally& tally) {
  ExplainedFact line{.at = fact.key.at,
                     .type = fact.activity.empty() ? std::string{wire_name(fact.key.source)} : fact.activity,
                     .day_key = terms.window.zone.local_date(fact.key.at),
                     .counted = !reason,
                     .reason = {},
                     .id = {},
                     .progress = terms.condition->progress(tally)};
  if (reason) line.reason = *reason;
  if (!fact.key.id.empty()) line.id = fact.key.id;
  return line;
}

/// Facts that can't count whatever the condition's window says, with the reason.
std::map<FactKey, std::string_view> list_void(Snapshot& snapshot, const Terms& terms, UserId user, Interval period) {
  std::map<FactKey, std::string_view> found;
  if (!terms.sources.signups && !terms.sources.first_logins) return found;
  for (const auto& [key, is_self] : list_void_invitations(snapshot, user, period))
    if (is_self || !terms.sources.signups) found.emplace(key, is_self ? "self" : "not-qualified");
  return found;
}

std::vector<ExplainedFact> explain(Snapshot& snapshot, const Terms& terms, UserId user) {
  const Interval period{terms.window.period.from - before_the_event, std::nullopt};
  const auto cannot_count = list_void(snapshot, terms, user, period);
  auto facts = list_facts(snapshot, user, period, terms.sources);
  for (const auto& [key, reason] : cannot_count) facts.push_back({.key = key});
  std::ranges::sort(facts, {}, &Fact::key);

  Tally tally;
  std::deque<ExplainedFact> lines;
  for (const auto& fact : facts) {
    const auto never = cannot_count.find(fact.key);
    const auto reason = never != cannot_count.end() ? Reason{never->second} : try_to_count(terms, fact, tally);
    lines.push_back(line_of(terms, fact, reason, tally));
    if (lines.size() > most_facts) lines.pop_front();
  }
  return {std::make_move_iterator(lines.begin()), std::make_move_iterator(lines.end())};
}

}  // namespace

Result<ExplainedProgress> get_explained(Snapshot& snapshot, const Caller& caller, const Service& service,
                                        event::EventId event, const ProgressQuery& query) {
  auto view = service.get_progress(snapshot, caller, event, query);
  if (!view) return view.error();
  ExplainedProgress answer;
  static_cast<ProgressView&>(answer) = *std::move(view);
  if (!query.explain.value_or(false) || answer.deleted_at) return answer;
  const auto found = event::find_event_or_deleted(snapshot, event);
  answer.explain = explain(snapshot, terms_of(found.value()), answer.user_id);
  return answer;
}

}  // namespace guerdon::progress
