// Who may look at what is softly deleted: AUDITOR and ADMIN, where they ask for it.
#pragma once

#include <optional>

#include "guerdon/caller.hpp"

namespace guerdon::event {

/// For a query's `includeDeleted`. Errors: forbidden, where the caller's roles don't show what it asks for.
[[nodiscard]] inline Result<void> check_may_include_deleted(const Caller& caller, std::optional<bool> include_deleted) {
  constexpr RoleSet sees_deleted{Role::auditor, Role::admin};
  if (!include_deleted.value_or(false) || caller.roles.intersects(sees_deleted)) return {};
  return Error{problems::forbidden, "Your roles do not show you what is deleted."};
}

}  // namespace guerdon::event
