// Passwords for new accounts: typed unseen, or handed in. They never come from the command line, which others can see.
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>

#include "cli/commands.hpp"
#include "guerdon/crypto.hpp"
#include "runtime/exit_codes.hpp"
#include "runtime/secret_file.hpp"

namespace guerdon::cli {
namespace {

constexpr std::size_t longest = 4096;

// Hides what is typed for as long as it lives. An interrupt ends the read, so that the terminal is always put right.
class HiddenInput {
 public:
  HiddenInput() {
    struct sigaction quiet{};
    quiet.sa_handler = [](int) {};
    sigaction(SIGINT, &quiet, &interrupt_);
    tcgetattr(STDIN_FILENO, &terminal_);
    termios hidden = terminal_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  }
  ~HiddenInput() {
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &terminal_);
    sigaction(SIGINT, &interrupt_, nullptr);
    std::fputc('\n', stderr);
  }
  HiddenInput(const HiddenInput&) = delete;
  HiddenInput& operator=(const HiddenInput&) = delete;

 private:
  termios terminal_{};
  struct sigaction interrupt_{};
};

std::string read_line() {
  std::string line;
  char c = 0;
  while (line.size() < longest) {
    const auto got = ::read(STDIN_FILENO, &c, 1);
    if (got < 0) throw StartError(exit_usage, "no password was given");
    if (got == 0 || c == '\n') break;
    line += c;
  }
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

std::string ask(const char* prompt) {
  std::fputs(prompt, stderr);
  const HiddenInput hidden;
  return read_line();
}

}  // namespace

Secret<std::string> ask_password() {
  if (isatty(STDIN_FILENO) == 0) {
    auto line = read_line();
    if (line.empty()) throw StartError(exit_usage, "no password on standard input");
    return Secret<std::string>{std::move(line)};
  }
  auto first = ask("Password: ");
  auto second = ask("Again: ");
  const bool same = first == second;
  wipe(second);
  if (!same) throw StartError(exit_usage, "the two passwords differ");
  return Secret<std::string>{std::move(first)};
}

std::optional<FirstAdmin> first_admin(const Environment& environment) {
  const auto find = [&](const char* name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string{} : found->second;
  };
  FirstAdmin admin{find("GUERDON_ADMIN_USERNAME"), find("GUERDON_ADMIN_EMAIL"),
                   Secret<std::string>{find("GUERDON_ADMIN_PASSWORD")}};
  const auto file = find("GUERDON_ADMIN_PASSWORD_FILE");
  if (!file.empty()) {
    auto password = read_secret_file(file);
    if (!password) throw StartError(exit_config, "GUERDON_ADMIN_PASSWORD_FILE: " + password.error().detail);
    admin.password = Secret<std::string>{*std::move(password)};
  }
  const bool has_all = !admin.username.empty() && !admin.email.empty() && !admin.password.reveal().empty();
  const bool has_none = admin.username.empty() && admin.email.empty() && admin.password.reveal().empty();
  if (has_none) return std::nullopt;
  if (!has_all)
    throw StartError(exit_config,
                     "set all of GUERDON_ADMIN_USERNAME, GUERDON_ADMIN_EMAIL and GUERDON_ADMIN_PASSWORD, or none");
  return admin;
}

}  // namespace guerdon::cli
