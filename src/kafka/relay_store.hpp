// What the relay has in the database: its places in the log, and the dead letters of what it gave up. Places are moved
// in the background, one write at a time.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "guerdon/bus.hpp"
#include "guerdon/store.hpp"
#include "kafka/cursor.hpp"
#include "kafka/lease.hpp"

namespace guerdon::kafka {

/// A parked message that was sent after all, or given up again.
struct Finished {
  int partition = 0;
  std::int64_t position = 0;
  std::string burial{};  ///< why it was given up; empty: it was delivered
};

/// A place that is to be moved on, and parked messages that are done with.
struct Move {
  std::string consumer, topic;
  int partition = 0;
  std::int64_t position = 0;
  std::vector<Burial> burials{};
  std::vector<Finished> finished{};
};

class RelayStore {
 public:
  enum class Outcome {
    none,  ///< nothing was asked for, or it is not over yet
    done,
    lost,   ///< the lease is another server's: nothing was written
    failed  ///< the store could not; it may be asked again
  };

  /// `on_saved`: outcome() has something to say. On a store thread; may outlive this.
  RelayStore(Database& database, const Lease& lease, std::function<void()> on_saved);

  /// The last position of each partition of the log.
  [[nodiscard]] static std::vector<std::int64_t> heads(Snapshot& snapshot);
  /// Where the consumers whose names begin with "kafka." are. Throws StoreError.
  [[nodiscard]] std::map<std::pair<std::string, int>, std::int64_t> places();

  /// Messages that were parked for the relay: dead letters that an operator wants sent again. In order.
  [[nodiscard]] static std::vector<std::pair<std::string, Delivery>> parked(Snapshot& snapshot, int limit);

  [[nodiscard]] bool is_saving() const;
  /// Only while nothing is being saved.
  void save(std::vector<Move> moves);
  /// Of the last save, once.
  [[nodiscard]] Outcome outcome();

 private:
  struct State;
  class SaveCommand;

  Database& database_;
  const Lease& lease_;
  const std::shared_ptr<State> state_;  // shared with a command, which may outlive this
};

}  // namespace guerdon::kafka
