// Takes what is personal out of the messages of a user who is removed for good: in the log, among what is parked and
// among dead letters. The rows stay where they are, with their ids, types and keys, and can still be read.
#pragma once

#include <string>
#include <string_view>

#include "bus/personal_data.hpp"
#include "guerdon/purge.hpp"

namespace guerdon::bus {

/// The payload without the members of `personal_names`, at any depth, and with the words of an error blank.
[[nodiscard]] std::string scrubbed(const std::string& payload);

/// One batch of the messages whose key this is.
void scrub_messages(Tx& tx, std::string_view key, PurgeBatch& batch);

}  // namespace guerdon::bus
