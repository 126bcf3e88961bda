// See run.hpp.
#include "cli/run.hpp"

#include <malloc.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdio>
#include <exception>

#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "runtime/exit_codes.hpp"

namespace guerdon::cli {
namespace {

int complain(int exit_code, const std::string& what) {
  std::fprintf(stderr, "guerdon: %s\n", what.c_str());
  return exit_code;
}

// Before any thread exists and before any secret is in memory.
void prepare_process() {
#ifndef __SANITIZE_ADDRESS__  // whose leak check has to trace the process
  prctl(PR_SET_DUMPABLE, 0);
#endif
  mallopt(M_ARENA_MAX, 2);  // where glibc's allocator is the one: an arena a thread would keep megabytes unused
  umask(077);
  std::signal(SIGPIPE, SIG_IGN);
}

Environment read_environment(const char* const* environment) {
  Environment variables;
  for (; environment != nullptr && *environment != nullptr; ++environment) {
    const std::string text = *environment;
    const auto equals = text.find('=');
    if (equals != text.npos) variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

int carry_out(const CommandLine& line, const Environment& environment) {
  const auto config = Config::load(line.config_file, environment, line.overrides);
  if (!config) return complain(exit_config, config.error().detail);
  switch (line.command) {
    case Command::serve:
      return serve(*config, environment);
    case Command::migrate:
      return migrate(*config);
    case Command::admin_create:
      return create_admin(*config, line);
    case Command::verify:
      return verify(*config);
    case Command::dlq_list:
    case Command::dlq_show:
    case Command::dlq_replay:
    case Command::dlq_discard:
      return dead_letters(*config, line);
    case Command::openapi:
      return print_openapi(*config);
    case Command::config:
      return print_config(*config);
    case Command::health:
      return check_health(*config, line.url);
  }
  return exit_internal;
}

int exit_code_of(const StoreError& error) {
  return error.kind() == StoreError::Kind::unavailable ? exit_temporary : exit_io;
}

int run_checked(int argc, const char* const* argv, const char* const* environment) {
  const auto parsed = parse_command_line(argc, argv);
  if (const auto* stop = std::get_if<Stop>(&parsed)) {
    if (stop->exit_code != exit_ok) return complain(stop->exit_code, stop->text);
    std::fputs(stop->text.c_str(), stdout);
    return exit_ok;
  }
  prepare_process();
  return carry_out(std::get<CommandLine>(parsed), read_environment(environment));
}

}  // namespace

int run(int argc, const char* const* argv, const char* const* environment) noexcept {
  try {
    return run_checked(argc, argv, environment);
  } catch (const StartError& error) {
    return complain(error.exit_code(), error.what());
  } catch (const StoreError& error) {
    return complain(exit_code_of(error), std::string{"the database failed: "} + error.what());
  } catch (const std::exception& error) {
    return complain(exit_internal, error.what());
  }
}

}  // namespace guerdon::cli
