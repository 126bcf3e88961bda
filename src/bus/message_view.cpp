// See message_view.hpp.
#include "bus/message_view.hpp"

#include "bus/personal_data.hpp"

namespace guerdon {
namespace {

/// What describes the envelope; it is written as text by envelope().
struct MessageEnvelope {
  MessageId id;
  std::string event_type;
  Instant timestamp;
  std::int64_t version, partition, position;
  json::object payload;
};
BOOST_DESCRIBE_STRUCT(MessageEnvelope, (), (id, event_type, timestamp, version, partition, position, payload))

}  // namespace

json::object Codec<bus::EnvelopeText>::schema(SchemaRegistry& registry) {
  return Codec<MessageEnvelope>::schema(registry);
}

}  // namespace guerdon

namespace guerdon::bus {

EnvelopeText show_message(const Delivery& delivery, const Caller& caller) {
  if (caller.has(Role::admin)) return {envelope(delivery)};
  auto shown = delivery;
  shown.payload = without_personal(delivery.payload);
  return {envelope(shown)};
}

json::object headers_of(const Delivery& delivery) {
  json::object headers{{"id", delivery.id.to_string()}, {"type", delivery.type}};
  for (const auto& header : delivery.headers) headers[header.key()] = header.value();
  return headers;
}

}  // namespace guerdon::bus
