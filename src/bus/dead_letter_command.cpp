// See dead_letter_command.hpp.
#include "bus/dead_letter_command.hpp"

#include <fmt/format.h>

#include <limits>

#include "runtime/error_words.hpp"
#include "runtime/exit_codes.hpp"

namespace guerdon::bus {
namespace {

constexpr std::int64_t page = 100;

std::optional<std::string> argument(const json::object& arguments, std::string_view name) {
  const auto* const value = arguments.if_contains({name.data(), name.size()});
  if (value == nullptr || !value->is_string() || value->get_string().empty()) return std::nullopt;
  return std::string{value->get_string()};
}

DeadLetterFilter filter_of(const json::object& arguments) {
  return {argument(arguments, "topic"), argument(arguments, "consumer")};
}

int refuse(App::Output output, const std::string& why, int code = exit_failed) {
  static_cast<void>(output("refused: " + why));
  return code;
}

int list(const DeadLetters& letters, Database& database, const DeadLetterFilter& filter, App::Output output) {
  std::optional<Uuid> before;
  std::size_t count = 0;
  for (bool is_last = false; !is_last;) {
    const auto found = database.read([&](Snapshot& snapshot) { return letters.list(snapshot, filter, before, page); });
    for (const auto& letter : found) {
      const auto line =
          fmt::format("{}  {}  {}  {}  {}  after {} attempts: {}", letter.id.to_string(), to_rfc3339(letter.last_at),
                      letter.consumer, letter.message.topic, letter.message.key, letter.attempts, letter.error);
      if (!output(line)) return exit_failed;
      before = letter.id.uuid();
    }
    count += found.size();
    is_last = found.size() < static_cast<std::size_t>(page);
  }
  return output(fmt::format("{} dead letter{}", count, count == 1 ? "" : "s")) ? exit_ok : exit_failed;
}

int replay_all(const DeadLetters& letters, Database& database, const DeadLetterFilter& filter, App::Output output) {
  const auto done = letters.replay_all(database, Caller{}, filter, std::numeric_limits<std::int64_t>::max());
  auto line = fmt::format("replayed {}", done.replayed);
  if (done.skipped > 0) line += fmt::format(", skipped {} of consumers that this server does not have", done.skipped);
  return output(line) ? exit_ok : exit_failed;
}

int change_one(const DeadLetters& letters, Database& database, bool replays, const json::object& arguments,
               App::Output output) {
  const auto text = argument(arguments, "id").value_or(std::string{});
  const auto id = DeadLetterId::parse(text);
  if (!id) return refuse(output, "'" + text + "' is not the id of a dead letter", exit_usage);
  const auto reason = argument(arguments, "reason");
  if (!replays && !reason) return refuse(output, "discarding needs a reason", exit_usage);
  const auto changed = database.write([&](Tx& tx) -> Result<void> {
    if (replays) return letters.replay(tx, Caller{}, *id);
    return letters.discard(tx, Caller{}, *id, *reason);
  });
  if (!changed) return refuse(output, in_words(changed.error()));
  return output((replays ? "replayed " : "discarded ") + text) ? exit_ok : exit_failed;
}

}  // namespace

int dead_letter_command(const DeadLetters& letters, Database& database, std::string_view command,
                        const json::object& arguments, App::Output output) {
  if (command == "dlq list") return list(letters, database, filter_of(arguments), output);
  const bool replays = command == "dlq replay";
  const bool is_for_all = replays && !argument(arguments, "id");
  if (is_for_all && !argument(arguments, "topic")) return refuse(output, "say which: an id, or a topic", exit_usage);
  if (is_for_all) return replay_all(letters, database, filter_of(arguments), output);
  return change_one(letters, database, replays, arguments, output);
}

}  // namespace guerdon::bus
