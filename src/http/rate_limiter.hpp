// How often each caller calls: a bucket for each caller and budget, filled evenly, emptied by calls. It counts; who is
// exempt and what a refusal looks like is the job's affair. Memory is bounded: the bucket unused longest is forgotten.
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
};

/// Thread-safe.
class RateLimiter {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Now = std::function<Time()>;
  static constexpr std::size_t most_buckets = 100'000;

  /// `random` seeds the hash, so that nobody can choose addresses that collide.
  RateLimiter(const LimitsConfig& config, Random& random, Now now = std::chrono::steady_clock::now,
              std::size_t buckets = most_buckets);

  /// Counts a call of a route with that budget, which is not none. A refused call is not counted.
  [[nodiscard]] Allowed count(Budget budget, bool is_query, const Counted& who);
  [[nodiscard]] bool spares_staff() const { return spares_staff_; }
  [[nodiscard]] std::size_t buckets() const;
  /// How many calls each policy has refused so far.
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
  Bucket& bucket_of(Shard& shard, const Key& key, Time now) const;

  const Now now_;
  const bool spares_staff_;
  const Hash hash_;
  const std::size_t shard_size_;
  std::array<Rule, policies> rules_;
  std::array<std::atomic<std::uint64_t>, policies> refusals_{};
  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace guerdon::http
