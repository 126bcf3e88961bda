// The process ends at every point of a deletion: before each statement of each pass, before and after each commit. The
// next one finds the rows, goes on, and ends in one of two states: everything hidden, or everything as it was.
#include "support/farewell.hpp"

using namespace guerdon;
using namespace guerdon::test;
using saga::SagaState;
using Lines = std::vector<std::string>;

namespace {

/// Ends the process at the nth point from when it is armed. Points have names, so that a failure says where it was.
class CrashPoint final : public store::FaultInjector {
 public:
  void arm(int n) {
    left_ = n;
    name_.clear();
  }
  void disarm() { left_ = 0; }
  /// Empty while it has not been reached.
  [[nodiscard]] const std::string& name() const { return name_; }

  void before_statement(std::string_view sql) override { pass_by("before " + std::string{sql.substr(0, 80)}); }
  void before_commit() override { pass_by("before a commit"); }
  void after_commit() override { pass_by("after a commit"); }

 private:
  void pass_by(const std::string& name) {
    if (left_ == 0 || --left_ > 0) return;
    name_ = name;
    throw StoreError(StoreError::Kind::commit_unknown, "the process ended");
  }

  int left_ = 0;
  std::string name_;
};

store::DatabaseOptions options(CrashPoint& crash) {
  store::DatabaseOptions options;
  options.faults = &crash;
  options.connections = 1;
  return options;
}

struct Outcome {
  int points = 0;
  int failed = 0;
};

/// A deletion that ends at the nth point, for n = 1, 2, … until it goes through, some left out; one user for all of
/// them.
Outcome end_everywhere(Engine engine, bool refuses, std::int64_t rows_a_portion = auth::rows_a_portion) {
  CrashPoint crash;
  Farewell farewell{engine, options(crash), rows_a_portion};
  Guest guest{farewell};
  const auto before = farewell.rows();
  Outcome outcome;
  // Each point costs a deletion, which takes long on PostgreSQL, and there are many where it has many portions.
  const int stride = (engine == Engine::postgres ? 7 : 1) * (rows_a_portion < 10 ? 3 : 1);
  int deletions = 0;
  for (int n = 1; n < 2000; n += stride) {
    const auto saga = farewell.remove_account(guest.id);
    // A refusal that was never committed has to be made again.
    if (refuses) farewell.trouble_hiding(auth::UserData::wallet, {Trouble::refuses});
    crash.arm(n);
    while (crash.name().empty() && farewell.step()) continue;
    crash.disarm();
    const bool reached = !crash.name().empty();
    INFO("point " << n << ", " << crash.name());
    const bool is_to_fail = refuses && farewell.record(saga).state == SagaState::running;
    farewell.forget_trouble();
    if (is_to_fail) farewell.trouble_hiding(auth::UserData::wallet, {Trouble::refuses});
    farewell.settle();

    const auto state = farewell.record(saga).state;
    CHECK(state == (refuses ? SagaState::failed : SagaState::succeeded));
    if (state == SagaState::succeeded) {
      CHECK(farewell.rows_in_sight(guest.id) == Lines{});
      REQUIRE(farewell.restore_account(guest.id));
      farewell.rebuild_users();
    }
    if (state == SagaState::failed) ++outcome.failed;
    CHECK(differences(before, farewell.rows()) == Lines{});
    CHECK(farewell.violations() == Lines{});
    CHECK(farewell.audited(refuses ? "account.deletion-failed" : "account.deleted", guest.id.to_string()) ==
          ++deletions);
    if (!reached) return outcome;
    ++outcome.points;
  }
  FAIL("there is no end of points");
  return outcome;
}

}  // namespace

TEST_CASE("a deletion whose process ends at any point goes on, and ends whole") {
  const auto outcome = end_everywhere(GENERATE(from_range(engines())), false);
  CHECK(outcome.points > 10);
  CHECK(outcome.failed == 0);
}

TEST_CASE("a deletion that is refused and whose process ends at any point leaves every row as it was") {
  const auto outcome = end_everywhere(GENERATE(from_range(engines())), true);
  CHECK(outcome.points > 10);
  CHECK(outcome.failed == outcome.points + 1);
}

TEST_CASE("a deletion of many portions whose process ends at any point ends whole, or leaves every row as it was") {
  const auto engine = GENERATE(from_range(engines()));
  const bool refuses = GENERATE(false, true);
  const auto outcome = end_everywhere(engine, refuses, 2);
  CHECK(outcome.points > 5);
  CHECK(outcome.failed == (refuses ? outcome.points + 1 : 0));
}
