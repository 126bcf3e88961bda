// Buckets that several servers fill and empty together, wherever they are kept. Rate limits ask them, where there are
// any, and go by their own memory while they are not to be had.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace guerdon::http {

/// What a call found in the common bucket.
struct SharedCount {
  bool is_allowed = true;
  std::chrono::microseconds missing{};  ///< until the bucket is full again, this call included if it was allowed
};

/// A bucket of so many calls; `each` is how long one takes to be given back.
struct SharedBucket {
  std::string name;
  std::chrono::microseconds each{};
  std::int64_t times = 1;
};

/// Thread-safe.
class SharedCounts {
 public:
  using Done = std::function<void(std::optional<SharedCount>)>;

  virtual ~SharedCounts() = default;
  [[nodiscard]] virtual bool is_up() const noexcept = 0;
  /// Takes a call out of the bucket if there is one. Never waits: `done` is called once, soon, from any thread, maybe
  /// this one; with nothing when the answer is not to be had in time. It must not block.
  virtual void take(const SharedBucket& bucket, Done done) = 0;
};

}  // namespace guerdon::http
