// The parts of an OpenAPI operation that follow from a route's types.
#include <string>
#include <utility>

#include "guerdon/routes.hpp"

namespace guerdon::routes_detail {

namespace {

json::object json_content(json::object schema) {
  json::object media{{"schema", std::move(schema)}};
  return {{"application/json", std::move(media)}};
}

}  // namespace

void describe(json::object& operation, Description description) {
  if (!description.parameters.empty()) operation["parameters"] = std::move(description.parameters);
  if (description.body) {
    operation["requestBody"] = {{"required", description.body_required},
                                {"content", json_content(*std::move(description.body))}};
  }
  json::object success{{"description", reason_phrase(description.status)}};
  if (description.answer) success["content"] = json_content(*std::move(description.answer));
  operation["responses"].emplace_object()[std::to_string(description.status)] = std::move(success);
}

}  // namespace guerdon::routes_detail
