// The describing half of the codec: JSON Schema of fields, and the registry of components.
#include "guerdon/codec.hpp"
#include "guerdon/json.hpp"

#include <algorithm>
#include <stdexcept>

namespace guerdon {

SchemaRegistry::Strict::Strict(SchemaRegistry& registry, Unknown unknown)
    : registry_{registry}, before_{registry.strict_} {
  registry.strict_ = unknown == Unknown::refuse;
}

json::object SchemaRegistry::reference(const std::string& name, std::string_view identity,
                                       const std::function<json::object()>& build) {
  const auto [found, is_new] = components_.try_emplace(name, Component{identity, false, {}});
  auto& component = found->second;
  if (component.identity != identity) throw std::logic_error("two types are named " + name + " in the schema");
  if (is_new || (strict_ && !component.strict)) {
    component.strict = strict_;  // before building: a type may contain itself
    json::object schema = build();
    if (strict_) schema["additionalProperties"] = false;
    component.schema = std::move(schema);
  }
  return {{"$ref", prefix_ + name}};
}

json::object SchemaRegistry::components() const {
  json::object all;
  for (const auto& [name, component] : components_) all[name] = component.schema;
  return all;
}

namespace detail {
namespace {

json::array strings(const std::vector<std::string_view>& texts) {
  json::array array;
  for (const auto text : texts) array.emplace_back(json::string_view{text.data(), text.size()});
  return array;
}

void append_unicode(std::string& out, unsigned code) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  out += "\\u00";
  out += hex[code >> 4U];
  out += hex[code & 15U];
}

// What the default check of control characters comes to, for the eyes of a client.
std::string no_controls_pattern(std::string_view allowed) {
  const auto refused = [&](unsigned code) {
    const bool control = code < 0x20 || (code >= 0x7F && code < 0xA0);
    return control && (code == 0 || allowed.find(static_cast<char>(code)) == allowed.npos);
  };
  std::string pattern = "^[^";
  for (unsigned code = 0; code < 0xA0; ++code) {
    if (!refused(code)) continue;
    append_unicode(pattern, code);
    const unsigned first = code;
    while (refused(code + 1)) ++code;
    if (code == first) continue;
    pattern += '-';
    append_unicode(pattern, code);
  }
  return pattern + "]*$";
}

// Template arguments are dealt with at their own level.
class TypeName {
 public:
  explicit TypeName(std::string_view text) : rest_{text} {}

  std::string read() {
    std::string name;
    std::string arguments;
    while (!rest_.empty() && rest_.front() != ',' && rest_.front() != '>') {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == ':') {
        name.clear();
        arguments.clear();
      } else if (c == '<') {
        arguments = read_arguments();
      } else if (is_word(c)) {
        name += c;
      }
    }
    return arguments + name;
  }

 private:
  static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }

  std::string read_arguments() {
    std::string all;
    while (!rest_.empty()) {
      all += read();
      const bool last = rest_.starts_with('>');
      if (!rest_.empty()) rest_.remove_prefix(1);
      if (last) break;
    }
    return all;
  }

  std::string_view rest_;
};

}  // namespace

std::string short_type_name(std::string_view pretty_function) {
  constexpr std::string_view before = "T = ";
  const auto begin = pretty_function.find(before) + before.size();
  const auto end = pretty_function.find_first_of(";]", begin);
  return TypeName{pretty_function.substr(begin, end - begin)}.read();
}

json::object string_schema(std::string_view format, std::string_view pattern) {
  json::object schema{{"type", "string"}};
  if (!format.empty()) schema["format"] = json::string_view{format.data(), format.size()};
  if (!pattern.empty()) schema["pattern"] = json::string_view{pattern.data(), pattern.size()};
  return schema;
}

json::object text_schema(std::size_t min, std::size_t max, std::string_view pattern, std::string_view format,
                         std::string_view controls) {
  json::object schema = string_schema(format, pattern.empty() ? no_controls_pattern(controls) : std::string{pattern});
  if (min > 0) schema["minLength"] = min;
  schema["maxLength"] = max;
  return schema;
}

json::object id_schema(std::string_view prefix) {
  return string_schema({}, "^" + std::string{prefix} + "_[0-7][0-9a-hjkmnp-tv-z]{25}$");
}

json::object enum_schema(const std::vector<std::string_view>& values) {
  return {{"type", "string"}, {"enum", strings(values)}};
}

json::object integer_schema(std::int64_t min, std::int64_t max) {
  json::object schema{{"type", "integer"}};
  const bool fits32 =
      min >= std::numeric_limits<std::int32_t>::min() && max <= std::numeric_limits<std::int32_t>::max();
  schema["format"] = fits32 ? "int32" : "int64";
  if (min > std::numeric_limits<std::int32_t>::min()) schema["minimum"] = min;
  if (max < std::numeric_limits<std::int64_t>::max() && max != std::numeric_limits<std::int32_t>::max())
    schema["maximum"] = max;
  return schema;
}

json::object nullable_schema(json::object schema) {
  if (schema.empty()) return schema;  // anything, also null
  auto* type = schema.if_contains("type");
  if (type != nullptr && type->is_array()) return schema;
  if (schema.contains("anyOf")) return schema;
  if (type != nullptr && !schema.contains("enum")) {
    json::array types{std::move(*type), "null"};
    *type = std::move(types);
    return schema;
  }
  json::array either;
  either.push_back(std::move(schema));
  either.push_back(json::object{{"type", "null"}});
  return {{"anyOf", std::move(either)}};
}

json::object array_schema(json::object items, std::size_t min, std::size_t max) {
  json::object schema{{"type", "array"}, {"items", std::move(items)}};
  if (min > 0) schema["minItems"] = min;
  if (max < any_number - 1) schema["maxItems"] = max;
  return schema;
}

json::object object_schema(json::object properties, json::array required) {
  json::object schema{{"type", "object"}, {"properties", std::move(properties)}};
  if (!required.empty()) schema["required"] = std::move(required);
  return schema;
}

json::object with_default(json::object schema, std::string_view default_json) {
  schema["default"] = parse_json(default_json).value();
  return schema;
}

}  // namespace detail
}  // namespace guerdon
