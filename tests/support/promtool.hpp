// Prometheus' own tool, as a judge of what the server tells.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "support/process.hpp"

namespace guerdon::test {

inline Exit promtool(std::vector<std::string> arguments, std::string input = {}) {
  Process tool{{.arguments = std::move(arguments), .program = "/usr/bin/promtool", .input = std::move(input)}};
  return tool.wait();
}

}  // namespace guerdon::test
