// The task pool runs what it accepted, refuses what it can't hold, and stops within bounds.
#include "runtime/task_pool.hpp"

#include <sched.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <memory>
#include <stdexcept>

#include "support/eventually.hpp"

using namespace guerdon;
using namespace std::chrono_literals;

namespace {

// Holds a thread of a pool until it is let go.
class Blocker {
 public:
  explicit Blocker(TaskPool& pool) {
    const bool accepted = pool.post([this, released = release_.get_future().share()] {
      started_.set_value();
      released.wait();
    });
    REQUIRE(accepted);
    started_.get_future().wait();
  }
  void release() { release_.set_value(); }

 private:
  std::promise<void> started_, release_;
};

}  // namespace

TEST_CASE("a task pool runs every task it accepted before it stops") {
  std::atomic<int> runs{0};
  TaskPool pool{{.threads = 2, .queue = 1000}};
  for (int i = 0; i < 500; ++i) REQUIRE(pool.post([&] { ++runs; }));
  CHECK(pool.stop(1h) == 0);
  CHECK(runs == 500);
  CHECK_FALSE(pool.post([&] { ++runs; }));
}

TEST_CASE("a full task pool refuses work instead of growing") {
  TaskPool pool{{.threads = 1, .queue = 2}};
  Blocker blocker{pool};
  CHECK(pool.post([] {}));
  CHECK(pool.post([] {}));
  CHECK(pool.waiting() == 2);
  CHECK_FALSE(pool.post([] {}));
  blocker.release();
}

TEST_CASE("a task that throws ends alone") {
  TaskPool pool{{.threads = 1}};
  std::promise<void> ran;
  REQUIRE(pool.post([] { throw std::runtime_error("no"); }));
  REQUIRE(pool.post([] { throw 42; }));
  REQUIRE(pool.post([&] { ran.set_value(); }));
  CHECK(ran.get_future().wait_for(10s) == std::future_status::ready);
}

TEST_CASE("a task pool that is stopped past its limit lets go of what waits, unrun") {
  TaskPool pool{{.threads = 1}};
  Blocker blocker{pool};
  bool has_run = false;
  auto held = std::make_shared<int>(0);
  const std::weak_ptr<int> watched = held;
  REQUIRE(pool.post([held = std::move(held), &has_run] { has_run = true; }));
  std::promise<std::size_t> let_go;
  std::thread stopper{[&] { let_go.set_value(pool.stop(0ms)); }};
  while (!watched.expired()) std::this_thread::yield();
  blocker.release();
  stopper.join();
  CHECK(let_go.get_future().get() == 1);
  CHECK_FALSE(has_run);
}

TEST_CASE("what a task captured is gone when the task is done") {
  TaskPool pool{{.threads = 1}};
  auto held = std::make_shared<int>(1);
  const std::weak_ptr<int> watched = held;
  REQUIRE(pool.post([held = std::move(held)] {}));
  pool.stop(1h);
  CHECK(watched.expired());
}

TEST_CASE("a low-priority task pool runs behind the I/O threads") {
  TaskPool pool{{.threads = 1, .low_priority = true}};
  std::promise<int> policy;
  REQUIRE(pool.post([&] { policy.set_value(sched_getscheduler(0)); }));
  CHECK(policy.get_future().get() == SCHED_BATCH);
}

TEST_CASE("a thread that has nothing to do for a while says so, once each time") {
  std::atomic<int> idle{0};
  TaskPool pool{{.threads = 1, .on_idle = [&] { ++idle; }}};
  CHECK(test::eventually([&] { return idle == 1; }));
  std::promise<void> ran;
  REQUIRE(pool.post([&] { ran.set_value(); }));
  CHECK(ran.get_future().wait_for(10s) == std::future_status::ready);
  CHECK(test::eventually([&] { return idle == 2; }));
  pool.stop(1h);
  CHECK(idle == 2);
}
