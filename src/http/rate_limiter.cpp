// A bucket is one instant: when it would be full again. A call moves it on by the time that one call takes to be given
// back, and may not move it further than a window from now. The common bucket is the same thing elsewhere; its
// emptiness is remembered here, so that a call that can't be allowed asks nobody.
#include "http/rate_limiter.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <span>
#include <stdexcept>

#include "guerdon/crypto.hpp"
#include "http/address.hpp"

namespace guerdon::http {

namespace {

std::array<std::uint64_t, 2> seed_of(Random& random) {
  std::array<std::uint64_t, 2> seed{};
  random.fill(std::as_writable_bytes(std::span{seed}));
  return seed;
}

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  a = (a ^ b) * 0x9E3779B97F4A7C15U;
  a = (std::rotl(a, 31) ^ b) * 0xD6E8FEB86659FD93U;
  return a ^ (a >> 32);
}

std::string policy_text(std::string_view name, const Allowance& allowance) {
  std::string text;
  text.append(1, '"').append(name).append("\";q=").append(std::to_string(allowance.times));
  return text.append(";w=").append(std::to_string(allowance.window.count()));
}

template <class T>
std::array<std::uint8_t, 16> bytes_of(const Id<T>& id) {
  static_assert(sizeof(Uuid) == 16);
  return std::bit_cast<std::array<std::uint8_t, 16>>(id.uuid());
}

std::string_view word(Counted::Kind kind) {
  switch (kind) {
    case Counted::Kind::user:
      return "user";
    case Counted::Kind::key:
      return "key";
    case Counted::Kind::address:
      break;
  }
  return "address";
}

std::chrono::seconds at_least(std::chrono::nanoseconds time) {
  return std::max(std::chrono::ceil<std::chrono::seconds>(time), std::chrono::seconds{0});
}

}  // namespace

Counted Counted::of(const Caller& caller) {
  if (caller.key) return {Kind::key, bytes_of(*caller.key)};
  if (caller.user) return {Kind::user, bytes_of(*caller.user)};
  return {Kind::address, Address::parse(caller.address).value_or(Address{}).client().bytes()};
}

std::size_t RateLimiter::Hash::operator()(const Key& key) const noexcept {
  const auto halves = std::bit_cast<std::array<std::uint64_t, 2>>(key.who.id);
  const auto kinds = static_cast<std::uint64_t>(key.policy) << 8U | static_cast<std::uint64_t>(key.who.kind);
  return mix(mix(mix(seed[0], halves[0]), halves[1] ^ seed[1]), kinds);
}

RateLimiter::RateLimiter(const LimitsConfig& config, Random& random, Now now, std::size_t buckets, SharedCounts* shared)
    : now_(std::move(now)),
      shared_(shared),
      spares_staff_(config.staff_unlimited),
      hash_{seed_of(random)},
      shard_size_(std::max<std::size_t>(buckets / shards, 1)) {
  const auto rule = [](std::string_view name, const Allowance& allowance) {
    return Rule{.name = name,
                .text = policy_text(name, allowance),
                .times = allowance.times,
                .each = std::chrono::nanoseconds{allowance.window} / allowance.times};
  };
  rules_ = {rule("registrations", config.registrations), rule("nameChecks", config.name_checks),
            rule("rewardRequests", config.reward_requests), rule("writes", config.writes), rule("reads", config.reads)};
  for (std::size_t i = 0; i < shards; ++i) shards_.push_back(std::make_unique<Shard>(hash_));
}

RateLimiter::Policy RateLimiter::policy_of(Budget budget, bool is_query) {
  switch (budget) {
    case Budget::automatic:
      return is_query ? Policy::reads : Policy::writes;
    case Budget::registration:
      return Policy::registrations;
    case Budget::name_check:
      return Policy::name_checks;
    case Budget::reward_request:
      return Policy::reward_requests;
    case Budget::none:
      break;
  }
  throw std::logic_error("what is not counted has no limit");
}

