// What the metadata of each type must say, and how codes are masked.
#include "modules/reward/terms.hpp"

#include <catch2/catch.hpp>

using namespace guerdon;
using namespace guerdon::reward;

namespace {

/// "pointer code" of each fault.
std::vector<std::string> faults(RewardType type, const json::object& metadata) {
  std::vector<std::string> found;
  for (const auto& fault : metadata_faults(type, metadata)) found.push_back(fault.where + " " + fault.code);
  return found;
}

using Faults = std::vector<std::string>;

}  // namespace

TEST_CASE("a POINT reward grants a whole number of points within bounds") {
  const auto type = RewardType::point;
  CHECK(terms_of<PointTerms>({{"amount", 1}}).amount == 1);
  CHECK(faults(type, {{"amount", 1'000'000'000'000}, {"campaign", "spring"}}).empty());
  CHECK(faults(type, {}) == Faults{"/metadata/amount required"});
  CHECK(faults(type, {{"amount", "5"}}) == Faults{"/metadata/amount wrong-type"});
  CHECK(faults(type, {{"amount", 1.5}}) == Faults{"/metadata/amount wrong-type"});
  CHECK(faults(type, {{"amount", 0}}) == Faults{"/metadata/amount too-small"});
  CHECK(faults(type, {{"amount", -7}}) == Faults{"/metadata/amount too-small"});
  CHECK(faults(type, {{"amount", 1'000'000'000'001}}) == Faults{"/metadata/amount too-large"});
}

TEST_CASE("an ITEM reward says which item and how many, a BADGE which badge, and all faults are told at once") {
  CHECK(faults(RewardType::item, {{"itemId", "sword"}, {"quantity", 2}, {"colour", "red"}}).empty());
  CHECK(faults(RewardType::item, {}) == Faults{"/metadata/itemId required", "/metadata/quantity required"});
  CHECK(faults(RewardType::item, {{"itemId", ""}, {"quantity", 0}}) ==
        Faults{"/metadata/itemId too-short", "/metadata/quantity too-small"});
  CHECK(faults(RewardType::badge, {{"badgeId", "early-bird"}}).empty());
  CHECK(faults(RewardType::badge, {{"badgeId", 7}}) == Faults{"/metadata/badgeId wrong-type"});
}

TEST_CASE("a COUPON reward has a code of its own or is a pool") {
  const auto type = RewardType::coupon;
  CHECK(faults(type, {}).empty());
  CHECK(faults(type, {{"code", "SPRING-2026"}, {"expiresAt", "2026-12-31T23:59:59+09:00"}}).empty());
  CHECK(faults(type, {{"code", "SPRING 2026"}}) == Faults{"/metadata/code bad-format"});
  CHECK(faults(type, {{"code", "****2026"}}) == Faults{"/metadata/code bad-format"});
  CHECK(faults(type, {{"code", std::string(65, 'A').c_str()}}) == Faults{"/metadata/code too-long"});
  CHECK(faults(type, {{"expiresAt", "next year"}}) == Faults{"/metadata/expiresAt bad-format"});

  CHECK(is_pool(type, {}));
  CHECK(is_pool(type, {{"code", nullptr}, {"partner", "a cafe"}}));
  CHECK_FALSE(is_pool(type, {{"code", "SPRING-2026"}}));
  CHECK_FALSE(is_pool(RewardType::badge, {{"badgeId", "x"}}));
}

TEST_CASE("a masked code shows its last four signs, unless these would give it away") {
  CHECK(masked("SUMMER-WXYZ") == "****WXYZ");
  CHECK(masked("ABCDEFGH") == "****EFGH");
  CHECK(masked("ABCDEFG") == "****");
  CHECK(masked("") == "****");
  CHECK(masked("\u5b78\u751f\u512a\u5f85\u5238\u7532\u4e59\u4e19\u4e01") == "****\u7532\u4e59\u4e19\u4e01");
}

TEST_CASE("only a coupon's code is masked or left out") {
  const json::object coupon{{"code", "SUMMER-WXYZ"}, {"partner", "a cafe"}};
  CHECK(with_masked_code(coupon, RewardType::coupon) == json::object{{"code", "****WXYZ"}, {"partner", "a cafe"}});
  CHECK(without_code(coupon, RewardType::coupon) == json::object{{"partner", "a cafe"}});
  const json::object item{{"itemId", "sword"}, {"quantity", 1}, {"code", "of the item"}};
  CHECK(with_masked_code(item, RewardType::item) == item);
  CHECK(without_code(item, RewardType::item) == item);
}

TEST_CASE("there can be as many of a reward as its quantity says and its pool has codes") {
  CHECK(capacity_of(std::nullopt, std::nullopt) == std::nullopt);
  CHECK(capacity_of(5, std::nullopt) == 5);
  CHECK(capacity_of(std::nullopt, 3) == 3);
  CHECK(capacity_of(5, 3) == 3);
  CHECK(capacity_of(2, 3) == 2);
}
