// What was typed, as a value: it is parsed here and carried out elsewhere.
#pragma once

#include <string>
#include <variant>
#include <vector>

namespace guerdon::cli {

enum class Command {
  serve,
  migrate,
  admin_create,
  verify,
  dlq_list,
  dlq_show,
  dlq_replay,
  dlq_discard,
  openapi,
  config,
  health
};

struct CommandLine {
  Command command = Command::serve;
  std::string config_file;
  std::vector<std::string> overrides;       ///< of --set, `key=value`
  std::string username, email;              ///< admin create
  std::string url;                          ///< health
  std::string id, topic, consumer, reason;  ///< dlq
};

/// Nothing to carry out: help or a version to print (code 0), or what was wrong in one line (code 64).
struct Stop {
  int exit_code;
  std::string text;
};

[[nodiscard]] std::variant<CommandLine, Stop> parse_command_line(int argc, const char* const* argv);

}  // namespace guerdon::cli
