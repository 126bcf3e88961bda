// Decides which events a fact concerns and who may see what.
#include "service.hpp"

#include <algorithm>
#include <map>

#include "counting.hpp"
#include "event/conditions.hpp"
#include "event/ports.hpp"
#include "repository.hpp"

namespace guerdon::progress {
namespace {

constexpr std::int64_t chunk = 50;         // states folded anew in a pass: some milliseconds at most
constexpr std::int64_t users_seen = 200;  // users a pass looks at in search of facts

StreakDetail detail_of(const Terms& terms, const Streak& streak, Instant now) {
  const auto& zone = terms.window.zone;
  const Date today = zone.local_date(now);
  return {.day_key = today,
          .counted_today = streak.last_day == today,
          .best = streak.best,
          .next_reset_at = zone.start_of_day(today + std::chrono::days{1}),
          .run_lost_at = lost_at(streak, terms.rule, zone)};
}

ProgressView view_of(const Terms& terms, UserId user, const std::optional<StateRow>& row, Instant now) {
  const Streak streak = row ? streak_of(*row) : Streak{};
  ProgressView view{.event_id = terms.event,
                    .user_id = user,
                    .progress = progress_of(streak, terms.rule),
                    .required = terms.rule.days,
                    .eligible = streak.met_at.has_value(),
                    .last_update = std::nullopt,
                    .detail = detail_of(terms, streak, now)};
  if (row) view.last_update = row->last_update;
  return view;
}

/// Derives states that exist anew; false when none is left.
bool rebuild_states(Tx& tx, const Terms& terms, Rebuild& rebuild) {
  const auto users = list_state_users(tx, terms.event, rebuild.after_user, chunk);
  for (const UserId user : users) recount(tx, terms, user);
  if (!users.empty()) rebuild.after_user = users.back();
  return static_cast<std::int64_t>(users.size()) == chunk;
}

/// Not all facts of the period need be in the window: there are pauses.
bool has_counting_fact(Tx& tx, const Terms& terms, UserId user) {
  const auto facts = list_logins(tx, user, terms.window.period);
  return std::any_of(facts.begin(), facts.end(), [&](Instant at) { return terms.window.counts(at); });
}

/// Makes states for users who have facts in the window and none yet; false when no user is left.
bool rebuild_from_facts(Tx& tx, const Terms& terms, Rebuild& rebuild) {
  const auto& period = terms.window.period;
  if (!rebuild.after_user && !has_facts(tx, period)) return false;
  const auto users = list_fact_users(tx, terms.event, period, rebuild.after_user, users_seen);
  std::int64_t recounted = 0;
  for (const auto& [user, counts] : users) {
    rebuild.after_user = user;
    if (!counts || !has_counting_fact(tx, terms, user)) continue;
    recount(tx, terms, user);
    if (++recounted == chunk) return true;
  }
  return static_cast<std::int64_t>(users.size()) == users_seen;
}

}  // namespace

Result<void> Service::count_login(Tx& tx, UserId user, Instant at) {
  add_login(tx, user, at);
  for (const auto& event : event::list_listening(tx, event::ConsecutiveLogin::kind, at)) {
    const auto terms = terms_of(event);
    if (terms.window.counts(at)) count(tx, terms, user, at);
  }
  return {};
}

void Service::request_rebuild(Tx& tx, event::EventId event) { begin_rebuild(tx, event); }

PumpResult Service::rebuild(Tx& tx) {
  auto rebuild = next_rebuild(tx);
  if (!rebuild) return {};
  const auto event = event::find_event(tx, rebuild->event_id);
  if (!event || event->state == event::EventState::draft) {
    end_rebuild(tx, rebuild->event_id);
    return {.more = true};
  }
  const auto terms = terms_of(*event);
  if (rebuild->stage == RebuildStage::states) {
    if (!rebuild_states(tx, terms, *rebuild)) *rebuild = {terms.event, RebuildStage::facts, {}};
  } else if (!rebuild_from_facts(tx, terms, *rebuild)) {
    end_rebuild(tx, terms.event);
    return {.more = true};
  }
  save_rebuild(tx, *rebuild);
  return {.more = true};
}

Result<ProgressView> Service::get_progress(Snapshot& snapshot, const Caller& caller, event::EventId event,
                                           std::optional<UserId> user) const {
  const auto subject = subject_of(caller, user);
  if (!subject) return subject.error();
  const auto found = event::find_event(snapshot, event);
  if (!found || (found->state == event::EventState::draft && !caller.is_staff()))
    return Error{problems::not_found, "there is no such event"};
  return view_of(terms_of(*found), *subject, find_state(snapshot, event, *subject), snapshot.now());
}

Result<Page<ProgressView>> Service::list_progress(Snapshot& snapshot, const Caller& caller,
                                                  const ProgressListQuery& query) const {
  std::optional<UserId> user;  // staff see everybody's progress in one event
  if (query.user_id || !query.event_id || !caller.is_staff()) {
    const auto subject = subject_of(caller, query.user_id);
    if (!subject) return subject.error();
    user = *subject;
  }

  auto rows = page_by_id<StateRow>(
      cursors_, query,
      [&](std::optional<Uuid> before, std::int64_t limit) {
        return user ? list_user_states(snapshot, *user, query.event_id, before, limit)
                    : list_event_states(snapshot, *query.event_id, before, limit);
      },
      [](const StateRow& row) { return row.id.uuid(); });
  if (!rows) return rows.error();

  Page<ProgressView> page{.items = {}, .next_cursor = rows->next_cursor};
  std::map<event::EventId, Terms> terms;  // of the page's events, each read once
  for (auto& row : rows->items) {
    auto known = terms.find(row.event_id);
    if (known == terms.end()) {
      const auto event = event::find_event(snapshot, row.event_id);
      if (!event) continue;
      known = terms.emplace(row.event_id, terms_of(*event)).first;
    }
    const UserId subject = row.user_id;
    page.items.push_back(view_of(known->second, subject, std::move(row), snapshot.now()));
  }
  return page;
}

}  // namespace guerdon::progress
