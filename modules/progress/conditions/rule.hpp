// How a kind of condition is written: a struct of pure functions on its own state, and one line in rules.cpp.
//     struct LoginCountRule {
//       using Parameters = event::LoginCount;
//       struct State {…};                                                   described, kept as JSON
//       static void name_sources(const Parameters&, Sources&);
//       static bool listens(const Parameters&, const Fact&);
//       static State advance(const State&, const Fact&, const Parameters&, const TimeZone&);
//       static std::int64_t progress(const State&, const Parameters&);
//       static std::int64_t required(const Parameters&);
//     };
// and, where it needs them, `continues`, `describe` and `goes_on` (facts matter even when it is met). A rule must be
// monotone: with more facts it is met earlier, not later, or disorder would end in another progress than order.
#pragma once

#include <algorithm>
#include <boost/json/parse.hpp>
#include <stdexcept>
#include <string>

#include "condition.hpp"
#include "event/conditions.hpp"

namespace guerdon::progress {

struct Rule {
  std::string_view kind;
  std::unique_ptr<const Condition> (*make)(const json::object& parameters);
};

template <class T>
T stored(const json::value& value) {
  auto decoded = decode<T>(value);
  if (!decoded) throw std::runtime_error("a stored condition or its state has another form");
  return *std::move(decoded);
}

template <class R>
class Ruled final : public Condition {
 public:
  explicit Ruled(const json::object& parameters) : parameters_(stored<typename R::Parameters>(parameters)) {}

  [[nodiscard]] std::string_view kind() const override { return R::Parameters::kind; }
  void name_sources(Sources& sources) const override { R::name_sources(parameters_, sources); }
  [[nodiscard]] bool listens(const Fact& fact) const override { return R::listens(parameters_, fact); }

  [[nodiscard]] Tally fold(const Tally& tally, std::span<const Fact> facts, const TimeZone& zone) const override {
    auto state = state_of(tally);
    auto met_at = tally.met_at;
    for (const auto& fact : facts) {
      if (!listens(fact)) continue;
      state = R::advance(state, fact, parameters_, zone);
      if (!met_at && R::progress(state, parameters_) >= required()) met_at = fact.key.at;
    }
    return {.state = json::parse(to_json(state)), .met_at = met_at};
  }

  [[nodiscard]] bool continues(const Tally& tally, const Fact& fact, const TimeZone& zone) const override {
    if constexpr (requires { &R::continues; }) return !listens(fact) || R::continues(state_of(tally), fact, zone);
    return true;
  }

  [[nodiscard]] bool is_settled(const Tally& tally) const override {
    if constexpr (requires { R::goes_on; }) return false;
    return tally.met_at.has_value();
  }

  [[nodiscard]] std::int64_t required() const override { return R::required(parameters_); }
  [[nodiscard]] std::int64_t progress(const Tally& tally) const override {
    if (tally.met_at) return required();
    return std::clamp<std::int64_t>(R::progress(state_of(tally), parameters_), 0, required());
  }

  void describe(const Tally& tally, const TimeZone& zone, Instant now, ProgressDetail& detail) const override {
    if constexpr (requires { &R::describe; }) R::describe(state_of(tally), parameters_, zone, now, detail);
  }

 private:
  static typename R::State state_of(const Tally& tally) {
    return tally.state.is_null() ? typename R::State{} : stored<typename R::State>(tally.state);
  }

  typename R::Parameters parameters_;
};

template <class R>
constexpr Rule rule_of() {
  return {R::Parameters::kind, [](const json::object& parameters) -> std::unique_ptr<const Condition> {
            return std::make_unique<Ruled<R>>(parameters);
          }};
}

/// All there are.
[[nodiscard]] std::span<const Rule> rules();

extern const Rule consecutive_login, login_count, invite_friends, activity_count, activity_sum, activity_max, purchase,
    level_up, all_of, any_of;

}  // namespace guerdon::progress
