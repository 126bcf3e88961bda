// Counts that servers have in common, with no server: they answer at once, or when the test says so, or not at all.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "http/shared_counts.hpp"

namespace guerdon::test {

class FakeCounts final : public http::SharedCounts {
 public:
  enum class Mode : std::uint8_t { answers, waits, is_lost, is_down };

  [[nodiscard]] bool is_up() const noexcept override { return mode != Mode::is_down; }
  void take(const http::SharedBucket& bucket, Done done) override {
    {
      const std::lock_guard lock{mutex_};
      ++asked_[bucket.name];
      buckets_.insert_or_assign(bucket.name, bucket);
      if (mode == Mode::waits) return waiting_.push_back({bucket, std::move(done)});
    }
    if (mode == Mode::answers) return done(count(bucket));
    done(std::nullopt);
  }

  /// Answers those who wait, from now on at once.
  void release() {
    mode = Mode::answers;
    for (;;) {
      std::unique_lock lock{mutex_};
      if (waiting_.empty()) return;
      auto [bucket, done] = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      done(count(bucket));
    }
  }
  [[nodiscard]] std::size_t waiting() const {
    const std::lock_guard lock{mutex_};
    return waiting_.size();
  }
  /// As another server does: the time does not pass here.
  http::SharedCount count(const http::SharedBucket& bucket) {
    const std::lock_guard lock{mutex_};
    auto& used = used_[bucket.name];
    const bool is_allowed = used < bucket.times;
    if (is_allowed) ++used;
    return {.is_allowed = is_allowed, .missing = bucket.each * used};
  }
  /// How often a bucket whose name begins so was asked.
  [[nodiscard]] int asked(const std::string& name) const {
    const std::lock_guard lock{mutex_};
    int total = 0;
    for (const auto& [bucket, times] : asked_)
      if (bucket.starts_with(name)) total += times;
    return total;
  }

  /// Those that were asked.
  [[nodiscard]] std::vector<http::SharedBucket> buckets() const {
    const std::lock_guard lock{mutex_};
    std::vector<http::SharedBucket> all;
    for (const auto& [name, bucket] : buckets_) all.push_back(bucket);
    return all;
  }

  std::atomic<Mode> mode{Mode::answers};

 private:
  mutable std::mutex mutex_;
  std::map<std::string, int> asked_;
  std::map<std::string, std::int64_t> used_;
  std::map<std::string, http::SharedBucket> buckets_;
  std::deque<std::pair<http::SharedBucket, Done>> waiting_;
};

}  // namespace guerdon::test
