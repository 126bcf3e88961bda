// How app.cpp wires the event module: constructing it registers its routes.
#pragma once

#include <memory>
#include <vector>

#include "guerdon/invariants.hpp"
#include "guerdon/platform.hpp"

namespace guerdon::event {

class Service;

class Module {
 public:
  explicit Module(Platform& platform);
  ~Module();
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

 private:
  std::unique_ptr<Service> service_;
};

/// What must always hold of the module's rows.
[[nodiscard]] std::vector<Invariant> invariants();

}  // namespace guerdon::event
