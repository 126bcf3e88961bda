// A key of another type, or with a text that is no number, counts as an empty one and is written over.
#include "cache/redis_counts.hpp"

#include <utility>

namespace guerdon::cache {
namespace {

// KEYS: the bucket. ARGV: microseconds for one call, how many calls. Answers whether it is allowed, and the
// microseconds that are missing. Times of this size are whole numbers in Lua; "%.0f" keeps them so as texts.
constexpr const char* script = R"(
local t = redis.call('TIME')
local now, each = t[1] * 1000000 + t[2], tonumber(ARGV[1])
local whole = each * tonumber(ARGV[2])
local full = redis.pcall('GET', KEYS[1])
full = type(full) == 'string' and tonumber(full) or now
if not (full >= now) then full = now end
if full > now + whole then full = now + whole end
local allowed = full + each - now <= whole
if allowed then
  full = full + each
  redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', string.format('%.0f', (full - now) / 1000 + 1))
end
return {allowed and 1 or 0, full - now}
)";

}  // namespace

void RedisCounts::take(const http::SharedBucket& bucket, Done done) {
  redis_.send({"EVAL", script, "1", "guerdon:rate:" + bucket.name, std::to_string(bucket.each.count()),
               std::to_string(bucket.times)},
              [done = std::move(done)](const Answer* answer) {
                if (answer == nullptr || answer->numbers.size() != 2) return done(std::nullopt);
                done(http::SharedCount{.is_allowed = answer->numbers[0] == 1,
                                       .missing = std::chrono::microseconds{answer->numbers[1]}});
              });
}

}  // namespace guerdon::cache
