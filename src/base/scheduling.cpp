#include "base/scheduling.hpp"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <ctime>

namespace guerdon {
namespace {

// The least that the kernel takes.
constexpr std::chrono::nanoseconds shortest_turn = std::chrono::microseconds{100};
constexpr std::chrono::nanoseconds usual_turn{0};  // as the kernel likes it
constexpr std::int32_t nice_to_stand_back = 3;

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

/// How the thread is scheduled, by its own choice or by whoever started the server; false where that is not to be
/// changed, being none of the usual ways.
bool is_usual(Attributes& attributes) {
  return syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) == 0 && attributes.policy == SCHED_OTHER;
}

void ask(Attributes attributes, std::chrono::nanoseconds turn) {
  attributes.size = sizeof attributes;
  attributes.turn = static_cast<std::uint64_t>(turn.count());
  static_cast<void>(syscall(SYS_sched_setattr, 0, &attributes, 0));
}

}  // namespace

void ask_for_short_turns() noexcept {
  if (Attributes now; is_usual(now)) ask(now, shortest_turn);
}

void ask_not_to_interrupt() noexcept {
  Attributes now;
  if (!is_usual(now)) return;
  now.policy = SCHED_BATCH;
  ask(now, usual_turn);
}

void ask_to_stand_back() noexcept {
  Attributes now;
  if (!is_usual(now)) return;
  now.policy = SCHED_BATCH;
  now.nice = std::min(now.nice + nice_to_stand_back, 19);
  ask(now, usual_turn);
}

void ask_for_what_is_left() noexcept {
  Attributes now;
  if (syscall(SYS_sched_getattr, 0, &now, sizeof now, 0) != 0) return;
  if (now.policy != SCHED_OTHER && now.policy != SCHED_BATCH) return;
  now.policy = SCHED_IDLE;
  ask(now, usual_turn);
}

std::chrono::nanoseconds cpu_time() noexcept {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
}

std::int64_t interruptions() noexcept {
  rusage usage{};
  return getrusage(RUSAGE_THREAD, &usage) == 0 ? usage.ru_nivcsw : 0;
}

void let_others_go_first() noexcept { sched_yield(); }

}  // namespace guerdon
