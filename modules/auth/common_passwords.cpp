// Counts what must be remembered of a password, in bits: a common word is one of a thousand, whatever its
// spelling; a run of keys, a repetition and a year are less. What costs little is among those that are tried first.
#include "common_passwords.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "common_words.hpp"

namespace guerdon::auth {
namespace {

constexpr int few_bits = 21;  ///< a word and any four digits; two words and a sign
constexpr int word_bits = 9;
constexpr int leet_bits = 1;
constexpr int track_bits = 6;
constexpr int again_bits = 2;
constexpr int year_bits = 5;
constexpr std::size_t shortest_track = 4;
/// Longer ones are only looked at for being a repetition of something shorter.
constexpr std::size_t longest = 64;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

int loose_bits(char c) {
  if (c == ' ') return 1;
  if (is_digit(c) || (c > ' ' && c < '\x7f' && !is_letter(c))) return 3;
  if (is_letter(c)) return 5;
  return 8;
}

/// What stands for a letter in 1337 spelling.
std::string_view disguises(char letter) {
  switch (letter) {
    case 'a':
      return "@4";
    case 'b':
      return "8";
    case 'c':
      return "(";
    case 'e':
      return "3";
    case 'g':
      return "96";
    case 'i':
      return "1!|";
    case 'l':
      return "1!|";
    case 'o':
      return "0";
    case 's':
      return "5$";
    case 't':
      return "7+";
    case 'z':
      return "2";
    default:
      return "";
  }
}

std::vector<std::string_view> split(std::string_view list) {
  std::vector<std::string_view> words;
  while (!list.empty()) {
    const auto end = list.find(' ');
    words.push_back(list.substr(0, end));
    list.remove_prefix(end + 1);
  }
  return words;
}

/// The words by their first letter: whoever starts with another one can't be spelled here.
using Shelf = std::vector<std::vector<std::string_view>>;

Shelf sort_words() {
  Shelf shelf(256);
  for (const auto word : split(common_words)) shelf[static_cast<unsigned char>(word.front())].push_back(word);
  return shelf;
}

std::vector<std::string> both_ways(std::string_view list) {
  std::vector<std::string> tracks;
  for (const auto track : split(list)) {
    tracks.emplace_back(track);
    tracks.emplace_back(track.rbegin(), track.rend());
  }
  return tracks;
}

enum class Match : std::uint8_t { none, plain, leet };

Match match(std::string_view text, std::string_view word) {
  if (text.size() < word.size()) return Match::none;
  std::size_t disguised = 0;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (text[i] == word[i]) continue;
    if (disguises(word[i]).find(text[i]) == std::string_view::npos) return Match::none;
    ++disguised;
  }
  if (disguised == 0) return Match::plain;
  return disguised * 2 <= word.size() ? Match::leet : Match::none;  // a number is not a word
}

std::size_t common_prefix(std::string_view left, std::string_view right) {
  return static_cast<std::size_t>(std::ranges::mismatch(left, right).in1 - left.begin());
}

bool starts_with_year(std::string_view text) {
  if (text.size() < 4 || !std::all_of(text.begin(), text.begin() + 4, is_digit)) return false;
  return text.substr(0, 2) == "19" || (text.substr(0, 2) == "20" && text[2] <= '3');
}

/// The cheapest way to put a text together; `bits[i]` is that of its first i bytes.
class Count {
 public:
  explicit Count(std::string_view text) : text_(text), bits_(text.size() + 1, 1'000'000) { bits_[0] = 0; }

  int bits() {
    for (at_ = 0; at_ < text_.size(); ++at_) {
      take(1, loose_bits(text_[at_]));
      const auto rest = text_.substr(at_);
      take_run(rest);
      take_words(rest);
      take_tracks(rest);
      if (starts_with_year(rest)) take(4, year_bits);
    }
    return bits_.back();
  }

 private:
  void take(std::size_t size, int cost) { bits_[at_ + size] = std::min(bits_[at_ + size], bits_[at_] + cost); }

  void take_run(std::string_view rest) {
    const auto end = std::min(rest.find_first_not_of(rest.front()), rest.size());
    for (std::size_t size = 3; size <= end; ++size) take(size, loose_bits(rest.front()) + again_bits);
  }

  void take_words(std::string_view rest) {
    static const Shelf shelf = sort_words();
    static const std::string letters = "abceilgostz";
    take_words_of(shelf[static_cast<unsigned char>(rest.front())], rest);
    for (const char letter : letters)
      if (disguises(letter).find(rest.front()) != std::string_view::npos)
        take_words_of(shelf[static_cast<unsigned char>(letter)], rest);
  }

  void take_words_of(const std::vector<std::string_view>& words, std::string_view rest) {
    for (const auto word : words) {
      const auto found = match(rest, word);
      if (found == Match::none) continue;
      const auto spelling = rest.substr(0, word.size());
      int cost = word_bits + (found == Match::leet ? leet_bits : 0);
      take(word.size(), cost);
      auto end = word.size();  // once more, and again
      for (cost += again_bits; rest.substr(end, word.size()) == spelling; end += word.size())
        take(end + word.size(), cost);
    }
  }

  void take_tracks(std::string_view rest) {
    static const std::vector<std::string> tracks = both_ways(common_tracks);
    for (const auto& track : tracks)
      for (auto start = track.find(rest.front()); start != std::string::npos;
           start = track.find(rest.front(), start + 1))
        for (auto size = common_prefix(rest, std::string_view{track}.substr(start)); size >= shortest_track; --size)
          take(size, track_bits);
  }

  std::string_view text_;
  std::vector<int> bits_;
  std::size_t at_ = 0;
};

/// The shortest beginning that makes up the whole text by repetition; perhaps the text itself.
std::string_view period_of(std::string_view text) {
  for (std::size_t size = 1; size <= text.size() / 2; ++size)
    if (text.substr(size) == text.substr(0, text.size() - size)) return text.substr(0, size);
  return text;
}

int bits_of(std::string_view text) {
  const auto period = period_of(text);
  if (period.size() > longest) return few_bits + 1;
  const int once = Count{period}.bits();
  return period.size() == text.size() ? once : once + again_bits;
}

}  // namespace

bool is_common_password(std::string_view lower_case) {
  const std::string backwards(lower_case.rbegin(), lower_case.rend());
  return bits_of(lower_case) <= few_bits || bits_of(backwards) <= few_bits;
}

}  // namespace guerdon::auth
