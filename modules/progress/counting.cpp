// A state is locked before the facts are read, so that a fact committed meanwhile is either read or counted after us.
#include "counting.hpp"

#include "event/conditions.hpp"
#include "guerdon/bus.hpp"
#include "progress/messages.hpp"

namespace guerdon::progress {
namespace {

Streak fold_facts(Tx& tx, const Terms& terms, UserId user) {
  const auto logins = list_logins(tx, user, terms.window.period);
  return fold(terms.rule, terms.window, logins);
}

StateRow empty_state(Tx& tx, const Terms& terms, UserId user) {
  return {.id = tx.new_id<ProgressId>(),
          .event_id = terms.event,
          .user_id = user,
          .progress = 0,
          .required = terms.rule.days,
          .met_at = std::nullopt,
          .last_update = tx.now(),
          .state = to_json(Streak{})};
}

/// The locked row of the user, made if there was none; `is_new` tells that nothing has been folded into it yet. A new
/// row freezes the event's condition, and the terms are brought up to date with an edit that came just before.
StateRow obtain_state(Tx& tx, Terms& terms, UserId user, bool& is_new) {
  is_new = false;
  if (auto row = lock_state(tx, terms.event, user)) return *std::move(row);
  auto row = empty_state(tx, terms, user);
  if (!add_state(tx, row)) return *lock_state(tx, terms.event, user);
  event::mark_has_progress(tx, terms.event);
  terms = terms_of(event::find_event(tx, terms.event).value());
  is_new = true;
  return row;
}

/// A stored fold can go on with a log-in of its last day or of the next. After a gap there may be a fact in it that was
/// stored and not counted; before the last day there is disorder.
bool continues(const Streak& streak, const Terms& terms, Instant at) {
  if (!streak.last_day) return false;
  const auto gap = terms.window.zone.local_date(at) - *streak.last_day;
  return gap == std::chrono::days{0} || gap == std::chrono::days{1};
}

void store(Tx& tx, const Terms& terms, StateRow row, Streak streak) {
  if (row.met_at) streak.met_at = row.met_at;
  const bool turns_eligible = streak.met_at && !row.met_at;
  const auto state = to_json(streak);
  if (state == row.state && row.required == terms.rule.days) return;

  row.progress = progress_of(streak, terms.rule);
  row.required = terms.rule.days;
  row.met_at = streak.met_at;
  row.last_update = tx.now();
  row.state = state;
  save_state(tx, row);
  if (turns_eligible)
    publish(tx, ConditionMet{.event_id = row.event_id, .user_id = row.user_id, .met_at = *row.met_at});
}

}  // namespace

Terms terms_of(const event::EventInfo& event) {
  Terms terms{.event = event.id, .rule = {}, .window = {}};
  const auto parameters = decode<event::ConsecutiveLogin>(event.condition_params);
  if (!parameters) throw std::runtime_error("an event's stored condition is not valid: " + event.id.to_string());
  terms.rule = {.days = parameters->days.value(), .freeze_days = parameters->freeze_days.value().value()};
  terms.window.period = {event.start_at, event.end_at};
  terms.window.zone = event.time_zone;
  for (const auto& pause : event.pauses) terms.window.pauses.push_back({pause.from, pause.to});
  return terms;
}

Streak streak_of(const StateRow& row) {
  auto value = parse_json(row.state);
  if (!value) throw std::runtime_error("a stored progress state is no JSON");
  auto streak = decode<Streak>(*value);
  if (!streak) throw std::runtime_error("a stored progress state has another form");
  return *streak;
}

void count(Tx& tx, Terms terms, UserId user, Instant at) {
  bool is_new = false;
  auto row = obtain_state(tx, terms, user, is_new);
  const auto streak = streak_of(row);
  auto next = !is_new && continues(streak, terms, at) ? advance(streak, terms.rule, terms.window.zone, at) : fold_facts(tx, terms, user);
  store(tx, terms, std::move(row), std::move(next));
}

void recount(Tx& tx, Terms terms, UserId user) {
  bool is_new = false;
  auto row = obtain_state(tx, terms, user, is_new);
  auto next = fold_facts(tx, terms, user);
  store(tx, terms, std::move(row), std::move(next));
}

}  // namespace guerdon::progress
