// A state is locked before the facts are read, so that a fact committed meanwhile is either read or counted after us.
#include "counting.hpp"

#include <algorithm>

#include "fact_repository.hpp"
#include "guerdon/bus.hpp"
#include "locks.hpp"
#include "progress/messages.hpp"

namespace guerdon::progress {
namespace {

constexpr JsonLimits state_limits{.depth = 16, .nodes = 20'000};  // ten runs in pieces

StateRow empty_state(Tx& tx, const Terms& terms, UserId user) {
  return {.id = tx.new_id<ProgressId>(),
          .event_id = terms.event,
          .user_id = user,
          .progress = 0,
          .required = terms.condition->required(),
          .met_at = std::nullopt,
          .last_update = tx.now(),
          .state = to_json(Fold{})};
}

/// The locked row of the user, made if there was none; `is_new` tells that nothing has been folded into it yet. A new
/// row freezes the event's condition, and the terms are brought up to date with an edit that came just before. Where
/// another transaction has made the row and a third one hidden it with the user's data, the search begins anew.
StateRow obtain_state(Tx& tx, Terms& terms, UserId user, bool& is_new) {
  is_new = false;
  if (auto found = lock_state(tx, terms.event, user)) return *std::move(found);
  keep_in_sight(tx, user);
  auto row = empty_state(tx, terms, user);
  while (!add_state(tx, row))
    if (auto found = lock_state(tx, terms.event, user)) return *std::move(found);
  event::mark_has_progress(tx, terms.event);
  terms = terms_of(event::find_event_or_deleted(tx, terms.event).value());
  is_new = true;
  return row;
}

bool continues(const Fold& fold, const Terms& terms, const Fact& fact) {
  return fold.last && *fold.last < fact.key && terms.condition->continues(fold.tally, fact, terms.window.zone);
}

void store(Tx& tx, const Terms& terms, StateRow row, Fold fold) {
  if (row.met_at) fold.tally.met_at = row.met_at;
  const bool turns_eligible = fold.tally.met_at && !row.met_at;
  const auto state = to_json(fold);
  if (state == row.state && row.required == terms.condition->required()) return;

  row.progress = terms.condition->progress(fold.tally);
  row.required = terms.condition->required();
  row.met_at = fold.tally.met_at;
  row.last_update = tx.now();
  row.state = state;
  save_state(tx, row);
  if (turns_eligible)
    publish(tx, ConditionMet{.event_id = row.event_id, .user_id = row.user_id, .met_at = *row.met_at});
}

}  // namespace

Terms terms_of(const event::EventInfo& event) {
  Terms terms{.event = event.id,
              .condition = make_condition(event.condition_type, event.condition_params),
              .window = {},
              .sources = {}};
  terms.condition->name_sources(terms.sources);
  terms.window.period = {event.start_at, event.end_at};
  terms.window.zone = event.time_zone;
  for (const auto& pause : event.pauses) terms.window.pauses.push_back({pause.from, pause.to});
  return terms;
}

bool has_counting_fact(Snapshot& snapshot, const Terms& terms, UserId user) {
  const auto facts = list_facts(snapshot, user, terms.window.period, terms.sources);
  return std::ranges::any_of(facts, [&](const Fact& fact) { return terms.counts(fact); });
}

Fold fold_of(const StateRow& row) {
  auto value = parse_json(row.state, state_limits);
  if (!value) throw std::runtime_error("a stored progress state is no JSON");
  auto fold = decode<Fold>(*value);
  if (!fold) throw std::runtime_error("a stored progress state has another form");
  return *std::move(fold);
}

Fold fold_facts(Snapshot& snapshot, const Terms& terms, UserId user) {
  auto facts = list_facts(snapshot, user, terms.window.period, terms.sources);
  std::erase_if(facts, [&](const Fact& fact) { return !terms.counts(fact); });
  if (facts.empty()) return {};
  return {.tally = terms.condition->fold({}, facts, terms.window.zone), .last = facts.back().key};
}

void count(Tx& tx, Terms terms, UserId user, const Fact& fact) {
  bool is_new = false;
  auto row = obtain_state(tx, terms, user, is_new);
  auto fold = fold_of(row);
  if (row.met_at && terms.condition->is_settled(fold.tally)) return;
  if (!is_new && continues(fold, terms, fact))
    fold = {.tally = terms.condition->fold(fold.tally, {&fact, 1}, terms.window.zone), .last = fact.key};
  else
    fold = fold_facts(tx, terms, user);
  store(tx, terms, std::move(row), std::move(fold));
}

void recount(Tx& tx, Terms terms, UserId user) {
  bool is_new = false;
  auto row = obtain_state(tx, terms, user, is_new);
  store(tx, terms, std::move(row), fold_facts(tx, terms, user));
}

}  // namespace guerdon::progress
