// Cron expressions (guerdon/cron.hpp): how they are read, and the next time that one comes.
#include <algorithm>
#include <array>
#include <bit>
#include <utility>
#include <vector>

#include "cron/field.hpp"
#include "cron/local_clock.hpp"
#include "guerdon/cron.hpp"

namespace guerdon {
namespace {

using std::chrono::days, std::chrono::floor, std::chrono::local_days, std::chrono::minutes;

constexpr std::size_t longest_text = 200;
constexpr int minutes_a_day = 24 * 60;
constexpr days horizon{41 * 366};  // 29 February on a given day of the week comes after 40 years at the latest

constexpr std::array<std::string_view, 12> month_names{"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                       "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array<std::string_view, 7> weekday_names{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};
constexpr std::array<unsigned, 12> longest_months{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

const std::array<cron::Field, 5> fields{{{"minute", 0, 59, 59, {}},
                                         {"hour", 0, 23, 23, {}},
                                         {"day of month", 1, 31, 31, {}},
                                         {"month", 1, 12, 12, month_names},
                                         {"day of week", 0, 6, 7, weekday_names}}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> macros{{{"@hourly", "0 * * * *"},
                                                                               {"@daily", "0 0 * * *"},
                                                                               {"@midnight", "0 0 * * *"},
                                                                               {"@weekly", "0 0 * * 0"},
                                                                               {"@monthly", "0 0 1 * *"},
                                                                               {"@yearly", "0 0 1 1 *"},
                                                                               {"@annually", "0 0 1 1 *"}}};

Error refused(const std::string& rule) { return {problems::validation_failed, rule}; }

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= ' ' && c <= '~') || c == '\t'; });
}

std::vector<std::string_view> words_of(std::string_view text) {
  constexpr std::string_view blanks = " \t";
  std::vector<std::string_view> words;
  for (auto begin = text.find_first_not_of(blanks); begin != text.npos; begin = text.find_first_not_of(blanks)) {
    text.remove_prefix(begin);
    words.push_back(text.substr(0, text.find_first_of(blanks)));
    text.remove_prefix(words.back().size());
  }
  return words;
}

std::string joined(const std::vector<std::string_view>& words) {
  std::string text;
  for (const auto word : words) text.append(text.empty() ? "" : " ").append(word);
  return text;
}

bool has(std::uint64_t set, unsigned value) { return (set >> value & 1U) != 0; }

}  // namespace

Result<CronSchedule> CronSchedule::parse(std::string_view text) {
  if (text.size() > longest_text) return refused("must be at most " + std::to_string(longest_text) + " characters");
  if (!is_printable(text)) return refused("must be of printable ASCII characters");
  auto words = words_of(text);
  CronSchedule schedule;
  schedule.text_ = joined(words);
  if (words.empty()) return schedule;
  if (words.front().front() == '@') {
    const auto* const macro =
        std::ranges::find(macros, std::string_view{schedule.text_}, [](const auto& m) { return m.first; });
    if (macro == macros.end())
      return refused("must be one of @hourly, @daily, @midnight, @weekly, @monthly, @yearly and @annually after an @");
    words = words_of(macro->second);
  }
  if (words.size() != fields.size())
    return refused("must have five fields: minute, hour, day of month, month, day of week");
  const std::array<std::uint64_t*, 5> sets{&schedule.minutes_, &schedule.hours_, &schedule.days_, &schedule.months_,
                                           &schedule.weekdays_};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto set = cron::parse_field(fields.at(i), words[i]);
    if (!set) return set.error();
    *sets.at(i) = *set;
  }
  schedule.either_day_ = words[2].front() != '*' && words[4].front() != '*';
  if (!schedule.ever_comes()) return refused("day of month: none of the months has such a day");
  return schedule;
}

bool CronSchedule::ever_comes() const {
  if (either_day_) return true;
  for (unsigned month = 1; month <= longest_months.size(); ++month) {
    const auto first_day = static_cast<unsigned>(std::countr_zero(days_));
    if (has(months_, month) && first_day <= longest_months.at(month - 1)) return true;
  }
  return false;
}

bool CronSchedule::comes_on(Date local_day) const {
  const std::chrono::year_month_day date{local_day};
  if (!has(months_, static_cast<unsigned>(date.month()))) return false;
  const bool by_day = has(days_, static_cast<unsigned>(date.day()));
  const bool by_weekday = has(weekdays_, std::chrono::weekday{local_day}.c_encoding());
  return either_day_ ? by_day || by_weekday : by_day && by_weekday;
}

std::optional<Instant> CronSchedule::next(Instant after, const TimeZone& zone) const {
  if (is_off()) return std::nullopt;
  const cron::LocalClock clock{zone};
  // Later local times come no earlier, so nothing before what the clocks show now can be the next.
  const auto now = clock.local(after);
  const auto today = floor<days>(now);
  auto minute = static_cast<int>(floor<minutes>(now - today).count());
  for (local_days day = today; day <= today + horizon; day += days{1}, minute = 0) {
    if (!comes_on(Date{day.time_since_epoch()})) continue;
    for (; minute < minutes_a_day; ++minute) {
      if (!has(hours_, static_cast<unsigned>(minute / 60)) || !has(minutes_, static_cast<unsigned>(minute % 60)))
        continue;
      const auto at = clock.first_instant(day + minutes{minute});
      if (at > after) return at;
    }
  }
  return std::nullopt;
}

}  // namespace guerdon
