// See pump_runner.hpp. Commands are submitted without the lock: a store that refuses one says so within submit().
#include "bus/pump_runner.hpp"

#include <stdexcept>

#include "bus/backoff.hpp"
#include "telemetry/log.hpp"

namespace guerdon::bus {
namespace {

// In a crowd a pass waits so long for others to share a commit with.
constexpr std::chrono::milliseconds passes_patience{20};

std::string what(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "something that is no exception";
  }
}

}  // namespace

class PumpRunner::PassCommand final : public Command {
 public:
  PassCommand(PumpRunner& runner, Pump& pump) : runner_(runner), pump_(pump) {}

  [[nodiscard]] std::chrono::milliseconds patience() const noexcept override { return runner_.patience(pump_); }
  [[nodiscard]] Lane lane() const noexcept override { return Lane::background; }
  bool run(Tx& tx) override {
    runner_.begin(pump_);
    result_ = pump_.pass(tx);
    return true;
  }
  void done(std::exception_ptr failure) noexcept override { runner_.finished(pump_, result_, failure); }

 private:
  PumpRunner& runner_;
  Pump& pump_;
  PumpResult result_;
};

/// Its commit takes those along that wait for company.
class PumpRunner::NoPatience final : public Command {
 public:
  bool run(Tx&) override { return false; }
  void done(std::exception_ptr) noexcept override {}
};

PumpRunner::PumpRunner(Database& database, const Clock& clock, PumpSettings settings)
    : database_(database), clock_(clock), settings_(settings) {}

PumpRunner::~PumpRunner() {
  stop(std::chrono::milliseconds{0});
  std::unique_lock lock{mutex_};
  came_back_.wait(lock, [&] { return running_ == 0; });
}

PumpRunner::Number PumpRunner::add(std::string name, Pass pass, bool polled) {
  const std::lock_guard lock{mutex_};
  if (state_ != State::new_) throw std::logic_error("pump '" + name + "' was added after the start");
  const Number number = pumps_.size();
  if (!by_name_.emplace(name, number).second) throw std::logic_error("two pumps are named '" + name + "'");
  pumps_.push_back({.name = std::move(name), .pass = std::move(pass), .polled = polled});
  return number;
}

void PumpRunner::start() {
  Ready ready;
  {
    const std::lock_guard lock{mutex_};
    if (state_ != State::new_) throw std::logic_error("the pumps were started twice");
    state_ = State::started;
    poll_at_ = Steady::now() + settings_.poll;
    timer_ = std::thread{[this] { keep_time(); }};
    for (auto& pump : pumps_) launch(pump, ready);
  }
  submit(ready);
}

bool PumpRunner::stop(std::chrono::milliseconds limit) {
  std::unique_lock lock{mutex_};
  state_ = State::stopped;
  time_changed_.notify_all();
  came_back_.notify_all();
  if (timer_.joinable()) {
    auto timer = std::move(timer_);
    lock.unlock();
    timer.join();
    lock.lock();
  }
  return came_back_.wait_for(lock, limit, [&] { return running_ == 0; });
}

void PumpRunner::wake(std::string_view name) {
  Ready ready;
  {
    const std::lock_guard lock{mutex_};
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) throw std::logic_error("no pump is named '" + std::string{name} + "'");
    nudge(pumps_[found->second], ready);
  }
  submit(ready);
}

void PumpRunner::wake(std::span<const Number> pumps) {
  Ready ready;
  {
    const std::lock_guard lock{mutex_};
    for (const auto number : pumps) nudge(pumps_[number], ready);
  }
  submit(ready);
}

// A pass that runs may have begun before there was a reason for it; what is to be retried finds the reason by itself.
void PumpRunner::arm(Number number, Instant at) {
  const std::lock_guard lock{mutex_};
  auto& pump = pumps_[number];
  if (state_ != State::started || pump.retry_at) return;
  if (pump.running) {
    pump.woken = true;
    return;
  }
  if (pump.next_at && *pump.next_at <= at) return;
  if (pump.next_at) due_.erase({*pump.next_at, &pump});
  pump.next_at = at;
  due_.emplace(at, &pump);
  if (due_.begin()->second == &pump) time_changed_.notify_all();
}

void PumpRunner::clock_moved() {
  const std::lock_guard lock{mutex_};
  time_changed_.notify_all();
}

/// Nobody is patient meanwhile.
bool PumpRunner::settle(std::chrono::milliseconds limit) {
  const auto deadline = Steady::now() + limit;
  auto no_patience = std::make_unique<NoPatience>();
  std::unique_lock lock{mutex_};
  ++settling_;
  if (running_ > 0 && settings_.is_crowded) {
    lock.unlock();
    database_.submit(std::move(no_patience));
    lock.lock();
  }
  const bool is_settled = wait_until_settled(lock, deadline);
  --settling_;
  return is_settled;
}

