// See calendar_step.hpp.
#include "runtime/calendar_step.hpp"

#include <charconv>

namespace guerdon {
namespace {

constexpr int longest_months = 12'000;

// Takes "<digits><unit>" off the front. Zero where it does not stand there; nothing for a number too large.
std::optional<int> take(std::string_view& text, char unit) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto digits = static_cast<std::size_t>(end - text.data());
  const bool is_there = digits > 0 && digits < text.size() && text[digits] == unit && text.front() != '-';
  if (error == std::errc::result_out_of_range || (is_there && number > longest_months)) return std::nullopt;
  if (!is_there) return 0;
  text.remove_prefix(digits + 1);
  return number;
}

}  // namespace

std::optional<CalendarStep> CalendarStep::parse(std::string_view text) {
  if (!text.starts_with('P')) return std::nullopt;
  auto rest = text.substr(1);
  const auto years = take(rest, 'Y');
  const auto months = take(rest, 'M');
  if (!years || !months || *years * 12 + *months > longest_months) return std::nullopt;
  CalendarStep step;
  step.months = std::chrono::months{*years * 12 + *months};
  const bool is_calendar_only = rest.empty() && rest.size() + 1 < text.size();
  if (is_calendar_only) return step;
  const auto length = parse_duration("P" + std::string{rest});
  if (!length) return std::nullopt;
  step.rest = *length;
  return step;
}

Instant CalendarStep::from(Instant start) const {
  using std::chrono::last, std::chrono::sys_days, std::chrono::year_month_day;
  const auto midnight = std::chrono::floor<std::chrono::days>(start);
  auto date = year_month_day{midnight} + months;
  if (!date.ok()) date = date.year() / date.month() / last;
  return sys_days{date} + (start - midnight) + rest;
}

}  // namespace guerdon
