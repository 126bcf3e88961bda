// The audit log: who did what to whom, from where. Append-only and hash-chained; it takes no names, no e-mail
// addresses, no secrets: ids and what changed.
#pragma once

#include <string>
#include <string_view>

#include "guerdon/caller.hpp"
#include "guerdon/json.hpp"
#include "guerdon/store.hpp"

namespace guerdon {

struct AuditTag {
  static constexpr std::string_view prefix = "aud";
};
using AuditId = Id<AuditTag>;

struct AuditEntry {
  std::string_view action;  ///< "account.roles-changed": the thing, then what was done to it
  std::string subject;      ///< the id of what it was done to
  json::object details{};   ///< what changed, as {"from": …, "to": …} where that says it; never personal data
};

/// Writes the entry in this transaction: what was done and its record exist together or not at all. A caller who is
/// neither user nor key is the server itself or its command line.
/// It takes the head of the chain, which makes audited transactions wait for one another on PostgreSQL: record last.
void record_audit(Tx& tx, const Caller& caller, const AuditEntry& entry);

/// The subject of every entry of an action, oldest first: for whoever checks that what was done still stands.
void visit_audited(Snapshot& snapshot, std::string_view action, FunctionRef<void(std::string_view subject)> visitor);

}  // namespace guerdon
