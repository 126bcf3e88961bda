// The project's files as text, for the rules to read. Knows paths, includes and string literals; nothing of C++ beyond.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace guerdon::architecture {

struct SourceFile {
  std::string path;  ///< from the root, with forward slashes: "modules/reward/service.cpp"
  std::string text;
};

/// Every .hpp, .cpp and .sql file below `root`/`folders`, in order of path.
std::vector<SourceFile> read_tree(const std::filesystem::path& root, const std::vector<std::string>& folders);

/// What the file includes, without quotes or angle brackets.
std::vector<std::string> includes_of(const SourceFile& file);

/// The text without comments; string literals stay.
std::string without_comments(std::string_view text);

/// The contents of the string literals, adjacent ones joined.
std::vector<std::string> literals_of(const SourceFile& file);

/// "reward" of "modules/reward/…", empty elsewhere.
std::string module_of(std::string_view path);

}  // namespace guerdon::architecture
