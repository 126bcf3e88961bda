// See statistics.hpp.
#include "kafka/statistics.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace guerdon::kafka {
namespace {

namespace json = boost::json;

const json::object* object_in(const json::value& value, std::string_view name) {
  const auto* const object = value.if_object();
  const auto* const member = object == nullptr ? nullptr : object->if_contains(name);
  return member == nullptr ? nullptr : member->if_object();
}

bool is_up(const json::value& broker) {
  const auto* const object = broker.if_object();
  const auto* const state = object == nullptr ? nullptr : object->if_contains("state");
  return state != nullptr && state->is_string() && state->get_string() == "UP";
}

// "-1" stands for messages whose partition is not known yet.
int count_partitions(const json::object& partitions) {
  int count = 0;
  for (const auto& member : partitions)
    if (member.key() != "-1") ++count;
  return count;
}

}  // namespace

Statistics read_statistics(std::string_view text) {
  Statistics found;
  boost::system::error_code error;
  const auto value = json::parse(text, error);
  if (error) return found;
  if (const auto* const brokers = object_in(value, "brokers"))
    found.brokers_up = static_cast<int>(
        std::count_if(brokers->begin(), brokers->end(), [](const auto& broker) { return is_up(broker.value()); }));
  if (const auto* const topics = object_in(value, "topics"))
    for (const auto& topic : *topics)
      if (const auto* const partitions = object_in(topic.value(), "partitions"))
        if (const int count = count_partitions(*partitions); count > 0)
          found.partitions.emplace(std::string{topic.key()}, count);
  return found;
}

}  // namespace guerdon::kafka
