// What the audit log says of decisions, an operator's or the server's. What the server approves by itself is not in it:
// see the README.
#pragma once

#include <optional>
#include <string_view>

#include "guerdon/caller.hpp"
#include "guerdon/store.hpp"
#include "repository.hpp"

namespace guerdon::reward {

namespace audited {
inline constexpr std::string_view approved = "request.approved", rejected = "request.rejected";
}

/// With the reason only where the condition was not met: an override.
void record_approval(Tx& tx, const Caller& caller, const RequestRow& request,
                     std::optional<std::string> override_reason);
/// The server's reason is a word of its own; an operator's is on the request.
void record_rejection(Tx& tx, const Caller& caller, const RequestRow& request,
                      std::optional<std::string_view> server_reason = {});

}  // namespace guerdon::reward
