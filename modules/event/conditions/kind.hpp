// What a kind of condition is to this module: a name, a check of its parameters and what they listen to. A new kind is
// one file in this folder and one line in kinds.cpp; what it counts is said in the same way in the progress module.
#pragma once

#include <boost/json/parse.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "../model.hpp"
#include "event/conditions.hpp"
#include "event/topics.hpp"
#include "guerdon/codec.hpp"

namespace guerdon::event {

struct Kind {
  std::string_view name;
  /// The faults by pointers below /conditionParams; parameters without any come back complete with their defaults.
  std::vector<Fault> (*check)(json::object& parameters, const Period& period);
  /// The topics of the facts that it counts. The parameters have been checked.
  std::vector<std::string> (*topics)(const json::object& parameters);
};

/// All there are.
[[nodiscard]] std::span<const Kind> kinds();

/// Puts faults that a kind found in its own parameters where the request has them.
[[nodiscard]] inline std::vector<Fault> below_params(std::vector<Fault> faults) {
  for (auto& fault : faults) fault.where = "/conditionParams" + fault.where;
  return faults;
}

template <class T>
std::vector<Fault> nothing_more(const T&, const Period&) {
  return {};
}

/// Decodes the parameters, asks `also` what only the whole can tell, and writes them back complete.
template <class T>
std::vector<Fault> check_parameters(json::object& parameters, const Period& period,
                                    std::vector<Fault> (*also)(const T&, const Period&) = nothing_more<T>) {
  const auto decoded = decode<T>(parameters);
  if (!decoded) return below_params(decoded.error().faults);
  parameters = json::parse(to_json(*decoded)).as_object();
  return below_params(also(*decoded, period));
}

/// No more days than the event has.
[[nodiscard]] std::vector<Fault> fits_the_window(std::string_view pointer, std::int64_t days, const Period& period);

/// Equality on ten attributes at most, with values that can be equal.
[[nodiscard]] std::vector<Fault> where_faults(const Omittable<FreeForm>& where);
/// One topic: the attribute that comes first by name narrows it down.
[[nodiscard]] std::string activity_topic(std::string_view type, const Omittable<FreeForm>& where);

extern const Kind consecutive_login, login_count, invite_friends, activity_count, activity_sum, activity_max, purchase,
    level_up, all_of, any_of;

}  // namespace guerdon::event
