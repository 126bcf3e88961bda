// What a kind of condition is to this module: a name and a check of its parameters. A new kind is one file in this
// folder and one line in kinds.cpp.
#pragma once

#include <boost/json/parse.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "../model.hpp"
#include "event/conditions.hpp"
#include "guerdon/codec.hpp"

namespace guerdon::event {

struct Kind {
  std::string_view name;
  /// The faults by pointers below /conditionParams; parameters without any come back complete with their defaults.
  std::vector<Fault> (*check)(json::object& parameters, const Period& period);
};

/// All there are.
[[nodiscard]] std::span<const Kind> kinds();

/// Puts faults that a kind found in its own parameters where the request has them.
[[nodiscard]] inline std::vector<Fault> below_params(std::vector<Fault> faults) {
  for (auto& fault : faults) fault.where = "/conditionParams" + fault.where;
  return faults;
}

/// Decodes the parameters, asks `also` what only the whole can tell, and writes them back complete.
template <class T>
std::vector<Fault> check_parameters(json::object& parameters, const Period& period,
                                    std::vector<Fault> (*also)(const T&, const Period&)) {
  const auto decoded = decode<T>(parameters);
  if (!decoded) return below_params(decoded.error().faults);
  parameters = json::parse(to_json(*decoded)).as_object();
  return below_params(also(*decoded, period));
}

extern const Kind consecutive_login;

}  // namespace guerdon::event
