// The queue's bound on how much of the background is out at a time, for engines with several workers.
#include <catch2/catch.hpp>

#include "store/queue.hpp"

using namespace guerdon;
using store::CommandQueue;

namespace {

class Nothing final : public Command {
 public:
  explicit Nothing(Lane lane) : lane_(lane) {}
  [[nodiscard]] Lane lane() const noexcept override { return lane_; }
  bool run(Tx&) override { return true; }
  void done(std::exception_ptr) noexcept override {}

 private:
  Lane lane_;
};

void push(CommandQueue& queue, Lane lane) {
  std::unique_ptr<Command> command = std::make_unique<Nothing>(lane);
  REQUIRE(queue.push(command) == CommandQueue::Push::queued);
}

}  // namespace

TEST_CASE("no more of the background is out than allowed, until some of it is done") {
  CommandQueue queue{10, 2};
  for (int i = 0; i < 3; ++i) push(queue, Lane::background);
  CHECK(queue.try_pop());
  CHECK(queue.try_pop());
  CHECK_FALSE(queue.try_pop());
  push(queue, Lane::request);
  const auto request = queue.try_pop();
  REQUIRE(request);
  CHECK(request->lane() == Lane::request);
  queue.spent(Lane::request, std::chrono::milliseconds{1});
  CHECK_FALSE(queue.try_pop());
  queue.spent(Lane::background, std::chrono::milliseconds{1});
  CHECK(queue.try_pop());
  CHECK(queue.size() == 0);
}

TEST_CASE("a closed queue waits for the background that may not run yet, and then ends") {
  CommandQueue queue{10, 1};
  push(queue, Lane::background);
  push(queue, Lane::background);
  REQUIRE(queue.pop());
  queue.close();
  std::thread worker{[&] {
    CHECK(queue.pop());
    CHECK_FALSE(queue.pop());
  }};
  queue.spent(Lane::background, std::chrono::milliseconds{1});
  worker.join();
}
