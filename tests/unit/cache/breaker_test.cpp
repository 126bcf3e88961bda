// When a server that fails is left alone, and when it is tried again.
#include "cache/breaker.hpp"

#include <catch2/catch.hpp>

using namespace guerdon::cache;
using namespace std::chrono_literals;

namespace {

const Breaker::Time start{1h};

Breaker opened() {
  Breaker breaker{{.failures = 5, .pause = 5s}};
  for (int i = 0; i < 5; ++i) breaker.failed(start);
  return breaker;
}

}  // namespace

TEST_CASE("a breaker opens at the fifth failure in a row, and not before") {
  Breaker breaker{{.failures = 5, .pause = 5s}};
  for (int i = 0; i < 4; ++i) {
    breaker.failed(start);
    CHECK(breaker.state(start) == Breaker::State::closed);
    CHECK(breaker.lets_through(start));
  }
  breaker.failed(start);
  CHECK(breaker.state(start) == Breaker::State::open);
  CHECK_FALSE(breaker.lets_through(start));
}

TEST_CASE("failures with a success between them are not in a row") {
  Breaker breaker{{.failures = 5, .pause = 5s}};
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 4; ++i) breaker.failed(start);
    breaker.succeeded();
  }
  CHECK(breaker.state(start) == Breaker::State::closed);
}

TEST_CASE("an open breaker lets nothing through until its pause is over, and then a single call") {
  auto breaker = opened();
  CHECK_FALSE(breaker.lets_through(start + 4999ms));
  CHECK(breaker.half_open_at() == start + 5s);
  CHECK(breaker.state(start + 5s) == Breaker::State::half_open);
  CHECK(breaker.lets_through(start + 5s));
  CHECK_FALSE(breaker.lets_through(start + 5s));
  CHECK_FALSE(breaker.lets_through(start + 60s));
}

TEST_CASE("a trial that succeeds closes the breaker") {
  auto breaker = opened();
  CHECK(breaker.lets_through(start + 5s));
  breaker.succeeded();
  CHECK(breaker.state(start + 5s) == Breaker::State::closed);
  for (int i = 0; i < 4; ++i) breaker.failed(start + 6s);
  CHECK(breaker.lets_through(start + 6s));
}

TEST_CASE("a trial that fails opens it again for a whole pause") {
  auto breaker = opened();
  CHECK(breaker.lets_through(start + 5s));
  breaker.failed(start + 6s);
  CHECK(breaker.state(start + 10999ms) == Breaker::State::open);
  CHECK_FALSE(breaker.lets_through(start + 10999ms));
  CHECK(breaker.lets_through(start + 11s));
}
