// See schemas.hpp.
#include "http/schemas.hpp"

#include <boost/json.hpp>

namespace guerdon::http {
namespace {

json::string text(std::string_view view) { return json::string{view.data(), view.size()}; }

json::object of_type(std::string_view type) { return {{"type", text(type)}}; }

json::object whole_number() { return {{"type", "integer"}, {"minimum", 0}}; }

// As envelope() of bus.hpp writes it.
json::object schema_of(const MessageType& message) {
  SchemaRegistry registry{"#/$defs/"};
  json::object properties;
  properties["id"] = of_type("string");
  properties["eventType"] = {{"const", text(message.type)}};
  properties["timestamp"] = {{"type", "string"}, {"format", "date-time"}};
  properties["version"] = {{"const", 1}};
  properties["partition"] = whole_number();
  properties["position"] = whole_number();
  properties["payload"] = message.schema(registry);
  json::array required;
  for (const auto& member : properties) required.push_back(json::string{member.key()});
  json::object schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                      {"title", text(message.type)},
                      {"description", "A message of the topic " + std::string{message.topic}},
                      {"type", "object"}};
  schema["properties"] = std::move(properties);
  schema["required"] = std::move(required);
  schema["$defs"] = registry.components();
  return schema;
}

Page page(std::string path, const json::object& content, std::string_view summary = {}) {
  return {std::move(path), json_type, [body = json::serialize(content)] { return Response{.body = body}; }, summary};
}

}  // namespace

void add_schemas(RouteTable& to, const std::vector<MessageType>& catalogue) {
  json::array items;
  for (const auto& message : catalogue) {
    if (message.is_internal) continue;
    const auto path = "/schemas/" + std::string{message.type};
    items.push_back({{"topic", text(message.topic)}, {"type", text(message.type)}, {"schema", path}});
    to.add(page(path, schema_of(message)));
  }
  json::object list;
  list["items"] = std::move(items);
  to.add(page("/schemas", list, "The messages that are published, by topic and type, and where their schemas are"));
}

}  // namespace guerdon::http
