// A message as an operator's answers show it: the envelope that every reader of the topic gets, put in as text; without
// what is personal for those who may not see it.
#pragma once

#include <boost/describe.hpp>
#include <string>

#include "guerdon/bus.hpp"
#include "guerdon/caller.hpp"
#include "guerdon/codec.hpp"

namespace guerdon::bus {

struct EnvelopeText {
  std::string json;
};

/// An ADMIN sees all of it; others get it as with messages.personalData "pseudonymous".
[[nodiscard]] EnvelopeText show_message(const Delivery& delivery, const Caller& caller);

/// The headers it has everywhere: id, type, and traceparent where it is known.
[[nodiscard]] json::object headers_of(const Delivery& delivery);

}  // namespace guerdon::bus

namespace guerdon {

template <>
struct Codec<bus::EnvelopeText> : CodecBase {
  static void encode(std::string& out, const bus::EnvelopeText& envelope) { out += envelope.json; }
  static json::object schema(SchemaRegistry& registry);
};

}  // namespace guerdon
