// The main function of every test program. Each test has a log of its own, also where many run in one process.
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>

#include <cstdlib>
#include <iostream>
#include <optional>

#include "support/kept_logs.hpp"

namespace {

/// Tells tests/shard.sh which test is running and which have failed.
class EachTest final : public Catch::TestEventListenerBase {
 public:
  using TestEventListenerBase::TestEventListenerBase;

  void testCaseStarting(const Catch::TestCaseInfo& test) override {
    tell("test: ", test.name);
    kept_.emplace();
  }

  void testCaseEnded(const Catch::TestCaseStats& test) override {
    kept_.reset();
    if (!test.totals.testCases.allOk()) tell("failed: ", test.testInfo.name);
  }

 private:
  static void tell(const char* what, const std::string& name) {
    if (std::getenv("GUERDON_NAME_TESTS") != nullptr) std::cout << what << name << std::endl;
  }

  std::optional<guerdon::test::KeptLog> kept_;
};

CATCH_REGISTER_LISTENER(EachTest)

}  // namespace

int main(int argc, char** argv) { return Catch::Session{}.run(argc, argv); }
