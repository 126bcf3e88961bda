// Buckets: what they hold, how they fill again, who has one, and how many there are at most.
#include "http/rate_limiter.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <random>
#include <thread>

#include "support/fake_counts.hpp"

using namespace guerdon;
using namespace guerdon::http;
using namespace std::chrono_literals;

namespace {

LimitsConfig limits() {
  LimitsConfig limits;
  limits.registrations = {.times = 2, .window = 1h};
  limits.name_checks = {.times = 1, .window = 1min};
  limits.reward_requests = {.times = 3, .window = 1min};
  limits.writes = {.times = 6, .window = 60s};
  limits.reads = {.times = 1000, .window = 1s};
  return limits;
}

struct Limited {
  explicit Limited(std::size_t buckets = RateLimiter::most_buckets)
      : limiter(limits(), *random, [this] { return now; }, buckets) {}

  Allowed write(const Counted& who) { return limiter.count(Budget::automatic, false, who); }
  bool may_write(const Counted& who) { return write(who).is_allowed; }

  std::unique_ptr<Random> random = system_random();
  RateLimiter::Time now{1h};
  RateLimiter limiter;
};

Counted user(std::uint8_t number) { return {Counted::Kind::user, {number}}; }

Caller caller_at(std::string address) {
  Caller caller;
  caller.address = std::move(address);
  return caller;
}

}  // namespace

TEST_CASE("a budget may be spent at once, and then as fast as it comes back") {
  Limited limited;
  for (int left = 5; left >= 0; --left) {
    const auto allowed = limited.write(user(1));
    CHECK(allowed.is_allowed);
    CHECK(allowed.remaining == left);
    CHECK(allowed.full_in == (6 - left) * 10s);
  }
  const auto refused = limited.write(user(1));
  CHECK_FALSE(refused.is_allowed);
  CHECK(refused.remaining == 0);
  CHECK(refused.again_in == 10s);
  CHECK(refused.full_in == 60s);

  limited.now += 9999ms;
  CHECK(limited.write(user(1)).again_in == 1s);
  limited.now += 1ms;
  CHECK(limited.may_write(user(1)));
  CHECK_FALSE(limited.may_write(user(1)));
}

TEST_CASE("refused calls cost nothing, and a long silence gives no more than the whole budget") {
  Limited limited;
  for (int i = 0; i < 100; ++i) static_cast<void>(limited.write(user(1)));
  limited.now += 10s;
  CHECK(limited.may_write(user(1)));
  limited.now += 24h;
  int allowed = 0;
  while (limited.may_write(user(1))) ++allowed;
  CHECK(allowed == 6);
}

TEST_CASE("whether a call would be allowed is told without counting one, at every moment as it then is") {
  Limited limited;
  const auto would = [&](const Counted& who) { return limited.limiter.would_allow(Budget::automatic, false, who); };
  CHECK(would(user(1)));
  CHECK(limited.limiter.buckets() == 0);
  std::mt19937 random{7};
  for (int i = 0; i < 2000; ++i) {
    const auto who = user(static_cast<std::uint8_t>(random() % 3));
    limited.now += std::chrono::milliseconds{random() % 4000};
    const bool expected = would(who);
    CHECK(would(who) == expected);
    CHECK(limited.may_write(who) == expected);
  }
}

TEST_CASE("each caller has a bucket of their own for each budget") {
  Limited limited;
  while (limited.may_write(user(1))) {
  }
  CHECK(limited.may_write(user(2)));
  CHECK(limited.may_write({Counted::Kind::key, {1}}));
  CHECK(limited.may_write({Counted::Kind::address, {1}}));
  CHECK(limited.limiter.count(Budget::automatic, true, user(1)).policy == "\"reads\";q=1000;w=1");
  CHECK(limited.limiter.count(Budget::registration, false, user(1)).policy == "\"registrations\";q=2;w=3600");
  CHECK(limited.limiter.count(Budget::name_check, true, user(1)).policy == "\"nameChecks\";q=1;w=60");
  CHECK(limited.limiter.count(Budget::reward_request, false, user(1)).policy == "\"rewardRequests\";q=3;w=60");
  CHECK_THROWS_AS(limited.limiter.count(Budget::none, false, user(1)), std::logic_error);
}

TEST_CASE("a caller is their account or key, else their address, of IPv6 the network") {
  auto caller = caller_at("2001:db8:1:2:3::4");
  CHECK(Counted::of(caller) == Counted::of(caller_at("2001:db8:1:2::")));
  CHECK_FALSE(Counted::of(caller) == Counted::of(caller_at("2001:db8:1:3::")));
  CHECK_FALSE(Counted::of(caller_at("192.0.2.1")) == Counted::of(caller_at("192.0.2.2")));
  caller.user = UserId::parse("usr_01jd3q6p8hfvmt3e8zkx0v9c2a");
  const auto as_user = Counted::of(caller);
  CHECK(as_user.kind == Counted::Kind::user);
  caller.address = "192.0.2.1";
  CHECK(Counted::of(caller) == as_user);
}

