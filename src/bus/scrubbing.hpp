// Takes what is personal out of the messages of a user who is removed for good: in the log, among what is parked and
// among dead letters. The rows stay where they are, with their ids, types and keys, and can still be read.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "guerdon/purge.hpp"

namespace guerdon::bus {

/// What messages call personal, of whatever type they are: every message's `personal` is among these.
inline constexpr std::array<std::string_view, 5> personal_names{"email", "ipAddress", "platformUserId", "userAgent",
                                                                "username"};

/// The payload without these members, at any depth, and with the words of an error blank.
[[nodiscard]] std::string scrubbed(const std::string& payload);

/// One batch of the messages whose key this is.
void scrub_messages(Tx& tx, std::string_view key, PurgeBatch& batch);

}  // namespace guerdon::bus
