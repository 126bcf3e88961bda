// Each rule holds for the project, and catches what was planted for it: a rule that can't fail guards nothing.
#include "rules.hpp"

#include <catch2/catch.hpp>

#include "support/paths.hpp"

using namespace guerdon::architecture;

namespace {

const std::vector<std::string> product{"include", "src", "modules", "migrations"};

std::string joined(const Violations& violations) {
  std::string text;
  for (const auto& line : violations) text += line + "\n";
  return text;
}

void check_holds_and_catches(Violations (*rule)(const Files&), const std::string& planted, std::size_t expected) {
  const std::filesystem::path root{GUERDON_SOURCE_DIR};
  const auto files = read_tree(root, product);
  REQUIRE(files.size() > 20);
  const auto violations = rule(files);
  INFO(joined(violations));
  CHECK(violations.empty());

  const auto planted_files = read_tree(root / "tests/architecture/planted" / planted, product);
  REQUIRE_FALSE(planted_files.empty());
  const auto caught = rule(planted_files);
  INFO("caught:\n" << joined(caught));
  CHECK(caught.size() == expected);
}

}  // namespace

TEST_CASE("modules are known to the wiring only, and to one another by what they publish") {
  check_holds_and_catches(forbidden_includes, "includes", 8);
}

TEST_CASE("modules depend on one another without cycles") { check_holds_and_catches(module_cycles, "cycle", 2); }

TEST_CASE("Asio, threads, drivers and clocks live under src only") {
  check_holds_and_catches(machinery_outside_src, "machinery", 6);
}

TEST_CASE("a module's SQL names only its own tables") { check_holds_and_catches(foreign_tables, "tables", 4); }

TEST_CASE("migrations belong to one module and exist for both engines") {
  check_holds_and_catches(misplaced_migrations, "migrations", 3);
}

TEST_CASE("randomness that can be guessed stays out of the product") {
  check_holds_and_catches(weak_randomness, "randomness", 1);
}

TEST_CASE("no coroutine takes a form that g++ 12 miscompiles") {
  check_holds_and_catches(miscompiled_coroutines, "coroutines", 9);
}

TEST_CASE("every file says what it is") { check_holds_and_catches(missing_openings, "openings", 2); }
