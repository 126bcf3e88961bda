// The parameters of a condition as a request brings them: an object within limits, which its kind alone understands.
#pragma once

#include <string>

#include "guerdon/codec.hpp"

namespace guerdon::event {

/// Deeper than a FreeForm may be, since conditions are made of conditions; each kind refuses what it does not know.
struct ConditionParams {
  static constexpr std::size_t max_bytes = 16 * 1024;  // as compact JSON
  json::object value;
};

}  // namespace guerdon::event

namespace guerdon {

template <>
struct Codec<event::ConditionParams> : CodecBase {
  static void encode(std::string& out, const event::ConditionParams& params) { append_json_object(out, params.value); }
  static void decode(const json::value& value, event::ConditionParams& into, const Place& at) {
    const auto* object = at.object(value);
    if (object == nullptr) return;
    std::string text;
    append_json_object(text, *object);
    if (text.size() > event::ConditionParams::max_bytes)
      return at.fault("too-long", "must have at most " + std::to_string(event::ConditionParams::max_bytes) + " bytes");
    into.value = *object;
  }
  static json::object schema(SchemaRegistry&) { return {{"type", "object"}}; }
};

}  // namespace guerdon
