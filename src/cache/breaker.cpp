// See breaker.hpp.
#include "cache/breaker.hpp"

#include <algorithm>

namespace guerdon::cache {

void Breaker::succeeded() noexcept {
  failures_ = 0;
  is_trying_ = false;
}

void Breaker::failed(Time now) noexcept {
  failures_ = std::min(failures_ + 1, rules_.failures);
  is_trying_ = false;
  if (!is_closed()) half_open_at_ = now + rules_.pause;
}

Breaker::State Breaker::state(Time now) const noexcept {
  if (is_closed()) return State::closed;
  return now < half_open_at_ ? State::open : State::half_open;
}

bool Breaker::lets_through(Time now) noexcept {
  switch (state(now)) {
    case State::closed:
      return true;
    case State::open:
      return false;
    case State::half_open:
      break;
  }
  if (is_trying_) return false;
  is_trying_ = true;
  return true;
}

}  // namespace guerdon::cache
