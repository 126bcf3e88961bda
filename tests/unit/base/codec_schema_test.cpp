// The schemas that follow from the same declarations.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "codec_types.hpp"

using namespace guerdon;
using namespace codec_test;

namespace {

template <class T>
json::value component(Unknown unknown = Unknown::ignore) {
  SchemaRegistry registry;
  static_cast<void>(schema<T>(registry, unknown));
  return registry.components().at(schema_name<T>());
}

}  // namespace

namespace other {
struct Part {
  int x = 0;
};
BOOST_DESCRIBE_STRUCT(Part, (), (x))
}  // namespace other

TEST_CASE("The schema of a struct says what its codec demands") {
  CHECK(json::serialize(component<Everything>()) == json::serialize(json::parse(R"({"type":"object","properties":{
          "userName":{"type":"string","format":"word","pattern":"^[a-z]*$","minLength":3,"maxLength":8},
          "isActive":{"type":"boolean"},
          "small":{"type":"integer","format":"int32"},
          "big":{"type":"integer","format":"int64"},
          "ratio":{"type":"number"},
          "note":{"type":"string"},
          "level":{"type":"integer","format":"int32","minimum":1,"maximum":100},
          "userId":{"type":"string","pattern":"^usr_[0-7][0-9a-hjkmnp-tv-z]{25}$"},
          "createdAt":{"type":"string","format":"date-time"},
          "day":{"type":"string","format":"date"},
          "timeZone":{"type":"string"},
          "state":{"type":"string","enum":["DRAFT","IN_PROGRESS","AUTO"]},
          "maybe":{"type":["string","null"]},
          "leftOut":{"type":["integer","null"],"format":"int32"},
          "parts":{"type":"array","items":{"$ref":"#/components/schemas/Part"},"minItems":1,"maxItems":3},
          "totals":{"type":"object","additionalProperties":{"type":"integer","format":"int32"}},
          "metadata":{"type":"object"},
          "anything":{}},
          "required":["userName","isActive","small","big","ratio","note","level","userId","createdAt","day","timeZone","state",
                      "parts","totals","metadata","anything"]})")));
}

TEST_CASE("Named structs become components and references") {
  SchemaRegistry registry;
  CHECK(schema<Page<Part>>(registry) == json::parse(R"({"$ref":"#/components/schemas/PartPage"})"));
  CHECK(schema<std::vector<Part>>(registry) ==
        json::parse(R"({"type":"array","items":{"$ref":"#/components/schemas/Part"}})"));
  CHECK(registry.components().size() == 2);
  SchemaRegistry standalone{"#/$defs/"};
  CHECK(schema<Part>(standalone) == json::parse(R"({"$ref":"#/$defs/Part"})"));
}

TEST_CASE("A request's schema refuses further members, also in its parts") {
  SchemaRegistry registry;
  static_cast<void>(schema<Page<Part>>(registry));
  CHECK_FALSE(registry.components().at("Part").as_object().contains("additionalProperties"));
  static_cast<void>(schema<Page<Part>>(registry, Unknown::refuse));
  static_cast<void>(schema<Page<Part>>(registry));
  CHECK(registry.components().at("Part").at("additionalProperties") == false);
  CHECK(registry.components().at("PartPage").at("additionalProperties") == false);
}

TEST_CASE("Two types of one name are refused") {
  SchemaRegistry registry;
  static_cast<void>(schema<Part>(registry));
  CHECK_THROWS_AS(schema<other::Part>(registry), std::logic_error);
}

TEST_CASE("A type that contains itself has a schema") {
  CHECK(component<Tree>(Unknown::refuse).at("properties").at("branches").at("items") ==
        json::parse(R"({"$ref":"#/components/schemas/Tree"})"));
}

TEST_CASE("What may be null says so") {
  SchemaRegistry registry;
  CHECK(schema<std::optional<int>>(registry) == json::parse(R"({"type":["integer","null"],"format":"int32"})"));
  CHECK(schema<std::optional<State>>(registry) ==
        json::parse(R"({"anyOf":[{"type":"string","enum":["DRAFT","IN_PROGRESS","AUTO"]},{"type":"null"}]})"));
  CHECK(schema<std::optional<Part>>(registry) ==
        json::parse(R"({"anyOf":[{"$ref":"#/components/schemas/Part"},{"type":"null"}]})"));
  CHECK(schema<Omittable<std::optional<int>>>(registry) == schema<std::optional<int>>(registry));
  CHECK(schema<std::optional<json::value>>(registry).empty());
}

TEST_CASE("A secret is marked as a password that is only written") {
  CHECK(component<Login>().at("properties").at("password") ==
        json::parse(R"({"type":"string","pattern":"^[^\\u0000-\\u001F\\u007F-\\u009F]*$","minLength":8,"maxLength":128,
                        "format":"password","writeOnly":true})"));
}

TEST_CASE("Text that allows line breaks says which control characters it refuses") {
  SchemaRegistry registry;
  CHECK(schema<Text<0, 9, MultilineText>>(registry).at("pattern") ==
        "^[^\\u0000-\\u0008\\u000B-\\u000C\\u000E-\\u001F\\u007F-\\u009F]*$");
}

TEST_CASE("Parameters are described for OpenAPI") {
  const auto parameters = parameter_schema<Search>();
  REQUIRE(parameters.size() == 7);
  CHECK(parameters[0] == json::parse(R"({"name":"limit","in":"query","required":false,
      "schema":{"type":"integer","format":"int32","minimum":1,"maximum":100,"default":20}})"));
  CHECK(parameters[1].at("schema") == json::parse(R"({"type":"boolean","default":true})"));
  CHECK(parameters[2].at("schema") == json::parse(R"({"type":"string","enum":["DRAFT","IN_PROGRESS","AUTO"]})"));
  CHECK(parameters[6].at("schema").at("maxItems") == 2);
  CHECK(parameter_schema<Named>("path")[0].at("required") == true);
}
