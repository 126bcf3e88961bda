// A request target taken apart: path segments and query parameters, percent-decoded. It refuses whatever a proxy in
// front might read differently: dot segments, encoded slashes, back slashes, NUL, text that is not UTF-8.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "guerdon/result.hpp"

namespace guerdon::http {

/// Views into the request's head, or into what this object decoded: valid as long as both.
class Target {
 public:
  static constexpr std::size_t max_segments = 12;  ///< a longer path is no route's

  Target() = default;
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;

  /// Makes it that of another request, keeping its memory. `host` is the Host field. Errors: malformed-request,
  /// uri-too-long (each closes the connection).
  [[nodiscard]] Result<void> parse(std::string_view target, std::string_view host);

  [[nodiscard]] bool is_asterisk() const { return is_asterisk_; }
  [[nodiscard]] std::string_view path() const { return path_; }    ///< as sent, without the query
  [[nodiscard]] std::string_view query() const { return query_; }  ///< as sent, without the question mark
  /// Of a path with more than max_segments there are none.
  [[nodiscard]] const std::vector<std::string_view>& segments() const { return segments_; }
  [[nodiscard]] const std::vector<std::pair<std::string_view, std::string_view>>& parameters() const {
    return parameters_;
  }

 private:
  Result<void> parse_path();
  Result<void> parse_query();
  Result<std::string_view> decoded(std::string_view text, bool plus_is_space);

  bool is_asterisk_ = false;
  std::string_view path_, query_;
  std::vector<std::string_view> segments_;
  std::vector<std::pair<std::string_view, std::string_view>> parameters_;
  std::string decoded_;  // reserved once a request: views into it stay valid
};

}  // namespace guerdon::http
