// Makes requests: the one place where a row of theirs begins.
#pragma once

#include "guerdon/store.hpp"
#include "repository.hpp"

namespace guerdon::reward {

/// A pending request of the user, made now; empty when there is a live one already. Where that one is not committed yet
/// its end is waited for.
[[nodiscard]] std::optional<RequestRow> make_request(Tx& tx, UserId user, event::EventId event, bool holds_stock);

}  // namespace guerdon::reward
