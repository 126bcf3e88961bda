// See personal_data.hpp.
#include "bus/personal_data.hpp"

#include <boost/json.hpp>

namespace guerdon::bus {

std::string without_members(const std::string& payload, std::span<const std::string_view> names) {
  auto value = boost::json::parse(payload);
  auto& object = value.as_object();
  for (const auto name : names) {
    if (const auto found = object.find(name); found != object.end()) object.stable_erase(found);
  }
  return boost::json::serialize(value);
}

}  // namespace guerdon::bus
