// What can be typed, and what is said about the rest.
#include "cli/command_line.hpp"

#include <catch2/catch.hpp>

using namespace guerdon::cli;

namespace {

std::variant<CommandLine, Stop> parsed(std::vector<const char*> words) {
  words.insert(words.begin(), "guerdon");
  return parse_command_line(static_cast<int>(words.size()), words.data());
}

CommandLine typed(const std::vector<const char*>& words) {
  const auto result = parsed(words);
  if (const auto* stop = std::get_if<Stop>(&result)) FAIL(stop->text);
  return std::get<CommandLine>(result);
}

Stop stopped(const std::vector<const char*>& words) {
  const auto result = parsed(words);
  REQUIRE(std::holds_alternative<Stop>(result));
  return std::get<Stop>(result);
}

}  // namespace

TEST_CASE("without a command the server serves") {
  CHECK(typed({}).command == Command::serve);
  CHECK(typed({"serve"}).command == Command::serve);
}

TEST_CASE("settings may stand before and behind the command") {
  const auto line = typed({"--set", "a.b=1", "config", "--set", "c.d=x=y", "--config", "f.json"});
  CHECK(line.command == Command::config);
  CHECK(line.overrides == std::vector<std::string>{"a.b=1", "c.d=x=y"});
  CHECK(line.config_file == "f.json");
}

TEST_CASE("each command is understood") {
  CHECK(typed({"migrate"}).command == Command::migrate);
  CHECK(typed({"verify"}).command == Command::verify);
  CHECK(typed({"openapi"}).command == Command::openapi);
  CHECK(typed({"health", "--url", "http://127.0.0.1:1/x"}).url == "http://127.0.0.1:1/x");
  const auto create = typed({"admin", "create", "--username", "ada", "--email", "ada@example.com", "--set", "a.b=1"});
  CHECK(create.command == Command::admin_create);
  CHECK(create.username == "ada");
  CHECK(create.email == "ada@example.com");
  CHECK(create.overrides.size() == 1);
}

TEST_CASE("dead letters are named by id or by topic") {
  const auto list = typed({"dlq", "list", "--topic", "user.login", "--consumer", "progress.logins"});
  CHECK(list.command == Command::dlq_list);
  CHECK(list.topic == "user.login");
  CHECK(list.consumer == "progress.logins");
  const auto show = typed({"dlq", "show", "dlq_1"});
  CHECK(show.command == Command::dlq_show);
  CHECK(show.id == "dlq_1");
  const auto replay = typed({"dlq", "replay", "dlq_1"});
  CHECK(replay.command == Command::dlq_replay);
  CHECK(replay.id == "dlq_1");
  CHECK(typed({"dlq", "replay", "--topic", "user.login"}).topic == "user.login");
  const auto discard = typed({"dlq", "discard", "dlq_1", "--reason", "a test"});
  CHECK(discard.command == Command::dlq_discard);
  CHECK(discard.id == "dlq_1");
  CHECK(discard.reason == "a test");
}

TEST_CASE("help and version are no errors") {
  CHECK(stopped({"--help"}).exit_code == 0);
  CHECK(stopped({"--help"}).text.find("Examples:") != std::string::npos);
  CHECK(stopped({"admin", "create", "--help"}).text.find("GUERDON_ADMIN_PASSWORD") != std::string::npos);
  CHECK(stopped({"dlq", "--help"}).text.find("Print one whole") != std::string::npos);
  CHECK(stopped({"--version"}).text.find("guerdon 0.") == 0);
}

TEST_CASE("what can't be understood is refused in one line that points to the help") {
  const auto words = GENERATE(values<std::vector<const char*>>({{"sevre"},
                                                                {"--unknown"},
                                                                {"admin"},
                                                                {"admin", "create"},
                                                                {"admin", "create", "--username", "ada"},
                                                                {"dlq"},
                                                                {"dlq", "show"},
                                                                {"dlq", "discard", "dlq_1"},
                                                                {"dlq", "replay", "dlq_1", "--topic", "user.login"},
                                                                {"--set"},
                                                                {"serve", "verify"},
                                                                {"verify", "extra"}}));
  const auto stop = stopped(words);
  INFO(stop.text);
  CHECK(stop.exit_code == 64);
  CHECK(stop.text.find('\n') == std::string::npos);
  CHECK(stop.text.find("guerdon --help") != std::string::npos);
}
