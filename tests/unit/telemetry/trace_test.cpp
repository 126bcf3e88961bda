// The W3C's traceparent: what is one and what is not.
#include "telemetry/trace.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace guerdon;

namespace {

const std::string good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

std::string with(std::size_t at, char c) {
  auto text = good;
  text.at(at) = c;
  return text;
}

}  // namespace

TEST_CASE("a traceparent names its trace") {
  CHECK(is_traceparent(good));
  CHECK(trace_id_of(good) == "4bf92f3577b34da6a3ce929d0e0e4736");
}

TEST_CASE("what is no traceparent names no trace") {
  const std::string no_trace = "00-" + std::string(32, '0') + "-00f067aa0ba902b7-01";
  const std::string no_parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-" + std::string(16, '0') + "-01";
  for (const auto& bad :
       {std::string{}, good + "0", good + "-x", good.substr(0, 54), with(0, 'f'), with(2, '_'), with(3, 'B'),
        with(10, 'g'), with(35, '0'), with(36, ' '), with(52, '0'), with(54, 'A'), no_trace, no_parent}) {
    INFO(bad);
    CHECK_FALSE(is_traceparent(bad));
    CHECK(trace_id_of(bad).empty());
  }
}
