// How the system is asked to schedule the calling thread. Best effort: a container may forbid it and an old kernel not
// know it, and the thread runs all the same. Who started the server with a priority of its own is heard: niceness adds
// to theirs, and a policy of theirs stays, but that ask_for_what_is_left() is heard after SCHED_BATCH as well.
#pragma once

#include <chrono>
#include <cstdint>

namespace guerdon {

/// For threads that answer: they run for microseconds and go before whoever works for long, as soon as they have
/// something to do (Linux 6.12: sched_setattr(2), sched(7), "time slice").
void ask_for_short_turns() noexcept;

/// For threads that work for long whenever there is something to do: they do not interrupt others when they wake up, as
/// the thread that woke them would itself be interrupted, in the middle of what it answers (SCHED_BATCH).
void ask_not_to_interrupt() noexcept;

/// For threads that burn CPU: SCHED_BATCH, so that others may interrupt them, and nicer by 3. While others want all
/// there is of a core each of these gets half of what one of them gets, so that log-ins never come to a standstill.
void ask_to_stand_back() noexcept;

/// For a thread that burns CPU for another one, which does it by itself when this one gets none: SCHED_IDLE. There is
/// no way back.
void ask_for_what_is_left() noexcept;

/// How long the calling thread has had a core, since it began.
[[nodiscard]] std::chrono::nanoseconds cpu_time() noexcept;

/// How often the calling thread has had to stop for another one, since it began.
[[nodiscard]] std::int64_t interruptions() noexcept;

/// Decides anew who has the core of the calling thread: of those who wait for it, whoever is in a hurry and has not had
/// more than its part.
void let_others_go_first() noexcept;

}  // namespace guerdon
