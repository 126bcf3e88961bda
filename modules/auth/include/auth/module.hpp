// How app.cpp wires the auth module: constructing it registers its routes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "guerdon/caller.hpp"
#include "guerdon/invariants.hpp"
#include "guerdon/platform.hpp"
#include "guerdon/purge.hpp"

namespace guerdon::auth {

class Module {
 public:
  /// Throws std::invalid_argument when the configuration holds no signing key: the App makes one before.
  explicit Module(Platform& platform);
  ~Module();
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  [[nodiscard]] Authenticator& authenticator();

  /// Users, and what the module knows of one, for their removal for good; as long as the module lives.
  [[nodiscard]] PurgeSource purge_source() const;
  [[nodiscard]] PurgeOwner purge_owner() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// What must always hold of the module's rows.
[[nodiscard]] std::vector<Invariant> invariants();

}  // namespace guerdon::auth
