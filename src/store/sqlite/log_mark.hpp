// Marks how far the log is to be copied, as a reader does that is in the middle of a query: a checkpoint goes up to the
// state which it sees, and no log that has more begins anew.
#pragma once

#include "store/sqlite/connection.hpp"
#include "store/sqlite/shared.hpp"

namespace guerdon::store {

/// One thread at a time.
class LogMark {
 public:
  explicit LogMark(const SqliteShared& shared) : shared_(shared) {}

  /// Marks the newest commit instead of what was marked before. False: it can't (no descriptor is left, for instance),
  /// and nothing is marked.
  bool set() noexcept;
  void clear() noexcept;
  [[nodiscard]] bool is_set() const noexcept { return is_set_; }

 private:
  const SqliteShared& shared_;
  SqliteHandle connection_;  // opened when it is needed
  bool is_set_ = false;
};

}  // namespace guerdon::store
