// Every message that leaves a module has a golden file: a type that is told but not pinned could change unnoticed.
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "guerdon/bus.hpp"
#include "guerdon/platform.hpp"
#include "guerdon/testing.hpp"
#include "support/paths.hpp"
#include "support/temp_folder.hpp"

using namespace guerdon;
namespace fs = std::filesystem;

namespace {

const fs::path source{GUERDON_SOURCE_DIR};

std::string read_file(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream{path}.rdbuf();
  return text.str();
}

/// The types of the messages that a header declares.
std::vector<std::string> types_in(const std::string& header) {
  static const std::regex message{R"re(static\s+constexpr\s+std::string_view\s+topic\b[^;]*\btype\s*=\s*"(\w+)")re"};
  std::vector<std::string> types;
  for (std::sregex_iterator it{header.begin(), header.end(), message}, end; it != end; ++it)
    types.push_back((*it)[1].str());
  return types;
}

/// "module/Type" of each message declared in modules/<module>/include/ below the root.
std::vector<std::string> declared(const fs::path& root) {
  std::vector<std::string> found;
  for (const auto& module : fs::directory_iterator{root / "modules"}) {
    if (!fs::is_directory(module.path() / "include")) continue;
    for (const auto& file : fs::recursive_directory_iterator{module.path() / "include"})
      if (file.path().filename().string().ends_with("messages.hpp"))
        for (const auto& type : types_in(read_file(file.path())))
          found.push_back(module.path().filename().string() + "/" + type);
  }
  return found;
}

bool is_pinned(const fs::path& root, const std::string& message) {
  return !read_file(root / "tests/golden" / (message + ".json")).empty();
}

std::vector<std::string> not_pinned(const fs::path& root) {
  auto missing = declared(root);
  std::erase_if(missing, [&](const auto& message) { return is_pinned(root, message); });
  return missing;
}

}  // namespace

TEST_CASE("every message that a module declares has a golden file") {
  CHECK(declared(source).size() >= 13);
  CHECK(not_pinned(source) == std::vector<std::string>{});
}

TEST_CASE("every golden file of a module belongs to a message that it declares") {
  const auto known = declared(source);
  for (const auto& file : fs::recursive_directory_iterator{source / "tests/golden"}) {
    const auto module = file.path().parent_path().filename().string();
    if (!file.is_regular_file() || !fs::is_directory(source / "modules" / module)) continue;
    INFO(file.path().string());
    CHECK(std::count(known.begin(), known.end(), module + "/" + file.path().stem().string()) == 1);
  }
}

TEST_CASE("the server knows every message that a module declares, and each has a golden file") {
  Bus* bus = nullptr;
  testing::ServerOptions options;
  options.extend = [&](Platform& platform) { bus = &platform.bus; };
  const testing::Server server{options};
  const auto known = declared(source);
  const auto catalogue = bus->catalogue();
  // One that is published and not declared would go to no topic.
  CHECK(catalogue.size() == known.size());
  for (const auto& message : catalogue) {
    INFO(message.type);
    CHECK(std::count_if(known.begin(), known.end(), [&](const std::string& name) {
            return name.ends_with("/" + std::string{message.type}) && is_pinned(source, name);
          }) == 1);
  }
}

TEST_CASE("a message without a golden file is found") {
  const test::TempFolder folder;
  const auto header = fs::path{folder.path()} / "modules/event/include/event/messages.hpp";
  fs::create_directories(header.parent_path());
  std::ofstream{header}
      << "struct Pinned {\n  static constexpr std::string_view topic = \"t\", type = \"Pinned\";\n};\n"
         "struct Loose {\n  static constexpr std::string_view topic = \"t\",\n"
         "                                    type = \"Loose\";\n};\n";
  fs::create_directories(fs::path{folder.path()} / "tests/golden/event");
  std::ofstream{fs::path{folder.path()} / "tests/golden/event/Pinned.json"} << "{}";
  CHECK(not_pinned(folder.path()) == std::vector<std::string>{"event/Loose"});
}
