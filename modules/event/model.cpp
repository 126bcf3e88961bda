// States and days follow from a period; what a kind's parameters may be is the kind's to say.
#include "model.hpp"

#include <algorithm>
#include <stdexcept>

#include "conditions/kind.hpp"

namespace guerdon::event {
namespace {

const Kind* find_kind(std::string_view type) {
  const auto all = kinds();
  const auto kind = std::ranges::find(all, type, &Kind::name);
  return kind == all.end() ? nullptr : &*kind;
}

}  // namespace

std::optional<std::int64_t> days_in(const Period& period) {
  if (!period.end) return std::nullopt;
  const Date first = period.zone.local_date(period.start);
  const Date last = period.zone.local_date(*period.end - std::chrono::milliseconds{1});
  return (last - first).count() + 1;
}

EventState state_of(bool is_active, bool was_active, const Period& period, Instant now) {
  if (!is_active) return was_active ? EventState::paused : EventState::draft;
  if (now < period.start) return EventState::scheduled;
  if (period.end && now >= *period.end) return EventState::ended;
  return EventState::running;
}

std::vector<std::string_view> condition_types() {
  std::vector<std::string_view> names;
  for (const auto& kind : kinds()) names.push_back(kind.name);
  return names;
}

std::vector<std::string> condition_topics(std::string_view type, const json::object& parameters) {
  const auto* kind = find_kind(type);
  if (kind == nullptr) throw std::logic_error("there is no condition " + std::string{type});
  return kind->topics(parameters);
}

std::vector<Fault> condition_faults(std::string_view type, json::object& parameters, const Period& period) {
  if (const auto* kind = find_kind(type)) return kind->check(parameters, period);

  std::string known;
  for (const auto name : condition_types()) known += (known.empty() ? "" : ", ") + std::string{name};
  return {
      {.where = "/conditionType", .is_parameter = false, .code = "not-one-of", .detail = "must be one of " + known}};
}

}  // namespace guerdon::event
