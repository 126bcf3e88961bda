// A few messages of one partition, taken in one transaction together with how far the partition is read: so each counts
// once, whoever crashes and however often Kafka delivers it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "guerdon/intake.hpp"
#include "guerdon/store.hpp"

namespace guerdon::kafka {

struct Taken {
  std::int64_t offset = 0;
  std::string key, value;
};

/// The offset of the first message of each partition whose effects are not in the database; partitions of which nothing
/// was taken are left out.
[[nodiscard]] std::vector<std::pair<int, std::int64_t>> list_offsets(Snapshot& snapshot, const std::string& topic);

class IntakeBatch {
 public:
  static constexpr std::size_t max_value = 64 * 1024;  ///< bytes of a message, as of a request
  static constexpr std::size_t max_kept = 512 * 1024;  ///< of a refused message that is sent on whole

  struct Outcome {
    bool is_stale = false;    ///< another server has taken from the partition: nothing was done
    std::size_t done = 0;     ///< messages, from the first on; the rest is for another batch
    std::size_t refused = 0;  ///< of those
    std::int64_t next = 0;
  };

  /// `blames_messages`: what breaks in the store is the doing of the message that meets it, which is refused then.
  IntakeBatch(std::string topic, int partition, const Intakes::Handler& handler, bool blames_messages = false)
      : topic_(std::move(topic)), partition_(partition), handler_(handler), blames_messages_(blames_messages) {}

  /// `expected`: where the partition was when the messages were asked for; empty: nothing was taken yet. Throws
  /// StoreError when the store is to blame and not a message.
  Outcome run(Tx& tx, std::optional<std::int64_t> expected, const std::vector<Taken>& messages) const;

 private:
  std::optional<std::string> take(Tx& tx, const Taken& message) const;
  void refuse(Tx& tx, const Taken& message, const std::string& reason) const;

  const std::string topic_;
  const int partition_;
  const Intakes::Handler& handler_;
  const bool blames_messages_;
};

}  // namespace guerdon::kafka
