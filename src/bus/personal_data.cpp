// See personal_data.hpp.
#include "bus/personal_data.hpp"

#include <boost/json.hpp>

namespace guerdon::bus {
namespace {

void erase_personal(boost::json::value& value) {
  if (auto* const object = value.if_object()) {
    for (const auto name : personal_names)
      if (const auto found = object->find(name); found != object->end()) object->stable_erase(found);
    for (auto& member : *object) erase_personal(member.value());
  } else if (auto* const array = value.if_array()) {
    for (auto& item : *array) erase_personal(item);
  }
}

}  // namespace

std::string without_members(const std::string& payload, std::span<const std::string_view> names) {
  auto value = boost::json::parse(payload);
  auto& object = value.as_object();
  for (const auto name : names) {
    if (const auto found = object.find(name); found != object.end()) object.stable_erase(found);
  }
  return boost::json::serialize(value);
}

std::string without_personal(const std::string& payload) {
  auto value = boost::json::parse(payload);
  erase_personal(value);
  return boost::json::serialize(value);
}

}  // namespace guerdon::bus
