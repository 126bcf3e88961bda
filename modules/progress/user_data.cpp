// Hides whatever the module knows of a user, and derives their progress anew when it is back.
#include "user_data.hpp"

#include "auth/ports.hpp"
#include "counting.hpp"
#include "event/ports.hpp"
#include "guerdon/attempt.hpp"
#include "hidden_facts.hpp"
#include "hidden_rows.hpp"
#include "locks.hpp"
#include "progress/messages.hpp"

namespace guerdon::progress {
namespace {

constexpr std::int64_t chunk = 25;  // events a pass looks at: some milliseconds at most

void derive(Tx& tx, const event::EventInfo& event, UserId user) {
  const auto terms = terms_of(event);
  const auto before = find_state(tx, event.id, user);
  if (!before && !has_counting_fact(tx, terms, user)) return;
  recount(tx, terms, user);
  if (before && before->met_at)
    publish(tx, ConditionMet{.event_id = event.id, .user_id = user, .met_at = *before->met_at});
}

}  // namespace

event::RowCounts hide_user(Tx& tx, UserId user, const Uuid& mark) {
  hold_user_data(tx, user);
  auto counts = hide_facts(tx, user, mark);
  counts["progress_logins"] = hide_logins(tx, user, mark);
  counts["progress_states"] = hide_states(tx, user, mark);
  return counts;
}

event::RowCounts show_user(Tx& tx, UserId user, const Uuid& mark) {
  hold_user_data(tx, user);
  auto counts = show_facts(tx, user, mark);
  counts["progress_logins"] = show_logins(tx, user, mark);
  counts["progress_states"] = show_states(tx, user, mark);
  return counts;
}

void request_user_rebuild(Tx& tx, UserId user) { begin_user_rebuild(tx, user); }

PumpResult rebuild_user(Tx& tx) {
  auto rebuild = next_user_rebuild(tx);
  if (!rebuild) return {};
  std::vector<event::EventInfo> events;
  if (auth::check_present(tx, rebuild->user_id)) events = event::list_ever_active(tx, rebuild->after_event, chunk);
  for (const auto& event : events)  // a damaged one is gone past: it holds up neither the user nor others
    (void)attempt(tx, event.id.to_string(), [&] { derive(tx, event, rebuild->user_id); });
  if (static_cast<std::int64_t>(events.size()) < chunk) {
    end_user_rebuild(tx, rebuild->user_id);
    return {.more = true};
  }
  rebuild->after_event = events.back().id;
  save_user_rebuild(tx, *rebuild);
  return {.more = true};
}

}  // namespace guerdon::progress
