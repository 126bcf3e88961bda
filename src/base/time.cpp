// The text forms of instants, dates and durations. Digits by hand: this is on the path of every answer.
#include "guerdon/time.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

namespace guerdon {
namespace {

using std::chrono::milliseconds;

constexpr Instant first_instant{std::chrono::sys_days{std::chrono::year{1970} / 1 / 1}};
constexpr Instant after_last_instant{std::chrono::sys_days{std::chrono::year{10000} / 1 / 1}};
constexpr Instant first_shown{std::chrono::sys_days{std::chrono::year{0} / 1 / 1}};

// "00" to "99", so that two digits cost one division and one copy.
constexpr std::array<char, 200> pairs = [] {
  std::array<char, 200> table{};
  for (std::size_t i = 0; i < 100; ++i) {
    table[2 * i] = static_cast<char>('0' + i / 10);
    table[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return table;
}();

void write_pair(char* to, unsigned number) { std::memcpy(to, pairs.data() + std::size_t{2} * number, 2); }

void write_date(char* to, Date date) {
  const std::chrono::year_month_day day{date};
  const auto year = static_cast<unsigned>(static_cast<int>(day.year()));
  write_pair(to, year / 100);
  write_pair(to + 2, year % 100);
  to[4] = '-';
  write_pair(to + 5, static_cast<unsigned>(day.month()));
  to[7] = '-';
  write_pair(to + 8, static_cast<unsigned>(day.day()));
}

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Reads a text from its front; once something did not fit, nothing more does.
class TimeReader {
 public:
  explicit TimeReader(std::string_view text) noexcept : rest_{text} {}

  int number(std::size_t digits, int max) {
    if (rest_.size() < digits) return fail();
    int number = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (!is_digit(rest_[i])) return fail();
      number = number * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(digits);
    return number <= max ? number : fail();
  }

  bool accept(char c) {
    if (!good_ || !rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!accept(c)) fail();
  }

  // One to nine digits, cut to thousandths.
  int thousandths() {
    int number = 0;
    std::size_t digits = 0;
    for (; !rest_.empty() && is_digit(rest_.front()); rest_.remove_prefix(1)) {
      if (++digits <= 3) number = number * 10 + (rest_.front() - '0');
    }
    if (digits == 0 || digits > 9) return fail();
    for (; digits < 3; ++digits) number *= 10;
    return number;
  }

  int fail() {
    good_ = false;
    return 0;
  }

  [[nodiscard]] bool complete() const { return good_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

Date read_date(TimeReader& reader) {
  const int year = reader.number(4, 9999);
  reader.expect('-');
  const auto month = static_cast<unsigned>(reader.number(2, 12));
  reader.expect('-');
  const auto day = static_cast<unsigned>(reader.number(2, 31));
  const auto date = std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day};
  if (!date.ok()) reader.fail();
  return date;
}

milliseconds read_offset(TimeReader& reader) {
  if (reader.accept('Z')) return milliseconds{0};
  const bool west = reader.accept('-');
  if (!west) reader.expect('+');
  const std::chrono::hours hours{reader.number(2, 23)};
  reader.expect(':');
  const std::chrono::minutes minutes{reader.number(2, 59)};
  const milliseconds offset = hours + minutes;
  return west ? -offset : offset;
}

}  // namespace

Instant SystemClock::now() const { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); }

void append_rfc3339(std::string& out, Instant instant) {
  instant = std::clamp(instant, first_shown, after_last_instant - milliseconds{1});
  const auto date = std::chrono::floor<std::chrono::days>(instant);
  auto rest = static_cast<unsigned>((instant - date).count());
  std::array<char, 24> text{};
  write_date(text.data(), date);
  text[10] = 'T';
  text[19] = '.';
  text[20] = static_cast<char>('0' + rest % 1000 / 100);
  write_pair(text.data() + 21, rest % 100);
  rest /= 1000;
  write_pair(text.data() + 17, rest % 60);
  text[16] = ':';
  rest /= 60;
  write_pair(text.data() + 14, rest % 60);
  text[13] = ':';
  write_pair(text.data() + 11, rest / 60);
  text[23] = 'Z';
  out.append(text.data(), text.size());
}

std::string to_rfc3339(Instant instant) {
  std::string text;
  append_rfc3339(text, instant);
  return text;
}

std::optional<Instant> parse_rfc3339(std::string_view text) {
  TimeReader reader{text};
  Instant instant = read_date(reader);
  reader.expect('T');
  instant += std::chrono::hours{reader.number(2, 23)};
  reader.expect(':');
  instant += std::chrono::minutes{reader.number(2, 59)};
  reader.expect(':');
  instant += std::chrono::seconds{reader.number(2, 59)};
  if (reader.accept('.')) instant += milliseconds{reader.thousandths()};
  instant -= read_offset(reader);
  if (!reader.complete() || instant < first_instant || instant >= after_last_instant) return std::nullopt;
  return instant;
}

void append_date(std::string& out, Date date) {
  const Date last = std::chrono::floor<std::chrono::days>(after_last_instant) - std::chrono::days{1};
  std::array<char, 10> text{};
  write_date(text.data(), std::clamp(date, std::chrono::floor<std::chrono::days>(first_shown), last));
  out.append(text.data(), text.size());
}

std::string to_text(Date date) {
  std::string text;
  append_date(text, date);
  return text;
}

std::optional<Date> parse_date(std::string_view text) {
  TimeReader reader{text};
  const Date date = read_date(reader);
  if (!reader.complete() || text.starts_with("0000")) return std::nullopt;
  return date;
}

}  // namespace guerdon
