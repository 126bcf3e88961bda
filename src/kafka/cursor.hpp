// The relay's place with one topic in one partition of the log: what was handed over, what of it is settled, and up to
// where everything is. Bookkeeping only: it knows neither Kafka nor the database.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace guerdon::kafka {

struct Topic;

/// A message that was given up, to be kept as a dead letter.
struct Burial {
  std::int64_t position;
  std::string reason;
};

class Cursor {
 public:
  struct Entry {
    Topic* topic;
    Cursor* cursor;
    std::int64_t position;
    std::size_t bytes;
    bool is_settled = false;
    std::string burial = {};  ///< why it was given up; empty: it was delivered
  };

  explicit Cursor(std::int64_t stored) : stored_(stored), read_(stored) {}

  /// The next message of the topic goes out. The entry stays where it is until it is settled and all before it are.
  Entry& hand_over(Topic& topic, std::int64_t position, std::size_t bytes);
  /// The one that was handed over last did not go out.
  void take_back();
  /// It arrived.
  void settle(Entry& entry);
  void bury(Entry& entry, std::string reason);
  /// The topic has nothing between what was read and there.
  void pass(std::int64_t position);
  /// What is not settled is to be read again, and with it what came after.
  void rewind();

  /// The last position that was read, to go on after.
  [[nodiscard]] std::int64_t read() const noexcept { return read_; }
  /// Everything up to here is settled.
  [[nodiscard]] std::int64_t safe() const noexcept { return pending_.empty() ? read_ : pending_.front().position - 1; }
  [[nodiscard]] std::int64_t stored() const noexcept { return stored_; }
  /// Is there more to store than the passing of what others publish?
  [[nodiscard]] bool has_moved() const noexcept { return has_moved_; }
  [[nodiscard]] const std::vector<Burial>& burials() const noexcept { return burials_; }
  /// The database has it up to `position`, with the first `burials` of the dead letters.
  void saved(std::int64_t position, std::size_t burials);

 private:
  void move_on();

  std::int64_t stored_, read_;
  bool has_moved_ = false;
  std::deque<Entry> pending_;    // by position; the addresses of entries stay
  std::vector<Burial> burials_;  // at or before safe()
};

}  // namespace guerdon::kafka
