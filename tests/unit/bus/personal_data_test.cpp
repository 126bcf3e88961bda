// What is personal in messages: left out however deep it is, and the list of it is complete.
#include "bus/personal_data.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "guerdon/json.hpp"
#include "support/paths.hpp"
#include "support/result.hpp"

using namespace guerdon;

TEST_CASE("personal members are left out of a message and of the message within it") {
  CHECK(
      bus::without_personal(
          R"({"userId":"usr_1","email":"a@b.c","message":{"payload":[{"username":"bob","n":1}]},"ipAddress":"::1"})") ==
      R"({"userId":"usr_1","message":{"payload":[{"n":1}]}})");
}

TEST_CASE("every member that a message calls personal is known to be so") {
  int found = 0;
  for (const auto& file :
       std::filesystem::recursive_directory_iterator{std::string{GUERDON_SOURCE_DIR} + "/tests/golden"}) {
    if (!file.is_regular_file()) continue;
    std::ostringstream text;
    text << std::ifstream{file.path()}.rdbuf();
    const auto golden = parse_json(text.str());
    REQUIRE(golden);
    const auto* const personal = golden->as_object().if_contains("personal");
    if (personal == nullptr) continue;
    for (const auto& name : personal->as_array()) {
      INFO(file.path().string() << ": " << name);
      ++found;
      CHECK(std::count(bus::personal_names.begin(), bus::personal_names.end(), std::string_view{name.as_string()}) ==
            1);
    }
  }
  CHECK(found > 5);
}