TEST_CASE("there are never more buckets than asked for, and the one unused longest goes first") {
  Limited limited{16};  // one a shard
  for (int i = 0; i < 1000; ++i) {
    Counted who{Counted::Kind::address, {}};
    who.id[0] = static_cast<std::uint8_t>(i);
    who.id[1] = static_cast<std::uint8_t>(i / 256);
    CHECK(limited.write(who).remaining == 5);
    CHECK(limited.write(who).remaining == 4);  // just used, so still there
  }
  CHECK(limited.limiter.buckets() == 16);
}

TEST_CASE("callers on many threads get no more than the budget between them") {
  const auto random = system_random();
  auto few = limits();
  few.writes = {.times = 1000, .window = 24h};
  RateLimiter limiter{few, *random, [] { return RateLimiter::Time{1h}; }, 1000};
  std::atomic<int> allowed{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; n < 1000; ++n) {
        if (limiter.count(Budget::automatic, false, user(1)).is_allowed) ++allowed;
        static_cast<void>(limiter.count(Budget::automatic, false, user(static_cast<std::uint8_t>(n % 100 + 2 + i))));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(allowed == 1000);
}

namespace {

// Two servers that count together.
struct Pair {
  static bool may_write(RateLimiter& limiter, const Counted& who) {
    auto allowed = limiter.count(Budget::automatic, false, who);
    if (!allowed.is_allowed || !limiter.is_shared()) return allowed.is_allowed;
    limiter.share(allowed, [&](const Allowed& found) { allowed = found; });
    return allowed.is_allowed;
  }

  std::unique_ptr<Random> random = system_random();
  RateLimiter::Time now{1h};
  test::FakeCounts counts;
  RateLimiter one{limits(), *random, [this] { return now; }, 1000, &counts};
  RateLimiter other{limits(), *random, [this] { return now; }, 1000, &counts};
};

}  // namespace

TEST_CASE("servers with common counts have one budget together") {
  Pair pair;
  for (int i = 0; i < 3; ++i) {
    CHECK(Pair::may_write(pair.one, user(1)));
    CHECK(Pair::may_write(pair.other, user(1)));
  }
  CHECK_FALSE(Pair::may_write(pair.one, user(1)));
  CHECK_FALSE(Pair::may_write(pair.other, user(1)));
  CHECK(Pair::may_write(pair.other, user(2)));
}

TEST_CASE("what is left is told as the common bucket has it") {
  Pair pair;
  for (int i = 0; i < 4; ++i) CHECK(Pair::may_write(pair.one, user(1)));
  const auto here = pair.other.count(Budget::automatic, false, user(1));
  CHECK(here.remaining == 5);
  pair.other.share(here, [](const Allowed& found) {
    CHECK(found.is_allowed);
    CHECK(found.remaining == 1);
    CHECK(found.full_in == 50s);
  });
}

TEST_CASE("a server remembers that the common bucket is empty, and asks nobody until it can't be") {
  Pair pair;
  for (int i = 0; i < 6; ++i) CHECK(Pair::may_write(pair.one, user(1)));
  CHECK_FALSE(Pair::may_write(pair.other, user(1)));
  const int asked = pair.counts.asked("writes:user:");
  for (int i = 0; i < 10; ++i) CHECK_FALSE(Pair::may_write(pair.other, user(1)));
  CHECK(pair.counts.asked("writes:user:") == asked);
  for (const auto& [policy, refused] : pair.other.refusals()) CHECK(refused == (policy == "writes" ? 11U : 0U));
}

TEST_CASE("without an answer each server goes by its own memory, which knows what was counted before") {
  Pair pair;
  for (int i = 0; i < 5; ++i) CHECK(Pair::may_write(pair.one, user(1)));
  CHECK(Pair::may_write(pair.other, user(1)));
  pair.counts.mode = GENERATE(test::FakeCounts::Mode::is_down, test::FakeCounts::Mode::is_lost);
  CHECK(Pair::may_write(pair.one, user(1)));
  CHECK_FALSE(Pair::may_write(pair.one, user(1)));
  CHECK_FALSE(Pair::may_write(pair.other, user(1)));
  CHECK(Pair::may_write(pair.other, user(2)));
}

TEST_CASE("users, keys and addresses have buckets of their own names") {
  Pair pair;
  CHECK(Pair::may_write(pair.one, {Counted::Kind::user, {0xAB}}));
  CHECK(Pair::may_write(pair.one, {Counted::Kind::key, {0xAB}}));
  CHECK(Pair::may_write(pair.one, {Counted::Kind::address, {0xAB}}));
  for (const std::string kind : {"user", "key", "address"})
    CHECK(pair.counts.asked("writes:" + kind + ":ab000000000000000000000000000000") == 1);
}
