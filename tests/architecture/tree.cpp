// Reads files; a scanner that tells code, comments and string literals apart.
#include "tree.hpp"

#include <algorithm>
#include <fstream>
#include <regex>
#include <sstream>

namespace guerdon::architecture {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// Where the comment or literal that begins at `i` ends (one past it), or `i` when none begins there.
std::size_t skip_comment(std::string_view text, std::size_t i) {
  if (text.substr(i, 2) == "//") return std::min(text.find('\n', i), text.size());
  if (text.substr(i, 2) == "/*") {
    const auto end = text.find("*/", i + 2);
    return end == std::string_view::npos ? text.size() : end + 2;
  }
  return i;
}

std::size_t skip_quoted(std::string_view text, std::size_t i) {
  const char quote = text[i];
  for (++i; i < text.size() && text[i] != quote; ++i)
    if (text[i] == '\\') ++i;
  return std::min(i + 1, text.size());
}

std::size_t skip_raw_string(std::string_view text, std::size_t i) {
  const auto open = text.find('(', i);
  if (open == std::string_view::npos) return text.size();
  const auto close = ")" + std::string{text.substr(i + 2, open - i - 2)} + "\"";
  const auto end = text.find(close, open);
  return end == std::string_view::npos ? text.size() : end + close.size();
}

bool begins_raw_string(std::string_view text, std::size_t i) {
  return text.substr(i, 2) == "R\"" && (i == 0 || std::isalnum(static_cast<unsigned char>(text[i - 1])) == 0);
}

/// A digit separator (1'000) is no character literal.
bool begins_character(std::string_view text, std::size_t i) {
  return text[i] == '\'' && (i == 0 || std::isalnum(static_cast<unsigned char>(text[i - 1])) == 0);
}

}  // namespace

std::vector<SourceFile> read_tree(const fs::path& root, const std::vector<std::string>& folders) {
  std::vector<SourceFile> files;
  for (const auto& folder : folders) {
    if (!fs::exists(root / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator{root / folder}) {
      const auto extension = entry.path().extension();
      if (!entry.is_regular_file() || (extension != ".hpp" && extension != ".cpp" && extension != ".sql")) continue;
      files.push_back({fs::relative(entry.path(), root).generic_string(), read_file(entry.path())});
    }
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

std::vector<std::string> includes_of(const SourceFile& file) {
  static const std::regex include{R"re((?:^|\n)[ \t]*#[ \t]*include[ \t]*["<]([^">]+)[">])re"};
  std::vector<std::string> found;
  for (std::sregex_iterator it{file.text.begin(), file.text.end(), include}, end; it != end; ++it)
    found.push_back((*it)[1].str());
  return found;
}

std::string without_comments(std::string_view text) {
  std::string code;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = skip_comment(text, i);
    if (end != i) {
      i = end;
      continue;
    }
    if (begins_raw_string(text, i))
      end = skip_raw_string(text, i);
    else if (text[i] == '"' || begins_character(text, i))
      end = skip_quoted(text, i);
    else
      end = i + 1;
    code.append(text.substr(i, end - i));
    i = end;
  }
  return code;
}

std::vector<std::string> literals_of(const SourceFile& file) {
  const std::string code = without_comments(file.text);
  const std::string_view text = code;
  std::vector<std::string> found;
  bool joins = false;
  for (std::size_t i = 0; i < text.size();) {
    if (begins_raw_string(text, i) || text[i] == '"') {
      const bool raw = text[i] != '"';
      const auto end = raw ? skip_raw_string(text, i) : skip_quoted(text, i);
      const std::string content{text.substr(i + (raw ? 3 : 1), end - i - (raw ? 5 : 2))};
      if (joins)
        found.back() += content;
      else
        found.push_back(content);
      joins = true;
      i = end;
    } else {
      if (std::isspace(static_cast<unsigned char>(text[i])) == 0) joins = false;
      i = begins_character(text, i) ? skip_quoted(text, i) : i + 1;
    }
  }
  return found;
}

std::string module_of(std::string_view path) {
  constexpr std::string_view prefix = "modules/";
  if (path.substr(0, prefix.size()) != prefix) return {};
  path.remove_prefix(prefix.size());
  return std::string{path.substr(0, path.find('/'))};
}

}  // namespace guerdon::architecture
