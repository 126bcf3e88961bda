// What an I/O thread counts.
#include "http/request_counts.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <thread>

namespace guerdon::http {
namespace {

RequestCounts::Reading read(const RequestCounts& counts) {
  RequestCounts::Reading reading;
  counts.read(reading);
  return reading;
}

TEST_CASE("Answers are counted by route and class of status, and what has no number has none") {
  RequestCounts counts{3};
  counts.note_answer(1, 200);
  counts.note_answer(1, 204);
  counts.note_answer(2, 503);
  counts.note_answer(7, 404);
  const auto reading = read(counts);
  REQUIRE(reading.routes.size() == 3);
  CHECK(reading.routes[0].by_status[3] == 1);
  CHECK(reading.routes[1].by_status[1] == 2);
  CHECK(reading.routes[2].by_status[4] == 1);
}

TEST_CASE("A duration falls into the bucket of the next bound, one that is equal included") {
  RequestCounts counts{1};
  counts.note_duration(0, std::chrono::nanoseconds{duration_bounds[0]});
  counts.note_duration(0, std::chrono::nanoseconds{duration_bounds[0] + 1});
  counts.note_duration(0, std::chrono::hours{1});
  const auto reading = read(counts);
  CHECK(reading.routes[0].by_duration.front() == 1);
  CHECK(reading.routes[0].by_duration[1] == 1);
  CHECK(reading.routes[0].by_duration.back() == 1);
  CHECK(reading.routes[0].nanoseconds == 2 * duration_bounds[0] + 1 + 3'600'000'000'000);
}

TEST_CASE("However many codes of problems there are, memory is bounded") {
  RequestCounts counts{1};
  for (int i = 0; i < 1000; ++i) counts.note_problem("code-" + std::to_string(i));
  counts.note_problem("code-1");
  const auto reading = read(counts);
  CHECK(reading.problems.size() == RequestCounts::most_codes + 1);
  CHECK(reading.problems.at("code-1") == 2);
  CHECK(reading.problems.at("other") == 1000 - RequestCounts::most_codes);
}

TEST_CASE("A connection is in one state at a time") {
  RequestCounts counts{1};
  counts.enter(Phase::first_byte);
  counts.leave(Phase::first_byte);
  counts.enter(Phase::handler);
  const auto reading = read(counts);
  CHECK(reading.connections[static_cast<std::size_t>(Phase::first_byte)] == 0);
  CHECK(reading.connections[static_cast<std::size_t>(Phase::handler)] == 1);
}

TEST_CASE("Reading while the thread counts sees no number go down") {
  RequestCounts counts{1};
  constexpr std::uint64_t many = 200'000;
  std::thread writer{[&] {
    for (std::uint64_t i = 0; i < many; ++i) {
      counts.note_answer(0, 200);
      if (i % 1000 == 0) counts.note_problem("not-found");
    }
  }};
  std::uint64_t last = 0;
  bool went_down = false;
  while (last < many) {
    const auto now = read(counts).routes[0].by_status[1];
    went_down = went_down || now < last;
    last = now;
  }
  writer.join();
  CHECK_FALSE(went_down);
  CHECK(read(counts).problems.at("not-found") == many / 1000);
}

}  // namespace
}  // namespace guerdon::http
