// guerdon dlq: dead letters on the command line, through a running server or on the store itself. What is replayed
// without a server waits for the next one.
#pragma once

#include <string_view>

#include "bus/dead_letters.hpp"
#include "guerdon/app.hpp"
#include "guerdon/json.hpp"

namespace guerdon::bus {

/// `command` is "dlq list", "dlq show", "dlq replay" or "dlq discard"; their arguments are "id", "topic", "consumer",
/// "reason". Returns the exit code.
int dead_letter_command(const DeadLetters& letters, Database& database, std::string_view command,
                        const json::object& arguments, App::Output output);

}  // namespace guerdon::bus
