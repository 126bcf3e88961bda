// See feed_cursor.hpp. The payload is lines of text: what it is, the topic, the epoch, the positions.
#include "bus/feed_cursor.hpp"

#include <charconv>

namespace guerdon::bus {
namespace {

constexpr std::string_view kind = "feed\n";

std::string heading(std::string_view topic) { return std::string{kind}.append(topic).append("\n"); }

std::optional<Positions> read_positions(std::string_view text) {
  Positions positions;
  const char* const end = text.data() + text.size();
  for (const char* at = text.data(); at != end;) {
    std::int64_t position = 0;
    const auto [after, error] = std::from_chars(at, end, position);
    if (error != std::errc{} || (after != end && *after != ' ')) return std::nullopt;
    positions.push_back(position);
    at = after == end ? end : after + 1;
  }
  return positions;
}

}  // namespace

std::string seal_place(const CursorCodec& cursors, std::string_view topic, const LogPlace& place) {
  std::string text = heading(topic);
  text.append(place.epoch).append("\n");
  for (const auto position : place.positions) text.append(std::to_string(position)).append(" ");
  text.pop_back();
  return cursors.seal(text);
}

std::optional<LogPlace> open_place(const CursorCodec& cursors, std::string_view topic, std::string_view cursor) {
  const auto text = cursors.open(cursor);
  const auto expected = heading(topic);
  if (!text || !text->starts_with(expected)) return std::nullopt;
  const auto rest = std::string_view{*text}.substr(expected.size());
  const auto line = rest.find('\n');
  if (line == rest.npos) return std::nullopt;
  auto positions = read_positions(rest.substr(line + 1));
  if (!positions || positions->empty()) return std::nullopt;
  return LogPlace{std::string{rest.substr(0, line)}, *std::move(positions)};
}

}  // namespace guerdon::bus
