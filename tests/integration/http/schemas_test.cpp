// The schemas of the messages that go out.
#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "guerdon/json.hpp"
#include "guerdon/testing.hpp"

using namespace guerdon;

TEST_CASE("the list of schemas has every message that goes out, and no other") {
  testing::Server server;
  const auto items = server.get("/schemas").at("/items");
  std::set<std::string> types;
  for (const auto& item : items.as_array()) {
    const auto& type = item.at("type").as_string();
    types.insert(std::string{type});
    const auto schema = server.get(std::string{item.at("schema").as_string()});
    REQUIRE(schema.status == 200);
    CHECK(schema.text("/title") == std::string{type});
    CHECK(schema.text("/properties/eventType/const") == std::string{type});
    CHECK(schema.body.find("#/components/") == std::string::npos);
  }
  CHECK(types.contains("UserLoggedIn"));
  CHECK(types.contains("RewardGranted"));
  CHECK_FALSE(types.contains("ActivityPosted"));
  CHECK_FALSE(types.contains("ConditionMet"));
  CHECK(server.get("/schemas/ActivityPosted").status == 404);
  CHECK(server.get("/schemas/NoSuchThing").status == 404);
}

TEST_CASE("a schema describes the envelope and what is in it") {
  testing::Server server;
  const auto schema = server.get("/schemas/UserLoggedIn");
  CHECK(schema.text("/$schema") == "https://json-schema.org/draft/2020-12/schema");
  CHECK(schema.text("/properties/payload/$ref") == "#/$defs/UserLoggedIn");
  CHECK(schema.text("/$defs/UserLoggedIn/properties/loginTime/format") == "date-time");
  CHECK(schema.at("/required").as_array().size() == 7);
}
