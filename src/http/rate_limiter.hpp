// How often each caller calls: a bucket for each caller and budget, filled evenly, emptied by calls. It counts; who is
// exempt and what a refusal looks like is the job's affair. Memory is bounded: the bucket unused longest is forgotten.
// Where servers have counts in common, a call that is allowed here is asked about there.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "guerdon/caller.hpp"
#include "guerdon/config.hpp"
#include "guerdon/random.hpp"
#include "guerdon/routes.hpp"
#include "http/shared_counts.hpp"

namespace guerdon::http {

/// Who is counted: a user or service key, or the client's address (IPv6 by its network of 64 bits).
struct Counted {
  enum class Kind : std::uint8_t { user, key, address };
  Kind kind = Kind::address;
  std::array<std::uint8_t, 16> id{};

  [[nodiscard]] static Counted of(const Caller& caller);
  friend bool operator==(const Counted&, const Counted&) = default;
};

/// What a call found in its bucket.
struct Allowed {
  bool is_allowed = true;
  std::string_view policy_name;                ///< "reads"
  std::string_view policy;                     ///< the value of RateLimit-Policy; as long as the limiter
  std::int64_t remaining = 0;                  ///< calls, after this one
  std::chrono::seconds full_in{}, again_in{};  ///< until nothing is missing; until a refused call would be allowed
  std::size_t rule = 0;                        ///< which of the limiter's
  Counted who{};
};

/// Thread-safe.
class RateLimiter {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Now = std::function<Time()>;
  static constexpr std::size_t most_buckets = 100'000;

  /// `random` seeds the hash, so that nobody can choose addresses that collide. `shared` outlives this, or is null.
  RateLimiter(const LimitsConfig& config, Random& random, Now now = std::chrono::steady_clock::now,
              std::size_t buckets = most_buckets, SharedCounts* shared = nullptr);

  /// Counts a call of a route with that budget, which is not none. A refused call is not counted.
  [[nodiscard]] Allowed count(Budget budget, bool is_query, const Counted& who);
  /// Whether such a call would be allowed at this moment; nothing is counted.
  [[nodiscard]] bool would_allow(Budget budget, bool is_query, const Counted& who);
  /// Are there common counts to be asked, at this moment?
  [[nodiscard]] bool is_shared() const { return shared_ != nullptr && shared_->is_up(); }
  /// Counts a call that was allowed here in common with other servers. `done` is called once, soon, from any thread,
  /// maybe this one, with the final word: what was found here, where the common counts are not to be had after all.
  void share(const Allowed& found, std::function<void(const Allowed&)> done);
  [[nodiscard]] bool spares_staff() const { return spares_staff_; }
  [[nodiscard]] std::size_t buckets() const;
  /// How many calls each policy has refused so far, here or in common.
  [[nodiscard]] std::vector<std::pair<std::string_view, std::uint64_t>> refusals() const;

 private:
  enum class Policy : std::uint8_t { registrations, name_checks, reward_requests, writes, reads };
  static constexpr std::size_t policies = 5, shards = 16;

  struct Rule {
    std::string_view name;
    std::string text;  // the value of RateLimit-Policy
    std::int64_t times;
    std::chrono::nanoseconds each;  // how long one call takes to be given back
  };
  struct Key {
    Policy policy;
    Counted who;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Hash {
    std::array<std::uint64_t, 2> seed;
    std::size_t operator()(const Key& key) const noexcept;
  };
  struct Bucket {
    Key key;
    Time full_at;
  };
  using Buckets = std::list<Bucket>;
  struct Shard {
    explicit Shard(const Hash& hash) : by_key(0, hash) {}
    std::mutex mutex;
    Buckets by_use;  // the last used first
    std::unordered_map<Key, Buckets::iterator, Hash> by_key;
  };

  static Policy policy_of(Budget budget, bool is_query);
  static void describe(Allowed& found, const Rule& rule, std::chrono::nanoseconds missing);
  Shard& shard_of(const Key& key) { return *shards_[hash_(key) >> 60U]; }
  Bucket& bucket_of(Shard& shard, const Key& key, Time now) const;
  [[nodiscard]] Allowed agreed(Allowed found, const SharedCount& common);
  void note_refusal(Policy policy) {
    refusals_[static_cast<std::size_t>(policy)].fetch_add(1, std::memory_order_relaxed);
  }

  const Now now_;
  SharedCounts* const shared_;
  const bool spares_staff_;
  const Hash hash_;
  const std::size_t shard_size_;
  std::array<Rule, policies> rules_;
  std::array<std::atomic<std::uint64_t>, policies> refusals_{};
  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace guerdon::http
