// The hard delete takes personal members out of messages by their names, and finds messages by their topics: both lists
// have to know whatever a message calls personal.
#include <algorithm>
#include <catch2/catch.hpp>
#include <regex>

#include "bus/scrubbing.hpp"
#include "support/paths.hpp"
#include "tree.hpp"

using namespace guerdon::architecture;

namespace {

struct Personal {
  std::string topic;
  std::vector<std::string> names;
};

/// Of every message that has such members: between `topic = "…"` and the end of its struct.
std::vector<Personal> personal_in(const std::vector<SourceFile>& files) {
  static const std::regex message{R"re(topic = "([^"]+)"[^}]*?personal\{([^}]*)\})re"};
  static const std::regex quoted{R"re("([^"]+)")re"};
  std::vector<Personal> found;
  for (const auto& file : files)
    for (std::sregex_iterator it{file.text.begin(), file.text.end(), message}, end; it != end; ++it) {
      Personal one{(*it)[1].str(), {}};
      const auto names = (*it)[2].str();
      for (std::sregex_iterator name{names.begin(), names.end(), quoted}; name != end; ++name)
        one.names.push_back((*name)[1].str());
      found.push_back(one);
    }
  return found;
}

bool is_known(const std::string& name) {
  return std::ranges::find(guerdon::bus::personal_names, name) != guerdon::bus::personal_names.end();
}

}  // namespace

TEST_CASE("whatever a message calls personal is known to the hard delete, by its name and by its topic") {
  const std::filesystem::path root{GUERDON_SOURCE_DIR};
  const auto messages = personal_in(read_tree(root, {"modules", "src", "include"}));
  REQUIRE(messages.size() >= 7);
  const auto sources = read_tree(root, {"src/bus", "migrations"});
  for (const auto& [topic, names] : messages) {
    INFO(topic);
    CHECK_FALSE(names.empty());
    for (const auto& name : names) {
      INFO(name);
      CHECK(is_known(name));
    }
    for (const std::string place : {"src/bus/scrubbing.cpp", "migrations/sqlite/0063_platform_hard_delete.sql",
                                    "migrations/postgres/0063_platform_hard_delete.sql"}) {
      const auto file = std::ranges::find(sources, place, &SourceFile::path);
      REQUIRE(file != sources.end());
      CHECK(file->text.find("'" + topic + "'") != std::string::npos);
    }
  }
  CHECK_FALSE(is_known("shoeSize"));
}
