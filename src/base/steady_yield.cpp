// SIGURG, since a program that does not use it ignores it: one that comes late hurts nobody.
#include "base/steady_yield.hpp"

#include <pthread.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>

#include "base/scheduling.hpp"

namespace guerdon {
namespace {

thread_local constinit SteadyYield* of_this_thread = nullptr;

timespec to_timespec(std::chrono::nanoseconds time) {
  constexpr std::chrono::nanoseconds second = std::chrono::seconds{1};
  return {.tv_sec = time / second, .tv_nsec = (time % second).count()};
}

bool is_handled_by(const struct sigaction& now, void (*handler)(int)) {
  return (now.sa_flags & SA_SIGINFO) == 0 && now.sa_handler == handler;
}

/// False: the program has another use for the signal.
bool take_signal(void (*handler)(int)) noexcept {
  struct sigaction now{};
  if (sigaction(SIGURG, nullptr, &now) != 0) return false;
  if (is_handled_by(now, handler)) return true;
  if (!is_handled_by(now, SIG_DFL) && !is_handled_by(now, SIG_IGN)) return false;
  struct sigaction ours{};
  ours.sa_handler = handler;
  ours.sa_flags = SA_RESTART;
  return sigaction(SIGURG, &ours, nullptr) == 0;
}

void let_signal_through() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGURG);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

}  // namespace

SteadyYield::SteadyYield(std::chrono::microseconds pace) : pace_(to_timespec(pace)) {
  assert(of_this_thread == nullptr);
  sigevent event{};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = SIGURG;
  event._sigev_un._tid = gettid();
  has_timer_ = timer_create(CLOCK_MONOTONIC, &event, &timer_) == 0;
  if (!has_timer_) return;
  of_this_thread = this;
  let_signal_through();
}

SteadyYield::~SteadyYield() {
  if (!has_timer_) return;
  of_this_thread = nullptr;
  timer_delete(timer_);
}

/// Looks each time who has the signal: a program may begin to use it at any time.
void SteadyYield::start() noexcept {
  if (!has_timer_ || !take_signal(&on_signal)) return;
  is_on_ = true;
  wind_up();
}

void SteadyYield::stop() noexcept {
  if (!is_on_.exchange(false)) return;
  const itimerspec never{};
  timer_settime(timer_, 0, &never, nullptr);
}

/// Once: for a thread that gets no core nothing ticks on.
void SteadyYield::wind_up() noexcept {
  const itimerspec once{.it_interval = {}, .it_value = pace_};
  timer_settime(timer_, 0, &once, nullptr);
}

void SteadyYield::yield() noexcept {
  const auto before = interruptions();
  let_others_go_first();
  ++count_;
  if (interruptions() != before) ++used_;
}

/// All it calls may be called in a signal handler.
void SteadyYield::on_signal(int) {
  auto* const mine = of_this_thread;
  if (mine == nullptr || !mine->is_on_) return;
  const int kept = errno;
  mine->yield();
  mine->wind_up();
  errno = kept;
}

}  // namespace guerdon
