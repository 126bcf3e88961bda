// The main story, played by the script that shows it to people.
#include <catch2/catch.hpp>

#include "support/paths.hpp"
#include "support/process.hpp"

using namespace guerdon;

TEST_CASE("the demo plays the main story to its end") {
  test::Process demo{{.arguments = {GUERDON_BINARY}, .program = std::string{GUERDON_SOURCE_DIR} + "/scripts/demo"}};
  const auto exit = demo.wait(std::chrono::seconds{300});
  INFO(exit.out << exit.err);
  CHECK(exit.code == 0);
  CHECK(exit.out.find("\"points\":500") != std::string::npos);
  CHECK(exit.out.find("invariants hold") != std::string::npos);
}
