// Brings one user's state in one event up to date. The only writer of progress_states.
#pragma once

#include "event/ports.hpp"
#include "guerdon/store.hpp"
#include "model.hpp"
#include "repository.hpp"

namespace guerdon::progress {

/// An event as the model wants it.
struct Terms {
  event::EventId event;
  StreakRule rule;
  Window window;
};

Terms terms_of(const event::EventInfo& event);

/// Counts one log-in that is in the window and stored, continuing the stored fold where it can: on the same day or the
/// next. Otherwise all facts are folded again, so that one that was stored without being counted breaks no run.
void count(Tx& tx, Terms terms, UserId user, Instant at);

/// Folds all of the user's facts again. A condition once met stays met.
void recount(Tx& tx, Terms terms, UserId user);

Streak streak_of(const StateRow& row);

}  // namespace guerdon::progress
