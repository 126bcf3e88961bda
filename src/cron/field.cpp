// See field.hpp.
#include "cron/field.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <string>

namespace guerdon::cron {
namespace {

struct Range {
  int from, to;
  bool is_single = false;
};

Error refused(const Field& field, std::string_view part, const std::string& rule) {
  return {problems::validation_failed, std::string{field.name} + ": '" + std::string{part} + "' " + rule};
}

bool is_word(std::string_view word, std::string_view text) {
  return std::ranges::equal(word, text,
                            [](char a, char b) { return a == std::toupper(static_cast<unsigned char>(b)); });
}

std::optional<int> read_number(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = !text.empty() && text.front() != '-' && end == text.data() + text.size();
  if (!is_number || error != std::errc{}) return std::nullopt;
  return number;
}

Result<int> read_value(const Field& field, std::string_view text) {
  const auto word = std::ranges::find_if(field.words, [&](std::string_view known) { return is_word(known, text); });
  if (word != field.words.end()) return field.first + static_cast<int>(word - field.words.begin());
  const auto number = read_number(text);
  if (number && *number >= field.first && *number <= field.highest) return *number;
  std::string rule = "must be a number from " + std::to_string(field.first) + " to " + std::to_string(field.highest);
  if (!field.words.empty()) rule += " or a name such as " + std::string{field.words.front()};
  return refused(field, text, rule);
}

Result<Range> read_range(const Field& field, std::string_view text) {
  if (text == "*") return Range{field.first, field.last};
  const auto dash = text.find('-');
  const auto from = read_value(field, text.substr(0, dash));
  if (!from) return from.error();
  if (dash == text.npos) return Range{*from, *from, true};
  const auto to = read_value(field, text.substr(dash + 1));
  if (!to) return to.error();
  const bool ends_on_sunday = field.highest > field.last && *to == field.first && *from > *to;
  const Range range{*from, ends_on_sunday ? field.highest : *to};
  if (range.to < range.from) return refused(field, text, "must not run backwards: write it as two ranges");
  return range;
}

Result<std::uint64_t> read_item(const Field& field, std::string_view text) {
  const auto slash = text.find('/');
  const auto range = read_range(field, text.substr(0, slash));
  if (!range) return range.error();
  int step = 1;
  if (slash != text.npos) {
    if (range->is_single) return refused(field, text, "must have a range or a star before its step");
    const auto longest = field.last - field.first;
    const auto number = read_number(text.substr(slash + 1));
    if (!number || *number < 1 || *number > longest)
      return refused(field, text, "must have a step from 1 to " + std::to_string(longest));
    step = *number;
  }
  std::uint64_t set = 0;
  for (int value = range->from; value <= range->to; value += step)
    set |= std::uint64_t{1} << (value > field.last ? field.first : value);
  return set;
}

}  // namespace

Result<std::uint64_t> parse_field(const Field& field, std::string_view text) {
  std::uint64_t set = 0;
  while (true) {
    const auto comma = text.find(',');
    const auto item = read_item(field, text.substr(0, comma));
    if (!item) return item.error();
    set |= *item;
    if (comma == text.npos) return set;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace guerdon::cron
