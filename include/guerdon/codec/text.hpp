// Text within limits that are part of its type, and the rules that limit it further.
#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "guerdon/crypto.hpp"

namespace guerdon {

// The code points of valid UTF-8.
[[nodiscard]] std::size_t code_points(std::string_view utf8) noexcept;

// A rule for Text. `fault` says what is wrong in words ("must be …"), as a bad-format; `pattern` (ECMA-262) and
// `format` go into the schema; `controls` are the control characters that are allowed. NUL never is.
struct AnyText {
  static constexpr std::string_view pattern{};
  static constexpr std::string_view format{};
  static constexpr std::string_view controls{};
  static std::optional<std::string_view> fault(std::string_view) { return std::nullopt; }
};

struct MultilineText : AnyText {
  static constexpr std::string_view controls = "\n\r\t";
};

struct TextFault {
  std::string_view code;
  std::string detail;
};

namespace detail {
[[nodiscard]] bool is_utf8(std::string_view text);
[[nodiscard]] std::optional<TextFault> text_fault(std::string_view text, std::size_t min, std::size_t max,
                                                  std::string_view controls);
}  // namespace detail

// Between Min and Max code points without control characters, keeping to Rule. Only a default-made one may break that
// (it is empty).
template <std::size_t Min, std::size_t Max, class Rule = AnyText>
class Text {
 public:
  static constexpr std::size_t min_length = Min;
  static constexpr std::size_t max_length = Max;
  using rule = Rule;

  Text() = default;

  [[nodiscard]] static std::optional<TextFault> fault(std::string_view text) {
    if (auto found = detail::text_fault(text, Min, Max, Rule::controls)) return found;
    if (const auto broken = Rule::fault(text)) return TextFault{"bad-format", std::string{*broken}};
    return std::nullopt;
  }
  [[nodiscard]] static std::optional<Text> parse(std::string text) {
    if (fault(text)) return std::nullopt;
    return trusted(std::move(text));
  }
  // For what was checked before, such as a row of the store.
  [[nodiscard]] static Text trusted(std::string text) {
    Text checked;
    checked.text_ = std::move(text);
    return checked;
  }

  [[nodiscard]] const std::string& value() const noexcept { return text_; }
  operator std::string_view() const noexcept { return text_; }  // NOLINT(google-explicit-constructor): it is a text
  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }

  friend auto operator<=>(const Text&, const Text&) = default;
  friend bool operator==(const Text& text, std::string_view other) noexcept { return text.text_ == other; }
  friend void wipe(Text& text) noexcept { guerdon::wipe(text.text_); }

 private:
  std::string text_;
};

}  // namespace guerdon
