// How app.cpp wires the auth module: constructing it registers its routes and defines the saga that deletes a user.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "auth/user_data.hpp"
#include "guerdon/caller.hpp"
#include "guerdon/invariants.hpp"
#include "guerdon/platform.hpp"
#include "guerdon/purge.hpp"

namespace guerdon::saga {
class Sagas;
}

namespace guerdon::auth {

class Module {
 public:
  /// Throws std::invalid_argument when the configuration holds no signing key: the App makes one before.
  Module(Platform& platform, saga::Sagas& sagas);
  ~Module();
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  [[nodiscard]] Authenticator& authenticator();
  /// Where the modules register that own what belongs to a user.
  [[nodiscard]] UserDataOwners& user_data();

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
