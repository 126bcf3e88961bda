// The main function of every test program.
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>

#include "support/kept_logs.hpp"

int main(int argc, char** argv) {
  const guerdon::test::KeptLog kept;
  return Catch::Session{}.run(argc, argv);
}
