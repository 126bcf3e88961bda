// The queue in front of the store, without a store.
#include "store/queue.hpp"

#include <catch2/catch.hpp>

#include <future>

#include "support/commands.hpp"

using namespace guerdon;
using namespace guerdon::store;
using namespace std::chrono_literals;

namespace {

std::unique_ptr<Command> command(Lane lane, std::chrono::milliseconds patience = {}) {
  return std::make_unique<test::FunctionCommand>([](Tx&) { return true; }, [](std::exception_ptr) {}, lane, patience);
}

CommandQueue::Push push(CommandQueue& queue, Lane lane, std::chrono::milliseconds patience = {}) {
  auto pushed = command(lane, patience);
  return queue.push(pushed);
}

/// Where commands share a commit.
struct Shared {
  void add(std::chrono::milliseconds patience, Lane lane = Lane::request) {
    REQUIRE(push(queue, lane, patience) == CommandQueue::Push::queued);
  }
  CommandQueue queue{10, SIZE_MAX, CommandQueue::Company::awaited};
};

}  // namespace

TEST_CASE("while both lanes wait the background gets a quarter of the time") {
  LaneShare share;
  auto request = 0ns;
  auto background = 0ns;
  for (int turn = 0; turn < 10'000; ++turn) {
    if (share.next(true, true) == Lane::request) {
      share.spent(Lane::request, 15us);
      request += 15us;
    } else {
      share.spent(Lane::background, 5ms);
      background += 5ms;
    }
  }
  const double part = static_cast<double>(background.count()) / static_cast<double>((request + background).count());
  REQUIRE(part == Approx(0.25).margin(0.01));
}

TEST_CASE("a lane that was empty has saved nothing up") {
  LaneShare share;
  for (int turn = 0; turn < 100; ++turn) {
    REQUIRE(share.next(true, false) == Lane::request);
    share.spent(Lane::request, 1ms);
  }
  int background = 0;
  for (int turn = 0; turn < 40; ++turn) {
    const Lane lane = share.next(true, true);
    background += lane == Lane::background ? 1 : 0;
    share.spent(lane, 1ms);
  }
  REQUIRE(background >= 9);
  REQUIRE(background <= 11);
}

TEST_CASE("a lane that waits alone gets every turn") {
  LaneShare share;
  share.spent(Lane::background, 1s);
  REQUIRE(share.next(false, true) == Lane::background);
  REQUIRE(share.next(true, false) == Lane::request);
}

TEST_CASE("each lane of the queue has its own bound, and a refused command stays with its owner") {
  CommandQueue queue(2);
  REQUIRE(push(queue, Lane::request) == CommandQueue::Push::queued);
  REQUIRE(push(queue, Lane::request) == CommandQueue::Push::queued);
  auto refused = command(Lane::request);
  REQUIRE(queue.push(refused) == CommandQueue::Push::full);
  REQUIRE(refused);
  REQUIRE(push(queue, Lane::background) == CommandQueue::Push::queued);
  REQUIRE(queue.size() == 3);
}

TEST_CASE("a closed queue takes nothing more and gives what it has") {
  CommandQueue queue(2);
  REQUIRE(push(queue, Lane::request) == CommandQueue::Push::queued);
  queue.close();
  REQUIRE(push(queue, Lane::request) == CommandQueue::Push::closed);
  REQUIRE(queue.pop());
  REQUIRE_FALSE(queue.pop());
}

TEST_CASE("a closed queue is drained only when nothing is left in it") {
  CommandQueue queue{10};
  CHECK_FALSE(queue.drained());
  REQUIRE(push(queue, Lane::background) == CommandQueue::Push::queued);
  queue.close();
  CHECK(queue.closed());
  CHECK_FALSE(queue.drained());  // a pop that gave up before says nothing about it
  CHECK(queue.pop(0ms) != nullptr);
  CHECK(queue.drained());
}

TEST_CASE_METHOD(Shared, "who has patience waits for one without, and then all of them go") {
  add(1h);
  add(1h, Lane::background);
  CHECK_FALSE(queue.pop(1ms));
  CHECK(queue.size() == 2);
  add(0ms);
  CHECK(queue.pop());
  CHECK(queue.pop());
  CHECK(queue.pop());
  add(1h);  // the next ones wait anew
  CHECK_FALSE(queue.pop(1ms));
}

TEST_CASE_METHOD(Shared, "who has patience waits for three others, of whatever lane") {
  add(1h);
  add(1h, Lane::background);
  add(1h);
  CHECK_FALSE(queue.pop(1ms));
  add(1h, Lane::background);
  for (int i = 0; i < 4; ++i) CHECK(queue.pop());
}

TEST_CASE_METHOD(Shared, "the first whose patience ends takes the others along") {
  add(1h);
  add(5ms);
  add(1h);
  for (int i = 0; i < 3; ++i) CHECK(queue.pop());
}

TEST_CASE_METHOD(Shared, "patience ends where the store is busy anyway, when it is woken and when it is closed") {
  add(1h);
  CHECK(queue.try_pop());
  add(1h);
  add(1h);
  queue.wake();
  CHECK(queue.pop());
  CHECK(queue.pop());
  add(1h);
  CHECK_FALSE(queue.pop(1ms));
  queue.close();
  CHECK(queue.pop());
  CHECK(queue.drained());
}

TEST_CASE_METHOD(Shared, "whoever waits for a patient command hears of one that is not") {
  add(1h);
  auto popped = std::async(std::launch::async, [&] { return queue.pop() != nullptr; });
  CHECK(popped.wait_for(5ms) == std::future_status::timeout);
  add(0ms);
  REQUIRE(test::ends(popped));
  CHECK(popped.get());
  CHECK(queue.pop());
}

TEST_CASE_METHOD(Shared, "the queue is patient while the last one that was taken and all that wait are") {
  CHECK_FALSE(queue.is_patient());
  add(1h);
  add(1h, Lane::background);
  queue.wake();
  static_cast<void>(queue.pop());
  CHECK(queue.is_patient());
  add(0ms, Lane::background);
  CHECK_FALSE(queue.is_patient());  // one that waits is not
  while (queue.size() > 0) static_cast<void>(queue.try_pop());
  CHECK_FALSE(queue.is_patient());  // nor the last one
  add(1h);
  queue.wake();
  static_cast<void>(queue.pop());
  CHECK(queue.is_patient());
}

TEST_CASE("where commands don't share a commit nobody waits for company") {
  CommandQueue queue{10};
  REQUIRE(push(queue, Lane::request, 1h) == CommandQueue::Push::queued);
  CHECK(queue.pop());
}
