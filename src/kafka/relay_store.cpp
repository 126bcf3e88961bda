// See relay_store.hpp.
#include "kafka/relay_store.hpp"

#include <mutex>

#include "bus/outbox_log.hpp"
#include "bus/parking.hpp"

namespace guerdon::kafka {
namespace {

void bury(Tx& tx, const Move& move, const Burial& burial) {
  const auto found = bus::read_topic(tx, move.topic, move.partition, burial.position - 1, 1);
  if (found.empty() || found.front().position != burial.position) return;
  bus::add_dead_letter(tx, move.consumer,
                       {.delivery = found.front(), .attempts = 1, .first_at = tx.now(), .error = burial.reason});
}

// The next one of its key has its turn then.
void finish(Tx& tx, const Move& move, const Finished& finished) {
  const bus::Parking parking{move.consumer, finished.partition};
  auto parked = parking.at(tx, finished.position);
  if (!parked) return;
  parking.remove(tx, finished.position);
  if (!finished.burial.empty()) {
    parked->error = finished.burial;
    ++parked->attempts;
    bus::add_dead_letter(tx, move.consumer, *parked);
  }
  auto next = parking.first_of(tx, parked->delivery.key);
  if (!next || next->next_at) return;
  next->next_at = tx.now();
  parking.update(tx, *next);
}

// A place never goes back, whoever wrote it.
void carry_out(Tx& tx, const Move& move) {
  for (const auto& finished : move.finished) finish(tx, move, finished);
  for (const auto& burial : move.burials) bury(tx, move, burial);
  tx.exec(
      "UPDATE consumer_offsets SET position = $3, moved_at = $4 "
      "WHERE consumer = $1 AND partition = $2 AND position < $3",
      move.consumer, move.partition, move.position, tx.now());
}

}  // namespace

struct RelayStore::State {
  std::mutex mutex;
  bool is_saving = false;
  Outcome outcome = Outcome::none;
  std::function<void()> on_saved;
};

class RelayStore::SaveCommand final : public Command {
 public:
  SaveCommand(std::vector<Move> moves, Lease lease, std::shared_ptr<State> state)
      : moves_(std::move(moves)), lease_(std::move(lease)), state_(std::move(state)) {}

  [[nodiscard]] Lane lane() const noexcept override { return Lane::background; }
  bool run(Tx& tx) override {
    is_held_ = lease_.is_held(tx);
    if (!is_held_) return false;
    for (const auto& move : moves_) carry_out(tx, move);
    return true;
  }
  void done(std::exception_ptr failure) noexcept override {
    {
      const std::lock_guard lock{state_->mutex};
      state_->is_saving = false;
      state_->outcome = failure ? Outcome::failed : is_held_ ? Outcome::done : Outcome::lost;
    }
    state_->on_saved();
  }

 private:
  const std::vector<Move> moves_;
  const Lease lease_;
  const std::shared_ptr<State> state_;
  bool is_held_ = false;
};

RelayStore::RelayStore(Database& database, const Lease& lease, std::function<void()> on_saved)
    : database_(database), lease_(lease), state_(std::make_shared<State>()) {
  state_->on_saved = std::move(on_saved);
}

std::vector<std::int64_t> RelayStore::heads(Snapshot& snapshot) {
  return snapshot.list<std::int64_t>("SELECT next - 1 FROM outbox_head ORDER BY partition");
}

std::map<std::pair<std::string, int>, std::int64_t> RelayStore::places() {
  return database_.read([](Snapshot& snapshot) {
    std::map<std::pair<std::string, int>, std::int64_t> found;
    snapshot.visit("SELECT consumer, partition, position FROM consumer_offsets WHERE consumer LIKE 'kafka.%'",
                   [&](const Row& row) {
                     found.emplace(std::pair{column<std::string>(row, 0), column<int>(row, 1)},
                                   column<std::int64_t>(row, 2));
                   });
    return found;
  });
}

std::vector<std::pair<std::string, Delivery>> RelayStore::parked(Snapshot& snapshot, int limit) {
  std::vector<std::pair<std::string, Delivery>> found;
  snapshot.visit(
      "SELECT partition, position, message_id, topic, key, type, payload, headers, at, consumer FROM parked "
      "WHERE consumer LIKE 'kafka.%' ORDER BY consumer, partition, position LIMIT $1",
      [&](const Row& row) {
        found.emplace_back(column<std::string>(row, bus::delivery_columns), bus::read_delivery(row));
      },
      limit);
  return found;
}

bool RelayStore::is_saving() const {
  const std::lock_guard lock{state_->mutex};
  return state_->is_saving;
}

void RelayStore::save(std::vector<Move> moves) {
  {
    const std::lock_guard lock{state_->mutex};
    state_->is_saving = true;
    state_->outcome = Outcome::none;
  }
  database_.submit(std::make_unique<SaveCommand>(std::move(moves), lease_, state_));
}

RelayStore::Outcome RelayStore::outcome() {
  const std::lock_guard lock{state_->mutex};
  return std::exchange(state_->outcome, Outcome::none);
}

}  // namespace guerdon::kafka
