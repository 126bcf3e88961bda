// See consumer.hpp.
#include "bus/consumer.hpp"

#include <algorithm>

namespace guerdon::bus {
namespace {

constexpr int read_alone = 4;  // messages, where one of them is handled a pass

}  // namespace

class Consumer::Budget {
 public:
  explicit Budget(std::chrono::microseconds limit) : begin_(Steady::now()), limit_(limit) {}
  [[nodiscard]] bool is_spent() const { return Steady::now() - begin_ >= limit_; }
  [[nodiscard]] bool is_half_spent() const { return Steady::now() - begin_ >= limit_ / 2; }

 private:
  using Steady = std::chrono::steady_clock;
  Steady::time_point begin_;
  std::chrono::microseconds limit_;
};

// What a pass knows while it runs.
struct Consumer::Work {
  Tx& tx;
  const Place place;
  const Budget budget;
  const bool alone;                    // one message and no more
  std::int64_t seen = place.position;  // nothing of the topic up to here is left to do
  bool retried = false;
  int handled = 0;
  bool more = false;
  bool parks = false;  // anything parked?
};

PumpResult Consumer::pass(Tx& tx) {
  if (held_) return {};
  const Budget budget{limits_.budget};
  Work work{.tx = tx, .place = lock_offset(tx, name(), partition_), .budget = budget, .alone = handles_alone(tx)};
  retry_due(work);
  if (work.alone && work.retried)
    work.more = true;
  else
    deliver(work);
  move_on(work);
  PumpResult result{.more = work.more};
  if (work.parks)
    if (const auto earliest = parking_.earliest(tx)) result.next_at = earliest->next_at;
  return result;
}

// New messages get the other half of the time, whatever is due again.
void Consumer::retry_due(Work& work) {
  int left = work.alone ? 1 : limits_.retries;
  while (auto head = parking_.earliest(work.tx)) {
    work.parks = true;
    if (*head->next_at > work.tx.now() || left <= 0 || work.budget.is_half_spent()) return;
    work.retried = true;
    retry_key(work, *std::move(head), left);
  }
}

// In order, until one fails.
void Consumer::retry_key(Work& work, Parked head, int& left) {
  for (;;) {
    --left;
    if (!handling_.run_parked(work.tx, head)) return;
    auto next = parking_.first_of(work.tx, head.delivery.key);
    if (!next) return;
    if (left <= 0 || work.budget.is_half_spent()) return make_due(work.tx, *std::move(next));
    head = *std::move(next);
  }
}

void Consumer::deliver(Work& work) {
  const int most = work.alone ? read_alone : limits_.batch;
  const auto batch = read_topic(work.tx, topic(), partition_, work.place.position, most);
  for (const auto& delivery : batch) {
    if (work.handled > 0 && (work.alone || work.budget.is_spent())) {
      work.more = true;
      return;
    }
    work.seen = delivery.position;
    if (!wants(delivery)) continue;
    ++work.handled;
    if (work.parks && parking_.holds(work.tx, delivery.key))
      parking_.add(work.tx, {.delivery = delivery});
    else if (!handling_.run_new(work.tx, delivery))
      work.parks = true;
  }
  work.more = batch.size() == static_cast<std::size_t>(most);
  if (!work.more) work.seen = std::max(work.seen, work.place.last);
}

// An offset is rewritten with the effects it stands for, and otherwise now and then only.
void Consumer::move_on(Work& work) {
  const auto passed = work.seen - work.place.position;
  if (passed == 0) return;
  const bool is_time =
      work.more || passed >= limits_.lazy_messages || work.tx.now() - work.place.moved_at >= limits_.lazy_time;
  if (work.handled > 0 || is_time) move_offset(work.tx, name(), partition_, work.seen);
}

Claim Consumer::claim(Tx& tx, std::int64_t until) {
  const auto place = lock_offset(tx, name(), partition_);
  auto head = parking_.earliest(tx);
  if (!head || *head->next_at > tx.now()) return claim_new(tx, place, until);
  const bool crashes_too_often = head->crashes >= limits_.max_crashes;
  // The power may have gone under an innocent message: crashes alone use up no attempts before they are too many.
  const bool has_no_attempt_left =
      head->attempts > 0 && head->attempts + head->crashes >= subscription_.options.max_attempts;
  if (!crashes_too_often && !has_no_attempt_left) {
    ++head->crashes;
    parking_.update(tx, *head);
    return {Claim::Found::message, head->delivery.position};
  }
  if (crashes_too_often) head->error = "the process ended each time while it handled the message";
  handling_.give_up(tx, *head);
  if (auto next = parking_.first_of(tx, head->delivery.key)) make_due(tx, *std::move(next));
  return {Claim::Found::not_yet};
}

Claim Consumer::claim_new(Tx& tx, const Place& place, std::int64_t until) {
  const auto batch = read_topic(tx, topic(), partition_, place.position, limits_.batch);
  auto seen = place.position;
  for (const auto& delivery : batch) {
    if (delivery.position > until) break;
    seen = delivery.position;
    if (!wants(delivery)) continue;
    if (parking_.holds(tx, delivery.key)) {
      parking_.add(tx, {.delivery = delivery});
      continue;
    }
    parking_.add(tx, {.delivery = delivery, .crashes = 1, .next_at = tx.now()});
    move_offset(tx, name(), partition_, seen);
    return {Claim::Found::message, seen};
  }
  if (seen == place.position) return {Claim::Found::nothing};
  move_offset(tx, name(), partition_, seen);
  return {Claim::Found::not_yet};
}

void Consumer::run_claimed(Tx& tx, std::int64_t position) {
  auto parked = parking_.at(tx, position);
  if (!parked) return;
  --parked->crashes;
  if (!handling_.run_parked(tx, *parked)) return;
  if (auto next = parking_.first_of(tx, parked->delivery.key)) make_due(tx, *std::move(next));
}

void Consumer::make_due(Tx& tx, Parked parked) const {
  parked.next_at = tx.now();
  parking_.update(tx, parked);
}

}  // namespace guerdon::bus
