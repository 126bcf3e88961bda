// How app.cpp wires the reward module: constructing it registers its routes, subscriptions and pump.
#pragma once

#include <memory>
#include <vector>

#include "auth/user_data.hpp"
#include "guerdon/invariants.hpp"
#include "guerdon/platform.hpp"
#include "guerdon/purge.hpp"

namespace guerdon::reward {

class Catalogue;
class Requests;
class Wallets;

class Module {
 public:
  Module(Platform& platform, auth::UserDataOwners& user_data);
  ~Module();
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

 private:
  std::unique_ptr<Wallets> wallets_;
  std::unique_ptr<Catalogue> catalogue_;
  std::unique_ptr<Requests> requests_;
};

/// What must always hold of the module's rows.
[[nodiscard]] std::vector<Invariant> invariants();

/// The module's part in removals for good.
[[nodiscard]] PurgeOwner purge_owner();

}  // namespace guerdon::reward
