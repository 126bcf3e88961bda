// The commands, one function each. They return the exit code and throw StartError, StoreError or another exception,
// which run.cpp turns into a line.
#pragma once

#include <map>
#include <string>

#include "cli/command_line.hpp"
#include "guerdon/app.hpp"
#include "guerdon/config.hpp"

namespace guerdon::cli {

using Environment = std::map<std::string, std::string>;

/// Until SIGTERM or SIGINT; a second one ends the process at once.
int serve(const Config& config, const Environment& environment);
int migrate(const Config& config);
int create_admin(const Config& config, const CommandLine& line);
int verify(const Config& config);
int dead_letters(const Config& config, const CommandLine& line);
int print_openapi(const Config& config);
int print_config(const Config& config);
int check_health(const Config& config, const std::string& url);

/// What the environment says about the first administrator. Throws StartError (78) when it is incomplete.
[[nodiscard]] std::optional<FirstAdmin> first_admin(const Environment& environment);

/// Asks on a terminal, without showing what is typed and twice; otherwise the first line of standard input.
/// Throws StartError when there is none.
[[nodiscard]] Secret<std::string> ask_password();

}  // namespace guerdon::cli
