// A password among the settings: decoded like any text, shown as ***.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "guerdon/config_types.hpp"

namespace guerdon {

/// Empty = not set.
class HiddenText {
 public:
  HiddenText() = default;
  explicit HiddenText(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] bool empty() const noexcept { return text_.reveal().empty(); }
  [[nodiscard]] const std::string& reveal() const noexcept { return text_.reveal(); }

 private:
  Secret<std::string> text_;
};

template <>
struct Codec<HiddenText> : detail::SettingCodec<HiddenText, Codec<HiddenText>> {
  static std::string_view expected() { return "must be a text of at most 1000 bytes"; }
  static void append(std::string& out, const HiddenText& text) { out += text.empty() ? "" : "***"; }
  static std::optional<HiddenText> read(std::string_view text) {
    return text.size() <= 1000 ? std::optional{HiddenText{std::string{text}}} : std::nullopt;
  }
};

}  // namespace guerdon
