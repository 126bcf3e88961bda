// See verify.hpp.
#include "runtime/verify.hpp"

#include <fmt/format.h>

#include "audit/audit_log.hpp"

namespace guerdon {
namespace {

constexpr std::string_view of_every_page = "I6";

constexpr Sql check_integrity = {"SELECT integrity_check FROM pragma_integrity_check", "SELECT 'ok'"};
constexpr Sql check_references = {
    "SELECT 'a row of ' || \"table\" || ' names none of ' || parent FROM pragma_foreign_key_check LIMIT 100",
    "SELECT '' WHERE false"};

std::vector<std::string> damages(Snapshot& snapshot) {
  auto lines = snapshot.list<std::string>(check_integrity);
  if (lines == std::vector<std::string>{"ok"}) return {};
  return lines;
}

std::vector<std::string> dangling(Snapshot& snapshot) { return snapshot.list<std::string>(check_references); }

std::string line_for(const Invariant& invariant, const std::vector<std::string>& violations) {
  auto line = fmt::format("{} broken: {}: {}", invariant.name, invariant.rule, violations.front());
  if (violations.size() > 1) line += fmt::format(" (and {} more)", violations.size() - 1);
  return line;
}

}  // namespace

std::vector<Invariant> platform_invariants() {
  return {{of_every_page, "the database file is whole", damages},
          {of_every_page, "every reference finds its row", dangling},
          {"audit.chain", "no entry of the audit log was changed, added or taken out", audit_chain_violations}};
}

std::vector<Invariant> quick_ones(std::vector<Invariant> invariants) {
  std::erase_if(invariants, [](const Invariant& invariant) { return invariant.name == of_every_page; });
  return invariants;
}

bool verify(store::ManagedDatabase& database, std::span<const Invariant> invariants,
            FunctionRef<bool(std::string_view line)> output) {
  std::size_t broken = 0;
  for (const auto& invariant : invariants) {
    std::vector<std::string> violations;
    // A reader each: it holds its snapshot only as long as one question takes, however long that is.
    database.open_patient_reader()->run([&](Snapshot& snapshot) { violations = invariant.violations(snapshot); }, 0);
    if (!violations.empty()) ++broken;
    if (!violations.empty() && !output(line_for(invariant, violations))) return false;
  }
  if (broken != 0) return false;
  return output(fmt::format("all {} invariants hold", invariants.size()));
}

}  // namespace guerdon
