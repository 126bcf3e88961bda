// Pumps that are only remembered: a test runs the pass itself.
#pragma once

#include <string>
#include <vector>

#include "guerdon/bus.hpp"

namespace guerdon::test {

class IdlePumps final : public Pumps {
 public:
  void add(std::string, std::function<PumpResult(Tx&)>) override {}
  void wake(std::string_view name) override { woken.emplace_back(name); }
  std::vector<std::string> woken;
};

}  // namespace guerdon::test
