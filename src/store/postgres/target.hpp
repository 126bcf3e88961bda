// Which database a URL names, and what every session in it is set to.
// It keeps the URL, and the password in it, out of every message.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace guerdon::store::postgres {

struct Target {
  std::string conninfo;  ///< for libpq; may hold a password: never show it
  std::string schema;    ///< empty = the server's own search_path
  bool durable = true;   ///< false: synchronous_commit=off
  std::chrono::milliseconds statement_timeout{30'000};
};

/// `postgres://user@host/db?schema=abc` or `postgresql://…`: everything but `schema` is libpq's.
/// Throws std::invalid_argument, one line.
[[nodiscard]] Target parse_target(std::string_view url);

}  // namespace guerdon::store::postgres
