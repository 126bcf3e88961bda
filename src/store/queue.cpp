// Fair by time, not by number: a batch of the background may take as long as hundreds of requests.
#include "store/queue.hpp"

#include <algorithm>
#include <utility>

namespace guerdon::store {

namespace {

// Who waits for company waits for so many: what is answered at once should not be so much that it holds others up.
constexpr std::size_t enough_company = 4;

}  // namespace

Lane LaneShare::next(bool request_waits, bool background_waits) noexcept {
  if (request_waits && background_waits) return background_ < request_ ? Lane::background : Lane::request;
  if (request_waits) {
    background_ = std::max(background_, request_);
    return Lane::request;
  }
  request_ = std::max(request_, background_);
  return Lane::background;
}

void LaneShare::spent(Lane lane, std::chrono::nanoseconds time) noexcept {
  const std::int64_t used = std::max<std::int64_t>(time.count(), 1);
  if (lane == Lane::request)
    request_ += used;
  else
    background_ += 3 * used;
}

CommandQueue::Push CommandQueue::push(std::unique_ptr<Command>& command) {
  const auto patience = company_ == Company::awaited ? command->patience() : std::chrono::milliseconds{};
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return Push::closed;
    auto& lane = command->lane() == Lane::background ? background_ : requests_;
    if (lane.size() >= limit_) return Push::full;
    const auto its_due = due(patience);
    const bool is_patient = patience > patience.zero();
    lane.push_back({std::move(command), is_patient});
    if (!is_patient) ++impatient_;
    if (its_due != at_once && its_due >= due_) return Push::queued;
    due_ = its_due;
  }
  changed_.notify_one();
  return Push::queued;
}

std::unique_ptr<Command> CommandQueue::try_pop() {
  const std::lock_guard lock(mutex_);
  return take();
}

bool CommandQueue::is_patient() const {
  const std::lock_guard lock(mutex_);
  return is_last_patient_ && impatient_ == 0;
}

/// With the lock, of one that is about to be queued.
CommandQueue::Steady::time_point CommandQueue::due(std::chrono::milliseconds patience) const {
  const bool is_enough = requests_.size() + background_.size() + 1 >= enough_company;
  return patience <= patience.zero() || is_enough ? at_once : Steady::now() + patience;
}

std::unique_ptr<Command> CommandQueue::pop(std::chrono::milliseconds patience) {
  return wait_and_take(Steady::now() + patience);
}

std::unique_ptr<Command> CommandQueue::pop() { return wait_and_take(never); }

std::unique_ptr<Command> CommandQueue::wait_and_take(Steady::time_point until) {
  std::unique_lock lock(mutex_);
  while (!ready() && !woken_) {
    const auto next = may_run() ? std::min(until, due_) : until;
    if (next == never)
      changed_.wait(lock);
    else if (changed_.wait_until(lock, next) == std::cv_status::timeout && next == until)
      break;
  }
  const bool takes = woken_ || ready();
  if (std::exchange(woken_, false) && !empty()) due_ = at_once;
  return takes ? take() : nullptr;
}

void CommandQueue::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_all();
}

std::unique_ptr<Command> CommandQueue::take() {
  if (requests_.empty() && !background_may_run()) return nullptr;
  const Lane turn = share_.next(!requests_.empty(), background_may_run());
  auto& lane = turn == Lane::background ? background_ : requests_;
  if (turn == Lane::background) ++background_out_;
  auto [command, is_patient] = std::move(lane.front());
  lane.pop_front();
  is_last_patient_ = is_patient;
  if (!is_patient) --impatient_;
  if (empty()) due_ = never;
  if (closed_ && empty()) changed_.notify_all();  // nobody has to wait for more
  return std::move(command);
}

void CommandQueue::spent(Lane lane, std::chrono::nanoseconds time) {
  {
    const std::lock_guard lock(mutex_);
    share_.spent(lane, time);
    if (lane == Lane::request || background_out_ == 0) return;
    --background_out_;
    if (!ready()) return;
  }
  changed_.notify_one();
}

void CommandQueue::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    due_ = at_once;
  }
  changed_.notify_all();
}

bool CommandQueue::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

bool CommandQueue::drained() const {
  const std::lock_guard lock(mutex_);
  return closed_ && empty();
}

std::size_t CommandQueue::size() const {
  const std::lock_guard lock(mutex_);
  return requests_.size() + background_.size();
}

}  // namespace guerdon::store