bool PumpRunner::wait_until_settled(std::unique_lock<std::mutex>& lock, Steady::time_point deadline) {
  while (state_ == State::started) {
    if (const auto ready = take_due(); !ready.empty()) {
      lock.unlock();
      submit(ready);
      lock.lock();
      continue;
    }
    if (running_ == 0 && retries_.empty()) return true;
    if (came_back_.wait_until(lock, deadline) == std::cv_status::timeout) return false;
  }
  return running_ == 0;
}

void PumpRunner::begin(Pump& pump) {
  const std::lock_guard lock{mutex_};
  pump.woken = false;
}

void PumpRunner::finished(Pump& pump, const PumpResult& result, const std::exception_ptr& failure) noexcept {
  Ready ready;
  {
    const std::lock_guard lock{mutex_};
    pump.running = false;
    --running_;
    if (state_ == State::started) {
      if (failure)
        retry_later(pump, failure);
      else if (runs_again(pump, result))
        launch(pump, ready);
    }
    // Under the lock: whoever waits may destroy this as soon as nothing runs.
    came_back_.notify_all();
  }
  // With nothing to submit this may be gone already.
  if (!ready.empty()) submit(ready);
}

bool PumpRunner::runs_again(Pump& pump, const PumpResult& result) {
  if (std::exchange(pump.failures, 0) > 0) log::info("bus", "a background pass works again", {{"pump", pump.name}});
  if (result.more) pump.woken = false;  // a backlog does not wait
  if (result.more || pump.woken) return true;
  if (!result.next_at) return false;
  if (*result.next_at <= clock_.now()) return true;
  pump.next_at = result.next_at;
  due_.emplace(*pump.next_at, &pump);
  if (due_.begin()->second == &pump) time_changed_.notify_all();
  return false;
}

void PumpRunner::retry_later(Pump& pump, const std::exception_ptr& failure) {
  if (++pump.failures == 1)
    log::error("bus", "a background pass failed and is retried", {{"pump", pump.name}, {"error", what(failure)}});
  pump.retry_at = Steady::now() + backoff_bound(pump.failures, settings_.first_retry, settings_.last_retry);
  retries_.emplace(*pump.retry_at, &pump);
  time_changed_.notify_all();
}

// With the lock, of a pump that does not run.
void PumpRunner::launch(Pump& pump, Ready& ready) {
  if (pump.next_at) due_.erase({*std::exchange(pump.next_at, std::nullopt), &pump});
  if (pump.retry_at) retries_.erase({*std::exchange(pump.retry_at, std::nullopt), &pump});
  pump.running = true;
  pump.has_news = pump.woken;
  ++running_;
  ready.push_back(&pump);
}

// With the lock. What is to be retried waits for its time, however often it is woken.
void PumpRunner::nudge(Pump& pump, Ready& ready) {
  if (state_ != State::started) return;
  pump.woken = true;
  if (!pump.running && !pump.retry_at) launch(pump, ready);
}

// A user who comes alone sees at once what their activity led to, over several passes; nor does a backlog wait.
std::chrono::milliseconds PumpRunner::patience(const Pump& pump) {
  if (!settings_.is_crowded || !settings_.is_crowded()) return {};
  const std::lock_guard lock{mutex_};
  return pump.has_news && settling_ == 0 ? passes_patience : std::chrono::milliseconds{};
}

void PumpRunner::submit(const Ready& ready) noexcept {
  for (auto* pump : ready) {
    try {
      database_.submit(std::make_unique<PassCommand>(*this, *pump));
    } catch (...) {
      finished(*pump, {}, std::current_exception());
    }
  }
}

PumpRunner::Ready PumpRunner::take_due() {
  Ready ready;
  const auto now = clock_.now();
  while (!due_.empty() && due_.begin()->first <= now) launch(*due_.begin()->second, ready);
  const auto real_now = Steady::now();
  while (!retries_.empty() && retries_.begin()->first <= real_now) launch(*retries_.begin()->second, ready);
  return ready;
}

PumpRunner::Steady::time_point PumpRunner::next_look() const {
  auto next = poll_at_;
  if (!retries_.empty()) next = std::min(next, retries_.begin()->first);
  // The business clock may be days away from its next appointment: the poll bounds how far ahead this one looks.
  if (!due_.empty() && due_.begin()->first - clock_.now() < settings_.poll)
    next = std::min(next, Steady::now() + (due_.begin()->first - clock_.now()));
  return next;
}

void PumpRunner::keep_time() {
  std::unique_lock lock{mutex_};
  while (state_ == State::started) {
    auto ready = take_due();
    if (poll_at_ <= Steady::now()) {
      poll_at_ = Steady::now() + settings_.poll;
      for (auto& pump : pumps_)
        if (pump.polled) nudge(pump, ready);
    }
    if (!ready.empty()) {
      lock.unlock();
      submit(ready);
      lock.lock();
      continue;
    }
    time_changed_.wait_until(lock, next_look());
  }
}

}  // namespace guerdon::bus
