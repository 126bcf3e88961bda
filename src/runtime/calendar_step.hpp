// A step in time as any ISO 8601 duration says it, months and years included: those have no length of their own, only
// one from where they begin.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "guerdon/codec.hpp"
#include "guerdon/time.hpp"

namespace guerdon {

struct CalendarStep {
  std::chrono::months months{0};
  std::chrono::milliseconds rest{0};

  /// "P1D", "P1Y2M10DT2H30M", "PT0.5S". Nothing for another text, a negative one, or more than a thousand years.
  [[nodiscard]] static std::optional<CalendarStep> parse(std::string_view text);

  /// A month after 31 January is the last day of February.
  [[nodiscard]] Instant from(Instant start) const;
};

template <>
struct Codec<CalendarStep> : TextCodec<CalendarStep, Codec<CalendarStep>> {
  static constexpr std::string_view fault_code = "bad-format";
  static std::string_view expected() { return "must be an ISO 8601 duration such as P1D, PT30M or P1M"; }
  static std::optional<CalendarStep> read(std::string_view text) { return CalendarStep::parse(text); }
  static json::object string_schema() { return {{"type", "string"}, {"format", "duration"}}; }
};

}  // namespace guerdon
