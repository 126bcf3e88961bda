// ALL and ANY: each part folds the facts by itself; how many of them are met is the progress.
#include "rule.hpp"

namespace guerdon::progress {
namespace {

using Tallies = std::vector<Tally>;

class Combined final : public Condition {
 public:
  Combined(std::string_view kind, const List<event::Part, 1, 10>& of, bool needs_all)
      : kind_(kind), needs_all_(needs_all) {
    for (const auto& part : of) parts_.push_back(make_condition(part.condition_type.value(), part.condition_params));
  }

  [[nodiscard]] std::string_view kind() const override { return kind_; }
  void name_sources(Sources& sources) const override {
    for (const auto& part : parts_) part->name_sources(sources);
  }
  [[nodiscard]] bool listens(const Fact& fact) const override {
    return std::ranges::any_of(parts_, [&](const auto& part) { return part->listens(fact); });
  }

  [[nodiscard]] Tally fold(const Tally& tally, std::span<const Fact> facts, const TimeZone& zone) const override {
    auto tallies = tallies_of(tally);
    for (std::size_t i = 0; i < parts_.size(); ++i) tallies[i] = parts_[i]->fold(tallies[i], facts, zone);
    auto met_at = tally.met_at ? tally.met_at : when_met(tallies);
    return {.state = json::parse(to_json(tallies)), .met_at = met_at};
  }

  [[nodiscard]] bool continues(const Tally& tally, const Fact& fact, const TimeZone& zone) const override {
    const auto tallies = tallies_of(tally);
    for (std::size_t i = 0; i < parts_.size(); ++i)
      if (!parts_[i]->continues(tallies[i], fact, zone)) return false;
    return true;
  }

  [[nodiscard]] bool is_settled(const Tally& tally) const override {
    const auto tallies = tallies_of(tally);
    for (std::size_t i = 0; i < parts_.size(); ++i)
      if (!parts_[i]->is_settled(tallies[i])) return false;
    return true;
  }

  [[nodiscard]] std::int64_t required() const override {
    return needs_all_ ? static_cast<std::int64_t>(parts_.size()) : 1;
  }
  [[nodiscard]] std::int64_t progress(const Tally& tally) const override {
    if (tally.met_at) return required();
    return std::ranges::count_if(tallies_of(tally), [](const Tally& part) { return part.met_at.has_value(); });
  }

  void describe(const Tally& tally, const TimeZone& zone, Instant now, ProgressDetail& detail) const override {
    const auto tallies = tallies_of(tally);
    auto& views = detail.parts.emplace();
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      auto& view = views.emplace_back(view_of<PartView>(*parts_[i], tallies[i]));
      ProgressDetail below;
      parts_[i]->describe(tallies[i], zone, now, below);
      if (!below.parts) continue;
      auto& leaves = view.parts.emplace();
      for (auto& leaf : *below.parts) leaves.push_back(static_cast<LeafView&>(leaf));
    }
  }

 private:
  [[nodiscard]] Tallies tallies_of(const Tally& tally) const {
    auto tallies = tally.state.is_null() ? Tallies{} : stored<Tallies>(tally.state);
    tallies.resize(parts_.size());
    return tallies;
  }

  /// The last of all, or the first of any.
  [[nodiscard]] std::optional<Instant> when_met(const Tallies& tallies) const {
    std::optional<Instant> when;
    for (const auto& tally : tallies) {
      if (!tally.met_at && needs_all_) return std::nullopt;
      if (!tally.met_at) continue;
      if (!when || (needs_all_ ? *when < *tally.met_at : *tally.met_at < *when)) when = tally.met_at;
    }
    return when;
  }

  template <class View>
  static View view_of(const Condition& part, const Tally& tally) {
    View view;
    view.condition_type = std::string{part.kind()};
    view.progress = part.progress(tally);
    view.required = part.required();
    view.eligible = tally.met_at.has_value();
    return view;
  }

  std::string_view kind_;
  bool needs_all_;
  std::vector<std::unique_ptr<const Condition>> parts_;
};

template <class T>
std::unique_ptr<const Condition> make(const json::object& parameters) {
  return std::make_unique<Combined>(T::kind, stored<T>(parameters).of, std::is_same_v<T, event::AllOf>);
}

}  // namespace

const Rule all_of{event::AllOf::kind, make<event::AllOf>};
const Rule any_of{event::AnyOf::kind, make<event::AnyOf>};

}  // namespace guerdon::progress
