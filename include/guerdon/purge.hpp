// Removal for good: what a module does when a user or an event that was softly deleted long ago is hard-deleted, and
// which of its columns hold anything of a user. Who is due, when, and in what batches is the platform's to decide.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "guerdon/ids.hpp"
#include "guerdon/store.hpp"
#include "guerdon/time.hpp"

namespace guerdon {

/// How many rows of which table.
using PurgeCounts = std::map<std::string, std::int64_t>;

/// How many rows of a subject one transaction may still touch, and what it has touched.
class PurgeBatch {
 public:
  explicit PurgeBatch(std::int64_t room, std::vector<std::string> message_keys = {})
      : room_(room), message_keys_(std::move(message_keys)) {}

  /// Never negative: it goes into LIMIT.
  [[nodiscard]] std::int64_t room() const noexcept { return room_ > 0 ? room_ : 0; }
  [[nodiscard]] bool is_full() const noexcept { return room_ <= 0; }
  [[nodiscard]] const PurgeCounts& counts() const noexcept { return counts_; }
  /// Under which keys, besides its id, messages speak of the subject.
  [[nodiscard]] const std::vector<std::string>& message_keys() const noexcept { return message_keys_; }

  void add(const char* table, std::int64_t rows) {
    if (rows == 0) return;
    counts_[table] += rows;
    room_ -= rows;
  }

 private:
  std::int64_t room_;
  PurgeCounts counts_;
  std::vector<std::string> message_keys_;
};

/// What becomes of a column when the user goes whom it speaks of.
enum class Fate {
  removed,    ///< the row goes with the user
  pseudonym,  ///< an id that stays where books need it: nothing tells any more whose it was
  scrubbed,   ///< the row stays, what is personal in it is taken out
  impersonal  ///< holds nothing of a user, whatever its name sounds like
};

struct PersonalColumn {
  std::string_view table, column;
  Fate fate;
};

/// A module's part in every removal. A function touches at most `room()` rows and leaves a full batch when it may not
/// be done: then it is called again, in another transaction. After each of them every invariant holds.
struct PurgeOwner {
  using Remove = std::function<void(Tx&, const Uuid& subject, PurgeBatch&)>;

  std::vector<PersonalColumn> columns;
  Remove user{}, event{};
  /// At the end of every run: what has outlived its purpose.
  std::function<void(Tx&, PurgeBatch&)> tidy{};
  /// All of a user is gone: what that was, for a receipt.
  std::function<void(Tx&, UserId, const PurgeCounts&)> user_removed{};
};

/// The module that owns the row by which a user, or an event, exists.
struct PurgeSource {
  std::function<bool(Snapshot&, const Uuid&)> exists;
  std::function<std::int64_t(Snapshot&)> count_all;
  /// Those that were softly deleted at that time or before.
  std::function<std::int64_t(Snapshot&, Instant until)> count_due;
  /// The ones that have been gone for longest, first.
  std::function<std::vector<Uuid>(Snapshot&, Instant until, std::int64_t limit)> list_due;
  /// What is asked before the row goes: under which keys, besides its id, messages speak of it. May be empty.
  std::function<std::vector<std::string>(Snapshot&, const Uuid&)> message_keys{};
  /// Removes the row itself: from this commit on there is nothing to restore. False where it is not due any more.
  std::function<bool(Tx&, const Uuid&, Instant until, PurgeBatch&)> take;
};

}  // namespace guerdon
