// Randomness: that it is there, that a fork does not copy it, and that the self-test can fail.
#include "guerdon/random.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <thread>
#include <vector>

using namespace guerdon;

namespace {

// The pattern of `period` bytes over and over.
class Repeating final : public Random {
 public:
  explicit Repeating(std::size_t period) : period_{period} {}
  void fill(std::span<std::byte> bytes) override {
    for (auto& byte : bytes) byte = static_cast<std::byte>(position_++ % period_ * 73);
  }

 private:
  std::size_t period_;
  std::size_t position_ = 0;
};

// Every byte of the system's with some bits set.
class Skewed final : public Random {
 public:
  void fill(std::span<std::byte> bytes) override {
    system_->fill(bytes);
    for (auto& byte : bytes) byte |= std::byte{1};
  }

 private:
  std::unique_ptr<Random> system_ = system_random();
};

}  // namespace

TEST_CASE("The system's randomness passes the self-test") {
  const auto random = system_random();
  CHECK_NOTHROW(check_randomness(*random));
}

TEST_CASE("The self-test refuses sources that are stuck or repeat or are skewed") {
  Repeating stuck{1};
  Repeating short_cycle{16};
  Repeating long_cycle{256};
  Skewed skewed;
  CHECK_THROWS_AS(check_randomness(stuck), std::runtime_error);
  CHECK_THROWS_AS(check_randomness(short_cycle), std::runtime_error);
  CHECK_THROWS_AS(check_randomness(long_cycle), std::runtime_error);
  CHECK_THROWS_WITH(check_randomness(skewed), Catch::Contains("skewed"));
}

TEST_CASE("Random bytes of any length are filled to the end and differ") {
  const auto random = system_random();
  for (const std::size_t size : {std::size_t{16}, std::size_t{63}, std::size_t{64}, std::size_t{65}, std::size_t{511},
                                 std::size_t{512}, std::size_t{513}, std::size_t{3'000'000}}) {
    std::vector<std::byte> first(size);
    std::vector<std::byte> second(size);
    random->fill(first);
    random->fill(second);
    CAPTURE(size);
    CHECK(first != second);
    CHECK(std::any_of(first.end() - 16, first.end(), [](auto byte) { return byte != std::byte{0}; }));
  }
  CHECK_NOTHROW(random->fill({}));
}

TEST_CASE("Threads do not share random bytes") {
  const auto random = system_random();
  std::vector<std::vector<std::array<std::byte, 16>>> drawn(4);
  std::vector<std::thread> threads;
  for (auto& mine : drawn) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) mine.push_back(random_bytes<16>(*random));
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<std::array<std::byte, 16>> all;
  for (const auto& mine : drawn) all.insert(mine.begin(), mine.end());
  CHECK(all.size() == 4000);
}

TEST_CASE("A forked child draws other bytes than its parent") {
  const auto random = system_random();
  static_cast<void>(random_bytes<16>(*random));  // so that there is something read ahead
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const auto child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const auto bytes = random_bytes<16>(*random);
    _exit(write(ends[1], bytes.data(), bytes.size()) == 16 ? 0 : 1);
  }
  const auto mine = random_bytes<16>(*random);
  std::array<std::byte, 16> childs{};
  CHECK(read(ends[0], childs.data(), childs.size()) == 16);
  int status = 0;
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(mine != childs);
  close(ends[0]);
  close(ends[1]);
}
