// See dead_letter_command.hpp.
#include "bus/dead_letter_command.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

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

std::string no_id(const std::string& text) { return "'" + text + "' is not the id of a dead letter"; }

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

// A line for each member of the payload: a line of the control socket has a limit.
std::vector<std::string> describe(const DeadLetter& letter) {
  const auto& message = letter.message;
  std::vector<std::string> lines;
  const auto add = [&](std::string_view name, const auto& value) {
    lines.push_back(fmt::format("{:<14}{}", fmt::format("{}:", name), value));
  };
  add("id", letter.id.to_string());
  add("consumer", letter.consumer);
  add("attempts", letter.attempts);
  add("error", letter.error);
  add("first failed", to_rfc3339(letter.first_at));
  add("given up", to_rfc3339(letter.last_at));
  add("topic", message.topic);
  add("key", message.key);
  add("type", message.type);
  add("message", message.id.to_string());
  add("position", fmt::format("{} in partition {}", message.position, message.partition));
  add("published", to_rfc3339(message.time));
  add("headers", json::serialize(message.headers));
  const auto payload = parse_json(message.payload);
  const auto* const members = payload ? payload->if_object() : nullptr;
  if (members == nullptr) {
    add("payload", message.payload);
    return lines;
  }
  lines.emplace_back("payload:");
  for (const auto& member : *members)
    lines.push_back(fmt::format("  {}: {}", std::string_view{member.key()}, json::serialize(member.value())));
  return lines;
}

int show(const DeadLetters& letters, Database& database, const json::object& arguments, App::Output output) {
  const auto text = argument(arguments, "id").value_or(std::string{});
  const auto id = DeadLetterId::parse(text);
  if (!id) return refuse(output, no_id(text), exit_usage);
  const auto letter = database.read([&](Snapshot& snapshot) { return letters.find(snapshot, *id); });
  if (!letter) return refuse(output, in_words(letter.error()));
  for (const auto& line : describe(*letter))
    if (!output(line)) return exit_failed;
  return exit_ok;
}

int replay_all(const DeadLetters& letters, Database& database, const json::object& arguments, App::Output output) {
  const auto topic = argument(arguments, "topic");
  if (!topic) return refuse(output, "say which: an id, or a topic", exit_usage);
  const auto done = letters.replay_all(database, Caller{}, {*topic, argument(arguments, "consumer")});
  auto line = fmt::format("replayed {}", done.replayed);
  if (done.skipped > 0) line += fmt::format(", skipped {} of consumers that this server does not have", done.skipped);
  return output(line) ? exit_ok : exit_failed;
}

int change_one(const DeadLetters& letters, Database& database, bool replays, const json::object& arguments,
               App::Output output) {
  const auto text = argument(arguments, "id").value_or(std::string{});
  const auto id = DeadLetterId::parse(text);
  if (!id) return refuse(output, no_id(text), exit_usage);
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
  if (command == "dlq show") return show(letters, database, arguments, output);
  const bool replays = command == "dlq replay";
  if (replays && !argument(arguments, "id")) return replay_all(letters, database, arguments, output);
  return change_one(letters, database, replays, arguments, output);
}

}  // namespace guerdon::bus
