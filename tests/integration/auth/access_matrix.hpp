// The access matrix as a test reads it: its lines, and what may be wrong with them. It makes no calls.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace guerdon::access {

inline constexpr std::array<std::string_view, 9> columns{
    "anonymous", "user:own", "user:other", "operator", "auditor", "admin", "key:operator", "key:auditor", "key:admin"};

struct Line {
  std::string method;
  std::string path;                ///< with what is asked for in braces, perhaps with a query
  std::vector<std::string> cells;  ///< one for each of the columns

  /// "GET /api/events/{}": the route it is about.
  [[nodiscard]] std::string route() const;
  [[nodiscard]] const std::string& cell(std::string_view column) const;
};

/// "METHOD path" with the names of parameters and the query left out.
[[nodiscard]] std::string route_key(std::string_view method, std::string_view path);

/// Throws std::runtime_error, quoting the line, for one that is not of the form that the file describes.
[[nodiscard]] std::vector<Line> parse_matrix(std::string_view text);

/// Routes without a line and lines without a route; `routes` are route keys.
[[nodiscard]] std::vector<std::string> unmatched(const std::vector<Line>& lines,
                                                 const std::vector<std::string>& routes);

/// Lines that let an AUDITOR, or a key of that role, write something that is not their own account's; `own` are the
/// route keys that are about the caller's own account.
[[nodiscard]] std::vector<std::string> writing_auditors(const std::vector<Line>& lines,
                                                        const std::vector<std::string>& own);

/// Is this status what the cell says?
[[nodiscard]] bool fits(std::string_view cell, int status);

}  // namespace guerdon::access
