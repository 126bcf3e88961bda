// See schemas.hpp.
#include "http/schemas.hpp"

#include <boost/describe.hpp>
#include <boost/json.hpp>
#include <map>
#include <string>

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

struct SchemaPath {
  std::string type;
};
BOOST_DESCRIBE_STRUCT(SchemaPath, (), (type))

struct SchemaItem {
  std::string topic, type, schema;
};
BOOST_DESCRIBE_STRUCT(SchemaItem, (), (topic, type, schema))

struct SchemaList {
  std::vector<SchemaItem> items;
};
BOOST_DESCRIBE_STRUCT(SchemaList, (), (items))

}  // namespace

void add_schemas(Router& routes, const std::vector<MessageType>& catalogue) {
  SchemaList list;
  std::map<std::string, json::object, std::less<>> schemas;
  for (const auto& message : catalogue) {
    if (message.is_internal) continue;
    const std::string type{message.type};
    list.items.push_back({std::string{message.topic}, type, "/schemas/" + type});
    schemas.emplace(type, schema_of(message));
  }
  routes.query(
      {.method = "GET",
       .path = "/schemas",
       .policy = Policy::anyone(),
       .summary = "The messages that are published, by topic and type, and where their schemas are"},
      [list = std::move(list)](Snapshot&, const Caller&, const Request<>&) -> Result<SchemaList> { return list; });
  routes.query({.method = "GET",
                .path = "/schemas/{type}",
                .policy = Policy::anyone(),
                .summary = "The JSON Schema of a published message, envelope and all",
                .problems = {problems::not_found}},
               [schemas = std::move(schemas)](Snapshot&, const Caller&,
                                              const Request<SchemaPath>& request) -> Result<json::object> {
                 const auto found = schemas.find(request.path.type);
                 if (found == schemas.end()) return problems::not_found;
                 return found->second;
               });
}

}  // namespace guerdon::http
