#include "runtime/scheduling.hpp"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace guerdon {
namespace {

// What the kernel takes at most and at least.
constexpr std::chrono::nanoseconds shortest_turn = std::chrono::microseconds{100};
constexpr std::chrono::nanoseconds longest_turn = std::chrono::milliseconds{100};
constexpr std::int32_t nice_of_long_turns = 4;

/// The kernel's `struct sched_attr`, which this libc has no header for.
struct Attributes {
  std::uint32_t size = sizeof(Attributes);
  std::uint32_t policy = 0;
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t turn = 0;  // in nanoseconds
  std::uint64_t deadline = 0, period = 0;
};
static_assert(sizeof(Attributes) == 48);

void ask(int policy, std::int32_t nice, std::chrono::nanoseconds turn) {
  const Attributes attributes{.policy = static_cast<std::uint32_t>(policy),
                              .nice = nice,
                              .turn = static_cast<std::uint64_t>(turn.count())};
  static_cast<void>(syscall(SYS_sched_setattr, 0, &attributes, 0));
}

}  // namespace

void ask_for_short_turns() noexcept { ask(SCHED_OTHER, 0, shortest_turn); }

void ask_for_long_turns() noexcept { ask(SCHED_BATCH, nice_of_long_turns, longest_turn); }

}  // namespace guerdon
