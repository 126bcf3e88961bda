// One mutex: connections come and go far less often than requests.
#include "http/connection_limits.hpp"

namespace guerdon::http {

ConnectionLimits::Entry ConnectionLimits::enter(const Address& address, bool exempt) {
  const bool counted = address_limit_ && !exempt;
  const Address client = address.client();
  const std::lock_guard lock{mutex_};
  if (total_ >= total_limit_) return refuse(Refusal::too_many);
  if (counted) {
    const auto found = by_address_.find(client);
    if (found != by_address_.end() && found->second >= *address_limit_) return refuse(Refusal::too_many_from_address);
    ++by_address_[client];
  }
  ++total_;
  Entry entry;
  entry.slot.limits_ = {this, Slot::Leave{client, counted}};
  return entry;
}

void ConnectionLimits::leave(const Address& client, bool counted) {
  const std::lock_guard lock{mutex_};
  if (counted) {
    const auto found = by_address_.find(client);
    if (found != by_address_.end() && --found->second == 0) by_address_.erase(found);
  }
  if (--total_ == 0) emptied_.notify_all();
}

ConnectionLimits::Entry ConnectionLimits::refuse(Refusal reason) {
  ++refused_[static_cast<std::size_t>(reason)];
  return {{}, reason};
}

ConnectionLimits::Refusals ConnectionLimits::refused() const {
  const std::lock_guard lock{mutex_};
  return refused_;
}

std::size_t ConnectionLimits::open() const {
  const std::lock_guard lock{mutex_};
  return total_;
}

bool ConnectionLimits::wait_until_empty(std::chrono::milliseconds limit) {
  std::unique_lock lock{mutex_};
  return emptied_.wait_for(lock, limit, [&] { return total_ == 0; });
}

}  // namespace guerdon::http
