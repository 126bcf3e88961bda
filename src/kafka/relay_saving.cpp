// How far the relay came goes into the database now and then, one write at a time.
#include <utility>

#include "kafka/relay.hpp"

namespace guerdon::kafka {

void Relay::take_outcome() {
  const auto outcome = store_.outcome();
  if (outcome == RelayStore::Outcome::none) return;
  if (outcome == RelayStore::Outcome::done)
    for (const auto& [topic, cursor, position, burials] : saving_) {
      if (cursor == &topic->replays)
        topic->replaying.erase(topic->replaying.begin(), topic->replaying.begin() + (position - cursor->stored()));
      cursor->saved(position, burials);
    }
  saving_.clear();
  if (outcome != RelayStore::Outcome::lost) return;
  renew_at_ = {};  // asks whose it is
  end();
}

void Relay::save(bool everything) {
  const auto now = Steady::now();
  if (!everything && now < save_at_) return;
  if (store_.is_saving() || !saving_.empty()) return;
  const bool is_lazy_time = everything || now >= lazy_at_;
  if (is_lazy_time) lazy_at_ = now + options_.lazy_time;
  std::vector<Move> moves;
  for (auto& topic : topics_) {
    for (std::size_t partition = 0; partition < topic.cursors.size(); ++partition) {
      auto& cursor = topic.cursors[partition];
      const auto passed = cursor.safe() - cursor.stored();
      if (passed <= 0) continue;
      if (!cursor.has_moved() && !is_lazy_time && passed < options_.lazy_positions) continue;
      moves.push_back({topic.consumer, topic.name, static_cast<int>(partition), cursor.safe(), cursor.burials()});
      saving_.push_back({&topic, &cursor, cursor.safe(), cursor.burials().size()});
    }
    if (auto move = replays_of(topic)) moves.push_back(*std::move(move));
  }
  if (moves.empty()) return;
  save_at_ = now + options_.save_every;
  store_.save(std::move(moves));
}

std::optional<Move> Relay::replays_of(Topic& topic) {
  auto& replays = topic.replays;
  const auto first = replays.stored() + 1;
  if (replays.safe() < first) return std::nullopt;
  Move move{.consumer = topic.consumer, .topic = topic.name};
  for (auto number = first; number <= replays.safe(); ++number) {
    const auto [partition, position] = topic.replaying.at(static_cast<std::size_t>(number - first));
    move.finished.push_back({.partition = partition, .position = position});
  }
  for (const auto& burial : replays.burials())
    move.finished.at(static_cast<std::size_t>(burial.position - first)).burial = burial.reason;
  saving_.push_back({&topic, &replays, replays.safe(), replays.burials().size()});
  return move;
}

}  // namespace guerdon::kafka
