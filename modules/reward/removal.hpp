// What becomes of the module's rows when a user or an event is removed for good.
#pragma once

#include "guerdon/purge.hpp"

namespace guerdon::reward {

/// Requests that granted nothing, and the words of decisions.
void remove_user(Tx& tx, const Uuid& user, PurgeBatch& batch);

/// Requests that granted nothing, codes that nobody was given, and the rewards themselves.
void remove_event(Tx& tx, const Uuid& event, PurgeBatch& batch);

}  // namespace guerdon::reward
