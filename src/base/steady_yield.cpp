// SIGURG, since its default is to be ignored: one that comes late hurts nobody, nor does one that was meant otherwise.
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
bool take_signal(void (*handler)(int)) {
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
  if (!take_signal(&on_signal)) return;
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

void SteadyYield::start() noexcept {
  is_on_ = 1;
  wind_up();
}

void SteadyYield::stop() noexcept {
  is_on_ = 0;
  if (!has_timer_) return;
  const itimerspec never{};
  timer_settime(timer_, 0, &never, nullptr);
}

/// Once: for a thread that gets no core nothing ticks on.
void SteadyYield::wind_up() noexcept {
  if (!has_timer_) return;
  const itimerspec once{.it_interval = {}, .it_value = pace_};
  timer_settime(timer_, 0, &once, nullptr);
}

/// All it calls may be called in a signal handler.
void SteadyYield::on_signal(int) {
  const int kept = errno;
  let_others_go_first();
  if (of_this_thread != nullptr && of_this_thread->is_on_ != 0) of_this_thread->wind_up();
  errno = kept;
}

}  // namespace guerdon
