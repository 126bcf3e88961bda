// What a reward of each type must say in its metadata, and how much of it there can be. Pure. Further members of the
// metadata are the customer's own and kept as they are.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guerdon/codec.hpp"
#include "reward/messages.hpp"

namespace guerdon::reward {

/// A coupon's code as people copy it: no blanks, and nothing that reads like a masked one.
struct CodeRule : AnyText {
  static std::optional<std::string_view> fault(std::string_view code);
};
using CouponCode = Text<1, 64, CodeRule>;

struct PointTerms {
  Bounded<1, 1'000'000'000'000> amount;
};
BOOST_DESCRIBE_STRUCT(PointTerms, (), (amount))

struct ItemTerms {
  Text<1, 64> item_id;
  Bounded<1, 1'000'000'000> quantity;
};
BOOST_DESCRIBE_STRUCT(ItemTerms, (), (item_id, quantity))

/// A coupon with a code gives the same one to everybody; one without is a pool, and each grant takes a code of its own.
struct CouponTerms {
  std::optional<CouponCode> code;
  std::optional<Instant> expires_at;
};
BOOST_DESCRIBE_STRUCT(CouponTerms, (), (code, expires_at))

struct BadgeTerms {
  Text<1, 64> badge_id;
};
BOOST_DESCRIBE_STRUCT(BadgeTerms, (), (badge_id))

/// What is wrong with the metadata, by pointers below /metadata.
std::vector<Fault> metadata_faults(RewardType type, const json::object& metadata);

/// The terms of metadata that has no faults.
template <class Terms>
Terms terms_of(const json::object& metadata) {
  return decode<Terms>(metadata, Unknown::ignore).value();
}

bool is_pool(RewardType type, const json::object& metadata);

/// The code with all but its last four signs hidden; a short one, which these would give away, altogether.
std::string masked(std::string_view code);
/// The metadata as it is shown to whoever does not own the coupon, and as messages carry it.
json::object with_masked_code(json::object metadata, RewardType type);
json::object without_code(json::object metadata, RewardType type);

/// How many of a reward there can be: its quantity and, of a pool, its codes. Empty = unlimited.
std::optional<std::int64_t> capacity_of(std::optional<std::int64_t> quantity, std::optional<std::int64_t> codes);

}  // namespace guerdon::reward
