// See careful_mode.hpp.
#include "bus/careful_mode.hpp"

#include <algorithm>

namespace guerdon::bus {
namespace {

// Consumers with nothing to do are let go this many in one pass.
constexpr std::size_t looks_a_pass = 16;

}  // namespace

CarefulMode::CarefulMode(std::vector<Member> members, std::function<void(Consumer&)> let_go)
    : let_go_(std::move(let_go)), members_(std::move(members)) {
  for (const auto& member : members_) member.consumer->hold(true);
}

PumpResult CarefulMode::pass(Tx& tx) {
  if (running_) {
    running_->consumer->run_claimed(tx, running_->position);
    tx.on_commit([this] { running_.reset(); });
    return {.more = true};
  }
  const auto looks = std::min(members_.size(), looks_a_pass);
  for (std::size_t i = 0; i < looks; ++i) {
    const auto [consumer, until] = members_[i];
    const auto claim = consumer->claim(tx, until);
    if (claim.found != Claim::Found::nothing) {
      tx.on_commit([this, consumer = consumer, claim] { take_turn(*consumer, claim); });
      break;
    }
    tx.on_commit([this, consumer = consumer] { leave(*consumer); });
  }
  return {.more = !members_.empty()};
}

// The next one is another's.
void CarefulMode::take_turn(Consumer& consumer, const Claim& claim) {
  const auto member = find(consumer);
  std::rotate(member, member + 1, members_.end());
  if (claim.found == Claim::Found::message) running_ = Running{&consumer, claim.position};
}

void CarefulMode::leave(Consumer& consumer) {
  members_.erase(find(consumer));
  consumer.hold(false);
  let_go_(consumer);
}

std::vector<CarefulMode::Member>::iterator CarefulMode::find(const Consumer& consumer) {
  return std::find_if(members_.begin(), members_.end(),
                      [&](const Member& member) { return member.consumer == &consumer; });
}

}  // namespace guerdon::bus