Allowed RateLimiter::count(Budget budget, bool is_query, const Counted& who) {
  const Key key{policy_of(budget, is_query), who};
  const auto& rule = rules_[static_cast<std::size_t>(key.policy)];
  auto& shard = shard_of(key);
  const auto now = now_();
  Allowed found{.policy_name = rule.name, .policy = rule.text};
  found.rule = static_cast<std::size_t>(key.policy);
  found.who = who;
  const std::lock_guard lock{shard.mutex};
  auto& full_at = bucket_of(shard, key, now).full_at;
  full_at = std::max(full_at, now);
  const auto whole = rule.each * rule.times;
  found.is_allowed = full_at + rule.each - now <= whole;
  if (found.is_allowed)
    full_at += rule.each;
  else
    note_refusal(key.policy);
  describe(found, rule, full_at - now);
  return found;
}

bool RateLimiter::would_allow(Budget budget, bool is_query, const Counted& who) {
  const Key key{policy_of(budget, is_query), who};
  const auto& rule = rules_[static_cast<std::size_t>(key.policy)];
  auto& shard = shard_of(key);
  const auto now = now_();
  const std::lock_guard lock{shard.mutex};
  const auto found = shard.by_key.find(key);
  return found == shard.by_key.end() || found->second->full_at + rule.each - now <= rule.each * rule.times;
}

void RateLimiter::describe(Allowed& found, const Rule& rule, std::chrono::nanoseconds missing) {
  const auto whole = rule.each * rule.times;
  found.remaining = (whole - missing) / rule.each;
  found.full_in = at_least(missing);
  found.again_in = found.is_allowed ? std::chrono::seconds{0} : at_least(missing + rule.each - whole);
}

void RateLimiter::share(const Allowed& found, std::function<void(const Allowed&)> done) {
  const auto& rule = rules_[found.rule];
  const auto each = std::chrono::duration_cast<std::chrono::microseconds>(rule.each);
  // More than a million a second is no limit that is worth a question.
  if (shared_ == nullptr || each < std::chrono::microseconds{1}) return done(found);
  std::string name{rule.name};
  name.append(1, ':').append(word(found.who.kind)).append(1, ':').append(to_hex(found.who.id));
  const SharedBucket bucket{.name = std::move(name), .each = each, .times = rule.times};
  shared_->take(bucket, [this, found, done = std::move(done)](std::optional<SharedCount> common) {
    done(common ? agreed(found, *common) : found);
  });
}

Allowed RateLimiter::agreed(Allowed found, const SharedCount& common) {
  const auto& rule = rules_[found.rule];
  const auto missing =
      std::clamp<std::chrono::nanoseconds>(common.missing, std::chrono::nanoseconds{0}, rule.each * rule.times);
  const Key key{static_cast<Policy>(found.rule), found.who};
  found.is_allowed = common.is_allowed;
  if (!common.is_allowed) note_refusal(key.policy);
  describe(found, rule, missing);
  auto& shard = shard_of(key);
  const auto now = now_();
  const std::lock_guard lock{shard.mutex};
  auto& full_at = bucket_of(shard, key, now).full_at;
  full_at = std::max(full_at, now + missing);
  return found;
}

RateLimiter::Bucket& RateLimiter::bucket_of(Shard& shard, const Key& key, Time now) const {
  auto& by_use = shard.by_use;
  if (const auto found = shard.by_key.find(key); found != shard.by_key.end()) {
    by_use.splice(by_use.begin(), by_use, found->second);
    return by_use.front();
  }
  if (shard.by_key.size() >= shard_size_) {
    shard.by_key.erase(by_use.back().key);
    by_use.pop_back();
  }
  by_use.push_front({key, now});
  shard.by_key.emplace(key, by_use.begin());
  return by_use.front();
}

std::vector<std::pair<std::string_view, std::uint64_t>> RateLimiter::refusals() const {
  std::vector<std::pair<std::string_view, std::uint64_t>> all;
  for (std::size_t i = 0; i < policies; ++i) all.emplace_back(rules_[i].name, refusals_[i].load());
  return all;
}

std::size_t RateLimiter::buckets() const {
  std::size_t total = 0;
  for (const auto& shard : shards_) {
    const std::lock_guard lock{shard->mutex};
    total += shard->by_key.size();
  }
  return total;
}

}  // namespace guerdon::http
