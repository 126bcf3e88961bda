// The commands that work on the data: through the running server where there is one, else on the store itself.
#include "cli/commands.hpp"

#include <cstdio>

#include "runtime/control_socket.hpp"
#include "runtime/data_folder.hpp"
#include "runtime/exit_codes.hpp"

namespace guerdon::cli {
namespace {

// An App that is never started: its store is open and its modules are wired, but it serves nobody.
App open_app(Config config, bool read_only) {
  config.log.level = LogLevel::off;
  AppOptions options;
  options.read_only = read_only;
  return App{std::move(config), std::move(options)};
}

int on_data(const Config& config, const ControlRequest& request, bool read_only = false) {
  const auto print = [](std::string_view line) {
    std::printf("%.*s\n", static_cast<int>(line.size()), line.data());
    return std::fflush(stdout) == 0;
  };
  const auto folder = data_folder_of(config.database.url, {});
  if (folder && DataFolder::is_held(*folder)) {
    const auto code = call_server(*folder, request, [&](std::string_view line) { static_cast<void>(print(line)); });
    if (code) return *code;
    throw StartError(exit_temporary, "a server holds the data in " + folder->string() + " but does not answer yet");
  }
  return open_app(config, read_only).command(request.command, request.arguments, print);
}

}  // namespace

int migrate(const Config& config) { return on_data(config, {"migrate", {}}); }

int verify(const Config& config) { return on_data(config, {"verify", {}}, true); }

int create_admin(const Config& config, const CommandLine& line) {
  const auto password = ask_password();
  json::object arguments{{"username", line.username}, {"email", line.email}, {"password", password.reveal()}};
  return on_data(config, {"admin create", std::move(arguments)});
}

int dead_letters(const Config& config, const CommandLine& line) {
  const bool only_looks = line.command == Command::dlq_list || line.command == Command::dlq_show;
  const auto* const command = line.command == Command::dlq_list     ? "dlq list"
                              : line.command == Command::dlq_show   ? "dlq show"
                              : line.command == Command::dlq_replay ? "dlq replay"
                                                                    : "dlq discard";
  json::object arguments{{"id", line.id}, {"topic", line.topic}, {"consumer", line.consumer}, {"reason", line.reason}};
  return on_data(config, {command, std::move(arguments)}, only_looks);
}

int print_openapi(const Config& config) {
  Config elsewhere = config;
  elsewhere.database.url = *DatabaseUrl::parse("sqlite::memory:");
  return on_data(elsewhere, {"openapi", {}});
}

}  // namespace guerdon::cli
