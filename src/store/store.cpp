// The waiting form of a command, for tests, the command line and start-up.
#include "guerdon/store.hpp"

#include <condition_variable>
#include <mutex>

namespace guerdon {

namespace {

struct Outcome {
  std::mutex mutex;
  std::condition_variable changed;
  bool done = false;
  std::exception_ptr failure;
};

class WaitingCommand final : public Command {
 public:
  WaitingCommand(FunctionRef<bool(Tx&)> fn, Outcome& outcome) : fn_(fn), outcome_(outcome) {}

  bool run(Tx& tx) override { return fn_(tx); }

  void done(std::exception_ptr failure) noexcept override {
    // Notified under the lock: the waiter destroys the outcome as soon as it has it.
    const std::lock_guard lock(outcome_.mutex);
    outcome_.failure = std::move(failure);
    outcome_.done = true;
    outcome_.changed.notify_one();
  }

 private:
  FunctionRef<bool(Tx&)> fn_;  // what it refers to waits in write_and_wait
  Outcome& outcome_;
};

}  // namespace

void Database::write_and_wait(FunctionRef<bool(Tx&)> fn) {
  Outcome outcome;
  submit(std::make_unique<WaitingCommand>(fn, outcome));
  std::unique_lock lock(outcome.mutex);
  outcome.changed.wait(lock, [&] { return outcome.done; });
  if (outcome.failure) std::rethrow_exception(outcome.failure);
}

}  // namespace guerdon
