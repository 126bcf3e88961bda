// See command_line.hpp. The only file that sees the parser's library.
#include "cli/command_line.hpp"

#include <CLI/CLI.hpp>

#include "base/version.hpp"
#include "runtime/exit_codes.hpp"

namespace guerdon::cli {
namespace {

constexpr const char* description =
    "The event and reward server: accounts, campaigns, progress and rewards in one binary.\n"
    "Without a command it serves. It needs no configuration: the data goes to data/, the API is on port 8080.";

constexpr const char* examples = R"(Examples:
  guerdon                                           serve on port 8080 with the embedded store
  guerdon --set http.listen=127.0.0.1:8081          one setting changed
  GUERDON_LOG__FORMAT=text guerdon                  the same by the environment
  guerdon --config /etc/guerdon.json                settings from a file
  guerdon config                                    what is in force, from wherever it came
  guerdon admin create --username ada --email ada@example.com
                                                    the first administrator; asks for the password
  guerdon admin create --username ada --email ada@example.com < password.txt
  guerdon verify                                    check the data; also while the server runs
  guerdon dlq list --topic user.login               messages that were given up; then show, replay, discard
  guerdon health --url http://127.0.0.1:8080/healthz

Exit codes: 0 done, 1 the answer is no, 64 wrong usage, 69 port taken or no server, 70 internal, 74 I/O,
75 in use or not available now, 78 wrong configuration.
)";

constexpr const char* admin_examples = R"(The password is asked for on a terminal, or read from standard input:
  guerdon admin create --username ada --email ada@example.com
  printf '%s' "$PASSWORD" | guerdon admin create --username ada --email ada@example.com
At the first start the environment does the same: GUERDON_ADMIN_USERNAME, GUERDON_ADMIN_EMAIL, GUERDON_ADMIN_PASSWORD
(or GUERDON_ADMIN_PASSWORD_FILE).
)";

template <class F>
void add_dead_letters(CLI::App& parser, CommandLine& line, const F& command) {
  auto* const dlq = parser.add_subcommand("dlq", "Look after dead letters: messages that a consumer gave up");
  dlq->require_subcommand(1)->fallthrough();
  auto* const list = command(*dlq, "list", "A line for each, newest first", Command::dlq_list);
  auto* const show = command(*dlq, "show", "Print one whole, a line for each member", Command::dlq_show);
  show->add_option("id", line.id, "The one to print")->required();
  auto* const replay =
      command(*dlq, "replay", "Hand one, or all of a topic, to the consumer again", Command::dlq_replay);
  auto* const id = replay->add_option("id", line.id, "The one to replay");
  for (auto* const filtered : {list, replay}) {
    filtered->add_option("--topic", line.topic, "Those of that topic");
    filtered->add_option("--consumer", line.consumer, "Those of that consumer");
  }
  id->excludes("--topic")->excludes("--consumer");
  auto* const discard = command(*dlq, "discard", "Throw one away", Command::dlq_discard);
  discard->add_option("id", line.id, "The one to discard")->required();
  discard->add_option("--reason", line.reason, "Why; the audit log keeps it")->required();
}

void add_commands(CLI::App& parser, CommandLine& line) {
  const auto command = [&](CLI::App& parent, const char* name, const char* what, Command value) {
    auto* const sub = parent.add_subcommand(name, what);
    sub->callback([&line, value] { line.command = value; });
    sub->fallthrough();
    return sub;
  };
  command(parser, "serve", "Serve until SIGTERM or SIGINT (what runs is finished first)", Command::serve);
  command(parser, "migrate", "Bring the database up to this version, and stop", Command::migrate);

  auto* const admin = parser.add_subcommand("admin", "Look after administrators");
  admin->require_subcommand(1)->fallthrough();
  auto* const create = command(*admin, "create", "Make an account with the role ADMIN", Command::admin_create);
  create->add_option("--username", line.username, "Its name for logging in")->required();
  create->add_option("--email", line.email, "Its e-mail address")->required();
  create->footer(admin_examples);

  command(parser, "verify", "Check what must always hold of the data; a line for each that does not", Command::verify);
  add_dead_letters(parser, line, command);
  command(parser, "openapi", "Print the OpenAPI document of the API", Command::openapi);
  command(parser, "config", "Print every setting as it is in force, secrets masked", Command::config);
  auto* const health = command(parser, "health", "Ask a server how it is; for health checks", Command::health);
  health->add_option("--url", line.url, "What to ask; by default /readyz on http.listen of this machine");
}

Stop stopped(CLI::App& parser, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) {
    std::ostringstream out, ignored;
    parser.exit(error, out, ignored);
    return {exit_ok, out.str()};
  }
  std::string what = error.what();
  std::replace(what.begin(), what.end(), '\n', ' ');
  return {exit_usage, what + "; guerdon --help shows what there is"};
}

}  // namespace

std::variant<CommandLine, Stop> parse_command_line(int argc, const char* const* argv) {
  CommandLine line;
  CLI::App parser{description, "guerdon"};
  parser.footer(examples);
  parser.set_version_flag("--version", "guerdon " + std::string{version}, "Print the version");
  parser.add_option("--config", line.config_file, "A file of settings; `guerdon config` shows all there are");
  parser.add_option("--set", line.overrides, "Change one setting: --set http.listen=127.0.0.1:8081 (may be repeated)")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  parser.require_subcommand(0, 1);
  parser.fallthrough();
  add_commands(parser, line);
  try {
    parser.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return stopped(parser, error);
  }
  return line;
}

}  // namespace guerdon::cli
