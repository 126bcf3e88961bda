// Reading the audit log and checking its chain. Writing is record_audit() of guerdon/audit.hpp.
#pragma once

#include <string>
#include <vector>

#include "guerdon/cursor.hpp"
#include "guerdon/routes.hpp"
#include "guerdon/store.hpp"

namespace guerdon {

/// GET /api/admin/audit, for AUDITOR and ADMIN. The cursors outlive the routes.
void add_audit_route(Router& routes, const CursorCodec& cursors);

/// The first row whose hash or place is not what the rows before it say, and a head that is not the last row's.
[[nodiscard]] std::vector<std::string> audit_chain_violations(Snapshot& snapshot);

}  // namespace guerdon
