#include "store/sqlite/horizon.hpp"

#include <stdexcept>
#include <utility>

namespace guerdon::store {

void Horizon::reach(std::uint64_t number) {
  std::multimap<std::uint64_t, std::function<void(bool)>> told;
  {
    const std::lock_guard lock{mutex_};
    reaching_ = std::this_thread::get_id();
    durable_.store(number);
    while (!waiting_.empty() && waiting_.begin()->first <= number) told.insert(waiting_.extract(waiting_.begin()));
  }
  changed_.notify_all();
  for (const auto& [ignored, tell] : told) tell(true);
}

void Horizon::give_up() {
  std::multimap<std::uint64_t, std::function<void(bool)>> told;
  {
    const std::lock_guard lock{mutex_};
    has_given_up_ = true;
    told = std::exchange(waiting_, {});
  }
  changed_.notify_all();
  for (const auto& [ignored, tell] : told) tell(false);
}

bool Horizon::wait_for(std::uint64_t number) {
  if (is_durable(number)) return true;
  std::unique_lock lock{mutex_};
  if (!has_given_up_ && reaching_ == std::this_thread::get_id())
    throw std::logic_error("who brings commits to the disk must not wait for that: nothing after a commit may read");
  changed_.wait(lock, [&] { return is_durable(number) || has_given_up_; });
  return is_durable(number);
}

void Horizon::when(std::uint64_t number, std::function<void(bool)> told) {
  bool is_known = false;
  {
    const std::lock_guard lock{mutex_};
    is_known = is_durable(number) || has_given_up_;
    if (!is_known) waiting_.emplace(number, std::move(told));
  }
  if (is_known) told(is_durable(number));
}

}  // namespace guerdon::store
