// Reward requests as they are shown, one or a page.
#pragma once

#include "dto.hpp"
#include "grants.hpp"
#include "guerdon/cursor.hpp"
#include "guerdon/result.hpp"
#include "guerdon/store.hpp"
#include "repository.hpp"

namespace guerdon::reward {

[[nodiscard]] RequestView view_of(Snapshot& snapshot, const RequestRow& row, Codes codes = Codes::masked);

/// What a refusal says of the request that stands in the way: its id and status.
[[nodiscard]] json::object named(const RequestRow& row);

/// Newest first, of `user` or of all. Errors: validation-failed (cursor).
[[nodiscard]] Result<Page<RequestView>> page_of_requests(Snapshot& snapshot, const CursorCodec& cursors,
                                                         std::optional<UserId> user, const RequestListQuery& query);

}  // namespace guerdon::reward
