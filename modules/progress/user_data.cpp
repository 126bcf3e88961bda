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

constexpr std::string_view rebuild_pump = "progress.rebuild-user";
constexpr std::int64_t chunk = 25;  // events a pass looks at: some milliseconds at most

void derive(Tx& tx, const event::EventInfo& event, UserId user, bool is_quiet) {
  const auto terms = terms_of(event);
  const auto before = find_state(tx, event.id, user);
  if (!before && !has_counting_fact(tx, terms, user)) return;
  recount(tx, terms, user);
  if (before && before->met_at && !is_quiet)
    publish(tx, ConditionMet{.event_id = event.id, .user_id = user, .met_at = *before->met_at});
}

}  // namespace

auth::RowCounts hide_user_facts(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit) {
  hold_user_data(tx, user);
  return auth::TableByTable{limit}
      .in("progress_sessions", [&](std::int64_t left) { return hide_sessions(tx, user, mark, left); })
      .in("progress_activities", [&](std::int64_t left) { return hide_activities(tx, user, mark, left); })
      .in("progress_invitations", [&](std::int64_t left) { return hide_invitations(tx, user, mark, left); })
      .in("progress_logins", [&](std::int64_t left) { return hide_logins(tx, user, mark, left); })
      .counts();
}

auth::RowCounts hide_user_states(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit) {
  hold_user_data(tx, user);
  return {{"progress_states", hide_states(tx, user, mark, limit)}};
}

auth::RowCounts show_user_facts(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit) {
  hold_user_data(tx, user);
  return auth::TableByTable{limit}
      .in("progress_sessions", [&](std::int64_t left) { return show_sessions(tx, user, mark, left); })
      .in("progress_activities", [&](std::int64_t left) { return show_activities(tx, user, mark, left); })
      .in("progress_invitations", [&](std::int64_t left) { return show_invitations(tx, user, mark, left); })
      .in("progress_logins", [&](std::int64_t left) { return show_logins(tx, user, mark, left); })
      .counts();
}

auth::RowCounts show_user_states(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit) {
  hold_user_data(tx, user);
  return {{"progress_states", show_states(tx, user, mark, limit)}};
}

void request_user_rebuild(Tx& tx, UserId user, auth::Return how) {
  mark_all_counted(tx, user);
  begin_user_rebuild(tx, user, how == auth::Return::quiet);
}

void rebuild_user_soon(Tx& tx, Pumps& pumps, UserId user, auth::Return how) {
  request_user_rebuild(tx, user, how);
  tx.on_commit([&pumps] { pumps.wake(rebuild_pump); });
}

PumpResult rebuild_user(Tx& tx) {
  auto rebuild = next_user_rebuild(tx);
  if (!rebuild) return {};
  std::vector<event::EventInfo> events;
  if (auth::check_present(tx, rebuild->user_id)) events = event::list_ever_active(tx, rebuild->after_event, chunk);
  for (const auto& event : events)  // a damaged one is gone past: it holds up neither the user nor others
    (void)attempt(tx, event.id.to_string(), [&] { derive(tx, event, rebuild->user_id, rebuild->quiet); });
  if (static_cast<std::int64_t>(events.size()) < chunk) {
    end_user_rebuild(tx, rebuild->user_id);
    return {.more = true};
  }
  rebuild->after_event = events.back().id;
  save_user_rebuild(tx, *rebuild);
  return {.more = true};
}

void own_user_data(Pumps& pumps, auth::UserDataOwners& owners) {
  pumps.add(std::string{rebuild_pump}, rebuild_user);
  owners.add({.kind = auth::UserData::facts, .hide = hide_user_facts, .show = show_user_facts});
  owners.add({.kind = auth::UserData::progress, .hide = hide_user_states, .show = show_user_states});
  owners.on_return([&pumps](Tx& tx, UserId user, auth::Return how) { rebuild_user_soon(tx, pumps, user, how); });
}

}  // namespace guerdon::progress
