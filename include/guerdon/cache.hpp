// A place outside the server, fast and forgetful, where others may look up copies of what the rows say. Nobody here
// reads it back: what it has lost, or never got, changes no answer.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "guerdon/store.hpp"

namespace guerdon {

struct CacheEntry {
  std::string key, value;
  std::chrono::milliseconds life{};  ///< after which it is gone by itself
};

/// For `tx.on_commit`: nothing waits, nothing throws. What could not be written is removed as soon as that is possible,
/// so that no entry stays which a later change should have replaced.
class Cache {
 public:
  /// Asked once the entry is stored, for the rows may have changed meanwhile: false removes it again.
  using Check = std::function<bool(Snapshot&)>;

  virtual ~Cache() = default;
  virtual void put(CacheEntry entry, Check still_holds) noexcept = 0;
  virtual void remove(std::string key) noexcept = 0;
};

}  // namespace guerdon
