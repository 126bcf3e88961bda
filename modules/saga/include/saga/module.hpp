// How app.cpp wires the saga module: constructing it adds the pump that drives every saga, and
// the routes that show them.
#pragma once

#include <memory>
#include <vector>

#include "guerdon/invariants.hpp"
#include "guerdon/platform.hpp"
#include "guerdon/purge.hpp"
#include "guerdon/store.hpp"
#include "saga/ports.hpp"

namespace guerdon::saga {

class Module {
 public:
  explicit Module(Platform& platform);
  ~Module();
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  /// Lives as long as the module.
  [[nodiscard]] Sagas& sagas();

  /// At the end, once no background work runs any more: another server goes on at once. Throws StoreError.
  void give_back(Database& database) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// What must always hold of the module's rows.
[[nodiscard]] std::vector<Invariant> invariants();

/// The module's part in removals for good.
[[nodiscard]] PurgeOwner purge_owner();

}  // namespace guerdon::saga
