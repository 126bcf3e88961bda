// Durations as ISO 8601 and as the configuration writes them.
#include "guerdon/time.hpp"

#include <array>
#include <charconv>

namespace guerdon {
namespace {

using std::chrono::milliseconds;

struct Unit {
  std::string_view name;
  std::int64_t length;  // milliseconds
};

constexpr std::int64_t second = 1000;
constexpr std::int64_t minute = 60 * second;
constexpr std::int64_t hour = 60 * minute;
constexpr std::int64_t day = 24 * hour;
constexpr std::int64_t longest = 36500 * day;  // far from any overflow

constexpr std::array short_units{Unit{"ms", 1}, Unit{"s", second}, Unit{"m", minute}, Unit{"h", hour}, Unit{"d", day}};
constexpr std::array date_units{Unit{"W", 7 * day}, Unit{"D", day}};
constexpr std::array time_units{Unit{"H", hour}, Unit{"M", minute}, Unit{"S", second}};

// The digits at the front, taken off `text`.
std::optional<std::int64_t> take_number(std::string_view& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || text.front() == '-' || number > longest) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::optional<milliseconds> length(std::int64_t number, std::int64_t unit) {
  if (number > longest / unit) return std::nullopt;
  return milliseconds{number * unit};
}

std::optional<milliseconds> parse_short(std::string_view text) {
  const auto number = take_number(text);
  if (!number) return std::nullopt;
  for (const auto& unit : short_units) {
    if (text == unit.name) return length(*number, unit.length);
  }
  return std::nullopt;
}

// ".5" to ".999" before the S of seconds.
std::optional<std::int64_t> take_fraction(std::string_view& text) {
  if (!text.starts_with('.')) return 0;
  std::int64_t thousandths = 0;
  std::int64_t worth = 100;
  std::size_t digits = 0;
  for (text.remove_prefix(1); !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1)) {
    thousandths += worth * (text.front() - '0');
    worth /= 10;
    ++digits;
  }
  if (digits == 0 || digits > 3 || !text.starts_with('S')) return std::nullopt;
  return thousandths;
}

// Takes the components of `units` off `text`, each at most once and in order, up to a T or the end: their sum.
template <std::size_t Count>
std::optional<milliseconds> take_components(std::string_view& text, const std::array<Unit, Count>& units) {
  milliseconds sum{0};
  for (auto unit = units.begin(); !text.empty() && text.front() != 'T'; ++unit) {
    const auto number = take_number(text);
    const auto fraction = number ? take_fraction(text) : std::nullopt;
    if (!fraction) return std::nullopt;
    while (unit != units.end() && !text.starts_with(unit->name)) ++unit;
    if (unit == units.end()) return std::nullopt;
    const auto part = length(*number, unit->length);
    if (!part) return std::nullopt;
    sum += *part + milliseconds{*fraction};
    text.remove_prefix(1);
  }
  return sum;
}

std::optional<milliseconds> parse_iso(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const auto dates = take_components(text, date_units);
  if (!dates || text.empty()) return dates;
  text.remove_prefix(1);  // the T
  if (text.empty()) return std::nullopt;
  const auto times = take_components(text, time_units);
  if (!times || !text.empty()) return std::nullopt;
  return *dates + *times;
}

}  // namespace

std::optional<milliseconds> parse_duration(std::string_view text) {
  const auto parsed = text.starts_with('P') ? parse_iso(text.substr(1)) : parse_short(text);
  if (!parsed || *parsed > milliseconds{longest}) return std::nullopt;
  return parsed;
}

}  // namespace guerdon
