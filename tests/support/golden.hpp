// Pins what a message looks like to its readers: topic, type, key, personal members and JSON, byte for byte, in
// tests/golden/<module>/<type>.json. A difference means that readers out there would notice: write the file anew only
// for that.
#pragma once

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>
#include <string>

#include "guerdon/bus.hpp"
#include "support/paths.hpp"

namespace guerdon::test {

inline std::string golden_file(std::string_view module, std::string_view type) {
  std::ifstream file(std::string{GUERDON_SOURCE_DIR} + "/tests/golden/" + std::string{module} + '/' +
                     std::string{type} + ".json");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

template <Message M>
json::array personal_members() {
  json::array members;
  if constexpr (requires { M::personal; })
    for (const std::string_view name : M::personal) members.emplace_back(name);
  return members;
}

/// One line for each member, so that a difference is easy to see.
template <Message M>
std::string golden_form(const M& message) {
  std::string text = "{\"topic\":\"" + std::string{M::topic} + "\",\n \"type\":\"" + std::string{M::type} +
                     "\",\n \"key\":\"" + message.key() + "\",\n \"personal\":";
  text += json::serialize(personal_members<M>());
  return text + ",\n \"payload\":" + to_json(message) + "}\n";
}

template <Message M>
void check_golden(std::string_view module, const M& message) {
  CHECK(golden_form(message) == golden_file(module, M::type));

  const auto payload = parse_json(to_json(message));
  REQUIRE(payload.has_value());
  const auto read = decode<M>(*payload, Unknown::refuse);
  REQUIRE(read.has_value());
  CHECK(to_json(*read) == to_json(message));
  // What is personal may be left out for readers: a message without it must still be readable.
  auto pseudonymous = payload->as_object();
  for (const auto& name : personal_members<M>()) CHECK(pseudonymous.erase(name.as_string()) == 1);
  CHECK(decode<M>(pseudonymous, Unknown::refuse).has_value());
}

}  // namespace guerdon::test
