// guerdon serve: a server from start to signal.
#include <pthread.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <thread>

#include "cli/commands.hpp"
#include "runtime/exit_codes.hpp"

namespace guerdon::cli {
namespace {

// Supervisors and terminals like to signal a process and its group: what comes within this time is one request to stop.
constexpr std::chrono::milliseconds one_request{500};

// Signals that ask to stop are taken by a thread that waits for them, not by handlers: no code runs in between.
class StopSignals {
 public:
  StopSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }
  int wait() const {
    int signal = 0;
    static_cast<void>(sigwait(&set_, &signal));
    return signal;
  }

 private:
  sigset_t set_{};
};

void end_at_next(const StopSignals& signals) {
  std::thread{[signals] {
    using Clock = std::chrono::steady_clock;
    const auto first = Clock::now();
    int signal = signals.wait();
    while (Clock::now() - first < one_request) signal = signals.wait();
    std::fputs("guerdon: a second signal: ending at once, what runs is dropped\n", stderr);
    _exit(128 + signal);
  }}.detach();
}

}  // namespace

int serve(const Config& config, const Environment& environment) {
  const StopSignals signals;
  AppOptions options;
  options.first_admin = first_admin(environment);
  App app{config, std::move(options)};
  app.start();
  signals.wait();
  end_at_next(signals);
  app.stop();
  return exit_ok;
}

}  // namespace guerdon::cli
