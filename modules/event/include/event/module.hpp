// How app.cpp wires the event module: constructing it registers its routes.
#pragma once

#include <memory>
#include <vector>

#include "auth/user_data.hpp"
#include "guerdon/invariants.hpp"
#include "guerdon/platform.hpp"
#include "guerdon/purge.hpp"

namespace guerdon::event {

class Service;
class Deletions;

class Module {
 public:
  Module(Platform& platform, const auth::UserDataOwners& user_data);
  ~Module();
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

 private:
  std::unique_ptr<Service> service_;
  std::unique_ptr<Deletions> deletions_;
};

/// What must always hold of the module's rows.
[[nodiscard]] std::vector<Invariant> invariants();

/// Events, and what the module knows of a user, for their removal for good.
[[nodiscard]] PurgeSource purge_source();
[[nodiscard]] PurgeOwner purge_owner();

}  // namespace guerdon::event
