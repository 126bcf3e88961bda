// A condition with its parameters, whatever its kind: folds facts into a state and says how far that is. Pure: no I/O,
// no clock.
#pragma once

#include <boost/describe.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "../dto.hpp"
#include "../facts.hpp"
#include "guerdon/codec.hpp"
#include "guerdon/time.hpp"

namespace guerdon::progress {

/// What facts amount to. A condition once met stays met.
struct Tally {
  json::value state;              ///< its kind's; null before the first fact
  std::optional<Instant> met_at;  ///< of the fact that met it
  friend bool operator==(const Tally&, const Tally&) = default;
};
BOOST_DESCRIBE_STRUCT(Tally, (), (state, met_at))

class Condition {
 public:
  virtual ~Condition() = default;

  [[nodiscard]] virtual std::string_view kind() const = 0;
  virtual void name_sources(Sources& sources) const = 0;
  /// Can this fact count? What answers false may be left out of a fold.
  [[nodiscard]] virtual bool listens(const Fact& fact) const = 0;
  /// The tally after further facts, in their order and later than those in it.
  [[nodiscard]] virtual Tally fold(const Tally& tally, std::span<const Fact> facts, const TimeZone& zone) const = 0;
  /// May the next fact be folded in alone? False where one that was stored meanwhile could be missing before it.
  [[nodiscard]] virtual bool continues(const Tally& tally, const Fact& fact, const TimeZone& zone) const = 0;
  /// Can no fact change what is shown any more?
  [[nodiscard]] virtual bool is_settled(const Tally& tally) const = 0;

  [[nodiscard]] virtual std::int64_t required() const = 0;
  /// From 0, and never less than `required` once met.
  [[nodiscard]] virtual std::int64_t progress(const Tally& tally) const = 0;
  virtual void describe(const Tally& tally, const TimeZone& zone, Instant now, ProgressDetail& detail) const = 0;
};

/// Throws std::runtime_error where the stored parameters are not those of their kind.
[[nodiscard]] std::unique_ptr<const Condition> make_condition(std::string_view kind, const json::object& parameters);

}  // namespace guerdon::progress
