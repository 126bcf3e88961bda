// See access_matrix.hpp.
#include "integration/auth/access_matrix.hpp"

#include <algorithm>
#include <stdexcept>

namespace guerdon::access {
namespace {

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::vector<std::string> split(std::string_view text, char by) {
  std::vector<std::string> parts;
  while (true) {
    const auto end = text.find(by);
    parts.emplace_back(trim(text.substr(0, end)));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool is_cell(const std::string& text) { return text == "yes" || text == "401" || text == "403" || text == "404"; }

Line parse_line(std::string_view text) {
  auto parts = split(text, '|');
  const auto call = split(parts.front(), ' ');
  parts.erase(parts.begin());
  if (call.size() != 2 || parts.size() != columns.size() || !std::all_of(parts.begin(), parts.end(), is_cell))
    throw std::runtime_error("the access matrix can't be read at: " + std::string{text});
  return {.method = call[0], .path = call[1], .cells = std::move(parts)};
}

bool contains(const std::vector<std::string>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

std::string Line::route() const { return route_key(method, path); }

const std::string& Line::cell(std::string_view column) const {
  const auto found = std::find(columns.begin(), columns.end(), column);
  return cells.at(static_cast<std::size_t>(found - columns.begin()));
}

std::string route_key(std::string_view method, std::string_view path) {
  std::string key = std::string{method} + ' ';
  bool is_inside = false;
  for (const char c : path.substr(0, path.find('?'))) {
    if (c == '}') is_inside = false;
    if (!is_inside) key += c;
    if (c == '{') is_inside = true;
  }
  return key;
}

std::vector<Line> parse_matrix(std::string_view text) {
  std::vector<Line> lines;
  for (const auto& line : split(text, '\n'))
    if (!line.empty() && line.front() != '#') lines.push_back(parse_line(line));
  return lines;
}

std::vector<std::string> unmatched(const std::vector<Line>& lines, const std::vector<std::string>& routes) {
  std::vector<std::string> found;
  std::vector<std::string> named;
  for (const auto& line : lines) {
    named.push_back(line.route());
    if (!contains(routes, named.back())) found.push_back("no such route: " + line.method + ' ' + line.path);
  }
  for (const auto& route : routes)
    if (!contains(named, route)) found.push_back("no line: " + route);
  return found;
}

std::vector<std::string> writing_auditors(const std::vector<Line>& lines, const std::vector<std::string>& own) {
  std::vector<std::string> found;
  for (const auto& line : lines) {
    if (line.method == "GET" || line.cell("anonymous") == "yes") continue;
    if (line.cell("auditor") != "403" && !contains(own, line.route()))
      found.push_back("auditor: " + line.method + ' ' + line.path);
    if (line.cell("key:auditor") != "403") found.push_back("key:auditor: " + line.method + ' ' + line.path);
  }
  return found;
}

bool fits(std::string_view cell, int status) {
  if (cell == "yes") return (status >= 200 && status < 300) || status == 409;
  return cell == std::to_string(status);
}

}  // namespace guerdon::access
