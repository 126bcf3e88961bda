// JSON Schema 2020-12 of the same declarations that the codec reads: named structs become components, the rest stands
// inline.
#pragma once

#include "guerdon/codec/core.hpp"

#include <boost/json/array.hpp>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace guerdon {

class SchemaRegistry {
 public:
  explicit SchemaRegistry(std::string reference_prefix = "#/components/schemas/")
      : prefix_{std::move(reference_prefix)} {}

  // {"$ref": …} to the component `name`, built at its first use. `identity` is the full name of the C++ type:
  // throws std::logic_error when two types claim one name.
  [[nodiscard]] json::object reference(const std::string& name, std::string_view identity,
                                       const std::function<json::object()>& build);

  [[nodiscard]] json::object components() const;

  // While it lives, structs are described as refusing unknown members, as they do in requests.
  class Strict {
   public:
    explicit Strict(SchemaRegistry& registry, Unknown unknown);
    Strict(const Strict&) = delete;
    Strict& operator=(const Strict&) = delete;
    ~Strict() { registry_.strict_ = before_; }

   private:
    SchemaRegistry& registry_;
    bool before_;
  };

 private:
  struct Component {
    std::string_view identity;
    bool strict = false;
    json::object schema;
  };

  std::string prefix_;
  std::map<std::string, Component, std::less<>> components_;
  bool strict_ = false;
};

// Of a type as an answer or a message; with Unknown::refuse as a request. A component used as both is described as the
// request.
template <class T>
[[nodiscard]] json::object schema(SchemaRegistry& registry, Unknown unknown = Unknown::ignore) {
  const SchemaRegistry::Strict scope{registry, unknown};
  return Codec<T>::schema(registry);
}

// OpenAPI parameter objects for a struct that decode_parameters reads; `in` is "query" or "path".
template <DescribedStruct T>
[[nodiscard]] json::array parameter_schema(std::string_view in = "query") {
  SchemaRegistry none;
  json::array parameters;
  boost::mp11::mp_for_each<MembersOf<T>>([&](auto descriptor) {
    using Member = std::remove_cvref_t<decltype(std::declval<T>().*descriptor.pointer)>;
    json::object parameter;
    parameter["name"] = detail::member_name<decltype(descriptor)>.view();
    parameter["in"] = in;
    parameter["required"] = in == "path" || !Codec<Member>::may_be_absent;
    parameter["schema"] = Codec<Member>::parameter_schema(none);
    parameters.push_back(std::move(parameter));
  });
  return parameters;
}

namespace detail {

[[nodiscard]] json::object string_schema(std::string_view format = {}, std::string_view pattern = {});
[[nodiscard]] json::object enum_schema(const std::vector<std::string_view>& values);
[[nodiscard]] json::object nullable_schema(json::object schema);
[[nodiscard]] json::object object_schema(json::object properties, json::array required);

}  // namespace detail

}  // namespace guerdon
