// A page of metrics, taken over HTTP and looked into.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

namespace guerdon::test {

class Scrape {
 public:
  /// Throws std::runtime_error unless the answer is 200.
  static Scrape of(std::uint16_t admin_port);
  explicit Scrape(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] const std::string& text() const { return text_; }
  /// The value behind `name{label="value"}`, as the page writes it; nothing when there is no such series.
  [[nodiscard]] std::optional<double> find(const std::string& series) const;
  /// The same, of a series that must be there: throws std::runtime_error, with the page.
  [[nodiscard]] double get(const std::string& series) const;
  /// Of all families.
  [[nodiscard]] std::set<std::string> names() const;
  /// Every series without its value.
  [[nodiscard]] std::set<std::string> series() const;

 private:
  std::string text_;
};

}  // namespace guerdon::test
