// What several kinds check alike.
#include <algorithm>

#include "kind.hpp"

namespace guerdon::event {
namespace {

constexpr std::size_t max_where = 10;
constexpr std::size_t max_where_name = 64, max_where_text = 200;  // bytes: they are part of what an event listens to

bool can_be_equal(const json::value& value) { return value.is_string() || value.is_int64() || value.is_bool(); }

}  // namespace

std::vector<Fault> fits_the_window(std::string_view pointer, std::int64_t days, const Period& period) {
  const auto there_are = days_in(period);
  if (!there_are || days <= *there_are) return {};
  return {{.where = std::string{pointer},
           .is_parameter = false,
           .code = "too-large",
           .detail = "must be at most " + std::to_string(*there_are) + ", the days between startAt and endAt"}};
}

std::vector<Fault> where_faults(const Omittable<FreeForm>& where) {
  std::vector<Fault> faults;
  if (!where) return faults;
  const Place all{faults};
  const Place at = all.member("where");
  const auto size = where->value.size();
  if (size == 0) at.fault("too-few", "must have at least one attribute");
  if (size > max_where) at.fault("too-many", "must have at most " + std::to_string(max_where) + " attributes");
  for (const auto& member : where->value) {
    const auto* const text = member.value().if_string();
    const Place here = at.member(member.key());
    if (member.key().size() > max_where_name)
      here.fault("too-long", "the attribute's name must have at most " + std::to_string(max_where_name) + " bytes");
    if (text != nullptr && text->size() > max_where_text)
      here.fault("too-long", "must have at most " + std::to_string(max_where_text) + " bytes");
    if (!can_be_equal(member.value())) here.fault("wrong-type", "must be a text, an integer or a boolean");
  }
  return faults;
}

std::string activity_topic(std::string_view type, const Omittable<FreeForm>& where) {
  if (!where || where->value.empty()) return activity_topic(type);
  const auto first = std::ranges::min_element(where->value, {}, [](const auto& member) { return member.key(); });
  return activity_topic(type, first->key(), first->value());
}

}  // namespace guerdon::event
