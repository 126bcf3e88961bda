// The rules of the structure, each a function from files to the lines that break it. A rule is only worth having
// together with a planted violation that it catches: see planted/.
#pragma once

#include <string>
#include <vector>

#include "tree.hpp"

namespace guerdon::architecture {

using Files = std::vector<SourceFile>;
using Violations = std::vector<std::string>;

/// The platform includes no module, a module only its own headers, the platform's public ones and what others publish,
/// never another's module.hpp. Nobody goes around that by way of "../" or of a path from the root.
Violations forbidden_includes(const Files& files);
/// Modules depend on one another without cycles.
Violations module_cycles(const Files& files);
/// Asio, Beast, threads, drivers, clocks and coroutines live in src/ only.
Violations machinery_outside_src(const Files& files);
/// A module's SQL names only its own tables.
Violations foreign_tables(const Files& files);
/// Migrations are named NNNN_<module>_<what>.sql, exist for both engines and touch only their module's tables.
Violations misplaced_migrations(const Files& files);
/// Randomness that can be guessed stays out of the product; a jitter's minstd_rand may be guessed.
Violations weak_randomness(const Files& files);
/// Coroutine forms that g++ 12 miscompiles: a temporary aggregate, closure or conditional in an awaiting expression.
Violations miscompiled_coroutines(const Files& files);
/// A file opens with one to three lines that say what it is; a source may leave that to its header.
Violations missing_openings(const Files& files);

}  // namespace guerdon::architecture
