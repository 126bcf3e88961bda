// One field of a cron expression: lists of values, names, ranges and steps, as a set.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "guerdon/result.hpp"

namespace guerdon::cron {

struct Field {
  std::string_view name;                    ///< in errors
  int first, last;                          ///< what a star means
  int highest;                              ///< what may be written: 7 is Sunday, as 0 is
  std::span<const std::string_view> words;  ///< names of values, from `first` on
};

/// A bit for each value. Errors: validation-failed, with the field, the part that is wrong and the rule in its detail.
[[nodiscard]] Result<std::uint64_t> parse_field(const Field& field, std::string_view text);

}  // namespace guerdon::cron
