// What the process's exit code says to supervisors (after sysexits.h).
#pragma once

namespace guerdon {

inline constexpr int exit_ok = 0;
inline constexpr int exit_failed = 1;        ///< the command was understood and the answer is no
inline constexpr int exit_usage = 64;        ///< the command line is wrong
inline constexpr int exit_unavailable = 69;  ///< a port is taken, or no server answers
inline constexpr int exit_internal = 70;     ///< a bug, or a store that hangs
inline constexpr int exit_io = 74;           ///< a file or a disk fails
inline constexpr int exit_temporary = 75;    ///< in use, or not to be had just now: another try may succeed
inline constexpr int exit_config = 78;       ///< a setting is wrong: no other try will succeed

}  // namespace guerdon
