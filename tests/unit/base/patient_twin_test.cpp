// A twin computes while there is room, and nobody waits for it when there is none.
#include "base/patient_twin.hpp"

#include <sched.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>

#include "base/scheduling.hpp"
#include "guerdon/password.hpp"
#include "support/eventually.hpp"

using namespace guerdon;
using namespace std::chrono_literals;

namespace {

// Beside other tests a twin may have to wait.
constexpr PatientTwin::Limits for_as_long_as_it_takes{.least_patience = 1h, .end = 1h};
constexpr PatientTwin::Limits not_for_long{.least_patience = 1s, .end = 100ms};
constexpr PasswordCost cheap{.memory_kib = 8, .iterations = 1}, dear{.memory_kib = 19'456, .iterations = 2};

// Work that does not end until it is let go, as for a twin that gets no time.
class Stuck {
 public:
  [[nodiscard]] auto work() const {
    return [let_go = let_go_, held = held_] {
      let_go.wait();
      return 1;
    };
  }
  void let_go() { promise_.set_value(); }
  // Whoever was given the work has let go of what it owns.
  [[nodiscard]] bool is_forgotten() const { return held_.use_count() == 1; }

 private:
  std::promise<void> promise_;
  std::shared_future<void> let_go_ = promise_.get_future().share();
  std::shared_ptr<int> held_ = std::make_shared<int>(0);
};

}  // namespace

TEST_CASE("a twin computes on a thread that takes only what is left") {
  PatientTwin twin{"twin", nullptr, for_as_long_as_it_takes};
  const auto policy = twin.try_compute([] { return sched_getscheduler(0); });
  CHECK(policy == SCHED_IDLE);
  CHECK(sched_getscheduler(0) != SCHED_IDLE);
  CHECK(twin.try_compute([] { return std::this_thread::get_id(); }) != std::this_thread::get_id());
}

TEST_CASE("a thread has a twin for as long as that lives, and no other thread has it") {
  CHECK(PatientTwin::of_this_thread() == nullptr);
  {
    PatientTwin twin{"twin", nullptr};
    CHECK(PatientTwin::of_this_thread() == &twin);
    const PatientTwin* others = &twin;
    std::thread{[&] { others = PatientTwin::of_this_thread(); }}.join();
    CHECK(others == nullptr);
  }
  CHECK(PatientTwin::of_this_thread() == nullptr);
}

TEST_CASE("what a twin's work throws reaches the caller, and the twin goes on") {
  PatientTwin twin{"twin", nullptr, for_as_long_as_it_takes};
  CHECK_THROWS_WITH(twin.try_compute([]() -> int { throw std::runtime_error("no"); }), "no");
  CHECK(twin.try_compute([] { return std::string{"yes"}; }) == "yes");
}

TEST_CASE("a twin that does not get the time is given up, left alone meanwhile, and asked again when it is done") {
  Stuck stuck;
  PatientTwin twin{"twin", nullptr, not_for_long};
  CHECK(twin.try_compute(stuck.work()) == std::nullopt);
  CHECK_FALSE(stuck.is_forgotten());  // it is still at it
  bool has_run = false;
  CHECK(twin.try_compute([&] { return has_run = true; }) == std::nullopt);
  stuck.let_go();
  CHECK(test::eventually([&] { return twin.try_compute([] { return 2; }) == 2; }));
  CHECK(stuck.is_forgotten());
  CHECK_FALSE(has_run);
}

TEST_CASE("passwords are hashed and verified by a twin") {
  const PasswordSalt salt{};
  auto begin = cpu_time();
  const auto expected = hash_password(dear, "correct horse", salt);
  const auto alone = cpu_time() - begin;

  PatientTwin twin{"twin", nullptr, for_as_long_as_it_takes};
  begin = cpu_time();
  CHECK(hash_password(dear, "correct horse", salt) == expected);
  CHECK(verify_password(expected, "correct horse"));
  CHECK_FALSE(verify_password(expected, "correct horsf"));
  CHECK(cpu_time() - begin < alone);  // three of them
  CHECK_THROWS_AS(verify_password("$argon2id$v=19$m=8", "correct horse"), std::runtime_error);
}

TEST_CASE("passwords are hashed and verified by the thread itself while its twin is held up") {
  const PasswordSalt salt{};
  const auto expected = hash_password(cheap, "correct horse", salt);
  Stuck stuck;
  PatientTwin twin{"twin", nullptr, not_for_long};
  REQUIRE(twin.try_compute(stuck.work()) == std::nullopt);
  CHECK(hash_password(cheap, "correct horse", salt) == expected);
  CHECK(verify_password(expected, "correct horse"));
  CHECK_FALSE(verify_password(expected, "correct horsf"));
  stuck.let_go();
}

TEST_CASE("work that a twin did not get to begin is taken back when it is given up") {
  std::promise<void> idle, let_go;
  std::once_flag told;
  PatientTwin twin{"twin",
                   [&, is_let_go = let_go.get_future().share()] {
                     std::call_once(told, [&] { idle.set_value(); });
                     is_let_go.wait();
                   },
                   {.least_patience = 1s, .end = 1h}};
  REQUIRE(test::eventually([&] { return twin.try_compute([] { return 1; }) == 1; }));
  idle.get_future().wait();
  const auto held = std::make_shared<int>(0);
  CHECK(twin.try_compute([held] { return *held = 1; }) == std::nullopt);
  CHECK(held.use_count() == 1);
  let_go.set_value();
  CHECK(test::eventually([&] { return twin.try_compute([] { return 2; }) == 2; }));
  CHECK(*held == 0);
}

TEST_CASE("a twin that is held up for good holds nobody up") {
  Stuck stuck;
  {
    PatientTwin twin{"twin", nullptr, not_for_long};
    CHECK(twin.try_compute(stuck.work()) == std::nullopt);
  }
  CHECK_FALSE(stuck.is_forgotten());  // it is still at it
  stuck.let_go();
  CHECK(test::eventually([&] { return stuck.is_forgotten(); }));
}

TEST_CASE("a twin that was given work says when it has nothing to do, once each time") {
  std::atomic<int> idle{0};
  PatientTwin twin{"twin", [&] { ++idle; }, for_as_long_as_it_takes};
  CHECK(twin.try_compute([] { return 1; }) == 1);
  CHECK(test::eventually([&] { return idle == 1; }));
  std::this_thread::sleep_for(1200ms);
  CHECK(idle == 1);
  CHECK(twin.try_compute([] { return 1; }) == 1);
  CHECK(test::eventually([&] { return idle == 2; }));
}
