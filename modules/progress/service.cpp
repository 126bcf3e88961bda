// Decides which events a fact concerns and who may see what.
#include "service.hpp"

#include <map>

#include "activities.hpp"
#include "auth/ports.hpp"
#include "counting.hpp"
#include "event/ports.hpp"
#include "event/visibility.hpp"
#include "fact_repository.hpp"
#include "hidden_facts.hpp"
#include "hidden_rows.hpp"
#include "locks.hpp"

namespace guerdon::progress {
namespace {

constexpr std::int64_t chunk = 50;        // states folded anew in a pass: some milliseconds at most
constexpr std::int64_t users_seen = 200;  // users a pass looks at in search of facts

ProgressView view_of(const Terms& terms, UserId user, const std::optional<AnyStateRow>& row, Instant now) {
  const Tally tally = row ? fold_of(*row).tally : Tally{};
  ProgressView view{.event_id = terms.event,
                    .user_id = user,
                    .progress = terms.condition->progress(tally),
                    .required = terms.condition->required(),
                    .eligible = tally.met_at.has_value(),
                    .last_update = std::nullopt,
                    .detail = {}};
  terms.condition->describe(tally, terms.window.zone, now, view.detail);
  if (row) view.last_update = row->last_update;
  if (row && row->deleted_at) view.deleted_at.emplace(*row->deleted_at);
  return view;
}

/// As it is in sight, or even where it is not.
std::optional<event::EventInfo> find_event(Snapshot& snapshot, event::EventId id, bool with_deleted) {
  return with_deleted ? event::find_event_or_deleted(snapshot, id) : event::find_event(snapshot, id);
}

std::optional<AnyStateRow> find_state(Snapshot& snapshot, event::EventId event, UserId user, bool with_deleted) {
  if (with_deleted) return find_any_state(snapshot, event, user);
  if (const auto row = progress::find_state(snapshot, event, user)) return AnyStateRow{*row, std::nullopt};
  return std::nullopt;
}

/// A user's, in one event only if given, or an event's.
std::vector<AnyStateRow> page_states(Snapshot& snapshot, std::optional<UserId> user, const ProgressListQuery& query,
                                     std::optional<Uuid> before, std::int64_t limit) {
  if (query.include_deleted.value_or(false))
    return user ? list_any_user_states(snapshot, *user, query.event_id, before, limit)
                : list_any_event_states(snapshot, *query.event_id, before, limit);
  std::vector<AnyStateRow> rows;
  for (const auto& row : user ? list_user_states(snapshot, *user, query.event_id, before, limit)
                              : list_event_states(snapshot, *query.event_id, before, limit))
    rows.push_back({row, std::nullopt});
  return rows;
}

/// Derives states that exist anew; false when there were none left, and so none is locked.
bool rebuild_states(Tx& tx, const Terms& terms, Rebuild& rebuild) {
  const auto users = list_state_users(tx, terms.event, rebuild.after_user, chunk);
  for (const UserId user : users)
    if (auth::check_present(tx, user)) recount(tx, terms, user);
  if (users.empty()) return false;
  rebuild.after_user = users.back();
  return true;
}

/// Makes states for users who have facts in the window and none yet; false when no user is left.
bool rebuild_from_facts(Tx& tx, const Terms& terms, Rebuild& rebuild) {
  const auto& period = terms.window.period;
  if (period.from > tx.now() + furthest_ahead) return false;
  const auto users = list_fact_users(tx, terms.event, period, rebuild.after_user, users_seen);
  std::int64_t recounted = 0;
  for (const auto& [user, counts] : users) {
    rebuild.after_user = user;
    if (!counts || !auth::check_present(tx, user) || !has_counting_fact(tx, terms, user)) continue;
    recount(tx, terms, user);
    if (++recounted == chunk) return true;
  }
  return static_cast<std::int64_t>(users.size()) == users_seen;
}

/// Counts a stored fact of the user in every event that it concerns.
void count_everywhere(Tx& tx, UserId user, const Fact& fact) {
  for (const auto& event : event::list_listening(tx, topics_of(fact), fact.key.at)) {
    auto terms = terms_of(event);
    if (terms.counts(fact)) count(tx, std::move(terms), user, fact);
  }
}

Fact fact_at(FactSource source, Instant at, std::string id = {}) {
  return {.key = {.at = at, .source = source, .id = std::move(id)}};
}

/// An invited user's first login is a fact of whoever invited them.
void count_first_login(Tx& tx, UserId invitee, const Invitation& invitation) {
  if (!invitation.first_login_at || !invitation.counts()) return;
  count_everywhere(tx, invitation.inviter_id,
                   fact_at(FactSource::first_login, *invitation.first_login_at, invitee.to_string()));
}

}  // namespace

Result<void> Service::count_login(Tx& tx, UserId user, Instant at) {
  if (!auth::check_present(tx, user)) {
    if (const auto mark = auth::find_deletion(tx, user)) keep_login(tx, user, at, *mark);
    return {};
  }
  const auto inviter = auth::find_inviter(tx, user);
  const bool inviter_stays = inviter && auth::check_present(tx, *inviter);
  begin_counting(tx);
  if (inviter) hold_invitation(tx, user);
  add_login(tx, user, at);
  count_everywhere(tx, user, fact_at(FactSource::login, at));
  if (!inviter) return {};
  const auto invitation = note_first_login(tx, user, at);  // whatever becomes of the inviter
  if (invitation && inviter_stays) count_first_login(tx, user, *invitation);
  return {};
}

Result<void> Service::count_session(Tx& tx, UserId user, Instant at) {
  if (!auth::check_present(tx, user)) {
    if (const auto mark = auth::find_deletion(tx, user)) keep_session(tx, user, at, *mark);
    return {};
  }
  begin_counting(tx);
  add_session(tx, user, at);
  count_everywhere(tx, user, fact_at(FactSource::session, at));
  return {};
}

Result<void> Service::count_signup(Tx& tx, UserId user, Instant at) {
  const auto inviter = auth::find_inviter(tx, user);
  if (!inviter) return {};
  std::optional<Uuid> mark;
  if (!auth::check_present(tx, *inviter)) {
    mark = auth::find_deletion(tx, *inviter);
    if (!mark) return {};
  }
  begin_counting(tx);
  hold_invitation(tx, user);
  const auto invitation = add_invitation(tx, user, *inviter, at, auth::is_same_person(tx, user, *inviter), mark);
  if (!invitation || !invitation->counts()) return {};
  count_everywhere(tx, *inviter, fact_at(FactSource::signup, at, user.to_string()));
  count_first_login(tx, user, *invitation);
  return {};
}

Result<void> Service::count_activity(Tx& tx, ActivityId activity) {
  const auto row = find_activity(tx, activity);  // stored before: a rebuild that began meanwhile finds it
  if (!row || !auth::check_present(tx, row->user_id)) return {};
  count_everywhere(tx, row->user_id, fact_of(*row));
  mark_counted(tx, activity);
  return {};
}

void Service::request_rebuild(Tx& tx, event::EventId event) { begin_rebuild(tx, event); }

PumpResult Service::rebuild(Tx& tx) {
  auto rebuild = next_rebuild(tx, tried_last_);
  if (!rebuild) return {};
  tried_last_ = rebuild->event_id;
  const auto event = event::find_event(tx, rebuild->event_id);
  if (!event || event->state == event::EventState::draft) {
    end_rebuild(tx, rebuild->event_id);
    return {.more = true};
  }
  const auto terms = terms_of(*event);
  if (rebuild->stage == RebuildStage::states) {
    if (!rebuild_states(tx, terms, *rebuild)) {
      await_counting(tx);  // who counts may wait for a state, but this transaction holds none
      *rebuild = {terms.event, RebuildStage::facts, {}};
    }
  } else if (!rebuild_from_facts(tx, terms, *rebuild)) {
    end_rebuild(tx, terms.event);
    return {.more = true};
  }
  save_rebuild(tx, *rebuild);
  return {.more = true};
}

Result<ProgressView> Service::get_progress(Snapshot& snapshot, const Caller& caller, event::EventId event,
                                           const ProgressOfQuery& query) const {
  if (const auto may = event::check_may_include_deleted(caller, query.include_deleted); !may) return may.error();
  const auto subject = auth::find_subject(snapshot, caller, query.user_id);
  if (!subject) return subject.error();
  const bool with_deleted = query.include_deleted.value_or(false);
  const auto found = find_event(snapshot, event, with_deleted);
  if (!found || (found->state == event::EventState::draft && !caller.is_staff()))
    return Error{problems::not_found, "there is no such event"};
  return view_of(terms_of(*found), *subject, find_state(snapshot, event, *subject, with_deleted), snapshot.now());
}

Result<Page<ProgressView>> Service::list_progress(Snapshot& snapshot, const Caller& caller,
                                                  const ProgressListQuery& query) const {
  if (const auto may = event::check_may_include_deleted(caller, query.include_deleted); !may) return may.error();
  std::optional<UserId> user;  // staff see everybody's progress in one event
  if (query.user_id || !query.event_id || !caller.is_staff()) {
    const auto subject = auth::find_subject(snapshot, caller, query.user_id);
    if (!subject) return subject.error();
    user = *subject;
  }

  auto rows = page_by_id<AnyStateRow>(
      cursors_, query,
      [&](std::optional<Uuid> before, std::int64_t limit) { return page_states(snapshot, user, query, before, limit); },
      [](const AnyStateRow& row) { return row.id.uuid(); });
  if (!rows) return rows.error();

  Page<ProgressView> page{.items = {}, .next_cursor = rows->next_cursor};
  std::map<event::EventId, Terms> terms;  // of the page's events, each read once
  for (auto& row : rows->items) {
    auto known = terms.find(row.event_id);
    if (known == terms.end()) {
      const auto event = find_event(snapshot, row.event_id, query.include_deleted.value_or(false));
      if (!event) continue;
      known = terms.emplace(row.event_id, terms_of(*event)).first;
    }
    const UserId subject = row.user_id;
    page.items.push_back(view_of(known->second, subject, std::move(row), snapshot.now()));
  }
  return page;
}

}  // namespace guerdon::progress
