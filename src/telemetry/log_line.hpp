// One line of the log as text, in JSON or for people. Whatever comes in, it is one line of valid UTF-8 within max_line.
#pragma once

#include <string>
#include <string_view>

#include "guerdon/time.hpp"
#include "telemetry/log.hpp"

namespace guerdon::log {

struct Line {
  Instant time;
  Level level;
  std::string_view component, message, request_id;
  Fields fields;
  std::string_view trace_id = {};
};

/// With its line feed. Fields that do not fit are left out, and the line says so.
[[nodiscard]] std::string render(const Line& line, Format format);

/// Appends `text` as it may stand between quotes, cut at `limit` bytes of output: control characters, quotes, U+2028
/// and U+2029 are escaped as in JSON, what is not UTF-8 becomes U+FFFD.
void append_escaped(std::string& out, std::string_view text, std::size_t limit);

}  // namespace guerdon::log
