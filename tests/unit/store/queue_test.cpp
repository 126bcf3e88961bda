// The queue in front of the store, without a store.
#include "store/queue.hpp"

#include <catch2/catch.hpp>

#include "support/commands.hpp"

using namespace guerdon;
using namespace guerdon::store;
using namespace std::chrono_literals;

namespace {

std::unique_ptr<Command> command(Lane lane) {
  return std::make_unique<test::FunctionCommand>([](Tx&) { return true; }, [](std::exception_ptr) {}, lane);
}

CommandQueue::Push push(CommandQueue& queue, Lane lane) {
  auto pushed = command(lane);
  return queue.push(pushed);
}

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
