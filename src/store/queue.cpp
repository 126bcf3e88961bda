// Fair by time, not by number: a batch of the background may take as long as hundreds of requests.
#include "store/queue.hpp"

#include <algorithm>
#include <utility>

namespace guerdon::store {

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
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return Push::closed;
    auto& lane = command->lane() == Lane::background ? background_ : requests_;
    if (lane.size() >= limit_) return Push::full;
    lane.push_back(std::move(command));
  }
  changed_.notify_one();
  return Push::queued;
}

std::unique_ptr<Command> CommandQueue::try_pop() {
  const std::lock_guard lock(mutex_);
  return take();
}

std::unique_ptr<Command> CommandQueue::pop(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, patience, [&] { return ready() || woken_; });
  woken_ = false;
  return take();
}

std::unique_ptr<Command> CommandQueue::pop() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return ready() || woken_; });
  woken_ = false;
  return take();
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
  auto command = std::move(lane.front());
  lane.pop_front();
  if (closed_ && empty()) changed_.notify_all();  // nobody has to wait for more
  return command;
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
