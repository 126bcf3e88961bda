// What the conditions on activities have in common.
#pragma once

#include <limits>
#include <optional>
#include <string_view>

#include "rule.hpp"

namespace guerdon::progress {

/// An activity of that type with those values of its attributes.
[[nodiscard]] inline bool is_activity(const Fact& fact, std::string_view type, const Omittable<FreeForm>& where = {}) {
  if (fact.key.source != FactSource::activity || fact.activity != type) return false;
  if (!where) return true;
  return std::all_of(where->value.begin(), where->value.end(), [&](const auto& member) {
    const auto* value = fact.attributes.if_contains(member.key());
    return value != nullptr && *value == member.value();
  });
}

/// An attribute as an amount: an integer above 0. Anything else counts for nothing.
[[nodiscard]] inline std::optional<std::int64_t> amount_in(const Fact& fact, std::string_view attribute) {
  const auto* value = fact.attributes.if_contains(attribute);
  if (value == nullptr || !value->is_int64() || value->get_int64() <= 0) return std::nullopt;
  return value->get_int64();
}

struct Total {
  std::int64_t amount = 0;
};
BOOST_DESCRIBE_STRUCT(Total, (), (amount))

/// The largest int64 is as much as there can be.
[[nodiscard]] constexpr std::int64_t saturating_sum(std::int64_t a, std::int64_t b) {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  return a > most - b ? most : a + b;
}

}  // namespace guerdon::progress
