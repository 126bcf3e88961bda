// Brings one user's state in one event up to date. The only writer of progress_states.
#pragma once

#include <memory>

#include "conditions/condition.hpp"
#include "event/ports.hpp"
#include "facts.hpp"
#include "guerdon/store.hpp"
#include "model.hpp"
#include "repository.hpp"

namespace guerdon::progress {

/// An event as the rules want it.
struct Terms {
  event::EventId event;
  std::shared_ptr<const Condition> condition;  ///< shared by the copies of these terms
  Window window;
  Sources sources;

  /// Can the fact count here?
  [[nodiscard]] bool counts(const Fact& fact) const { return window.counts(fact.key.at) && condition->listens(fact); }
};

/// A tally and how far it goes: everything up to the fact `last` is in it.
struct Fold {
  Tally tally;
  std::optional<FactKey> last;
};
BOOST_DESCRIBE_STRUCT(Fold, (), (tally, last))

Terms terms_of(const event::EventInfo& event);

/// Counts one fact that counts here and is stored. What comes after all that was counted continues the stored fold;
/// otherwise all facts are folded again: one that comes twice, late or out of order ends in the same progress.
void count(Tx& tx, Terms terms, UserId user, const Fact& fact);

/// Folds all of the user's facts again. A condition once met stays met.
void recount(Tx& tx, Terms terms, UserId user);

/// Has the user done anything that counts? Not all facts of the period need count: there are pauses, and other kinds of
/// facts.
[[nodiscard]] bool has_counting_fact(Snapshot& snapshot, const Terms& terms, UserId user);

/// The fold of all of the user's facts that count.
[[nodiscard]] Fold fold_facts(Snapshot& snapshot, const Terms& terms, UserId user);

[[nodiscard]] Fold fold_of(const StateRow& row);

}  // namespace guerdon::progress
