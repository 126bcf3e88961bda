// The whole program behind main(): parse, configure, carry out, and say in one line what went wrong.
#pragma once

namespace guerdon::cli {

/// Returns the exit code; throws nothing.
int run(int argc, const char* const* argv, const char* const* environment) noexcept;

}  // namespace guerdon::cli
