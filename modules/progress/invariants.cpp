// What the constraints of the tables can't say about progress.
#include "auth/ports.hpp"
#include "counting.hpp"
#include "progress/module.hpp"

namespace guerdon::progress {
namespace {

constexpr std::int64_t sample = 200;  // the newest states: a whole database is a rebuild's work

bool agrees(Snapshot& snapshot, const StateRow& row) {
  const auto event = event::find_event_or_deleted(snapshot, row.event_id);
  if (!event) return true;             // removed for good a moment ago: its states follow
  if (event->deleted_at) return true;  // nothing is counted there until it is restored and derived anew
  const auto terms = terms_of(*event);
  if (auth::find_deletion(snapshot, row.user_id)) return true;  // their facts are hidden before their states
  auto tally = fold_facts(snapshot, terms, row.user_id).tally;
  if (row.met_at) tally.met_at = row.met_at;
  return row.progress == terms.condition->progress(tally) && row.met_at == tally.met_at;
}

/// Events and users that are waiting to be derived anew are left out.
std::vector<std::string> states_that_are_no_fold(Snapshot& snapshot) {
  std::vector<std::string> lines;
  for (const auto& row : list_settled_states(snapshot, sample))
    if (lines.size() < 100 && !agrees(snapshot, row))
      lines.push_back(row.user_id.to_string() + " in " + row.event_id.to_string());
  return lines;
}

}  // namespace

std::vector<Invariant> invariants() {
  return {{.name = "I17",
           .rule = "Progress is the fold of the facts in the event's window.",
           .violations = states_that_are_no_fold}};
}

}  // namespace guerdon::progress
