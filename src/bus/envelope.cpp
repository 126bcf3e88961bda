// The form in which every reader of a topic gets a message. The payload is put in as it was written.
#include <string>

#include "guerdon/bus.hpp"

namespace guerdon {

std::string envelope(const Delivery& delivery) {
  std::string out;
  out.reserve(delivery.payload.size() + delivery.type.size() + 160);
  out += R"({"id":")";
  delivery.id.append_to(out);
  out += R"(","eventType":)";
  append_json_string(out, delivery.type);
  out += R"(,"timestamp":")";
  append_rfc3339(out, delivery.time);
  out += R"(","version":1,"partition":)";
  out += std::to_string(delivery.partition);
  out += R"(,"position":)";
  out += std::to_string(delivery.position);
  out += R"(,"payload":)";
  out += delivery.payload;
  out += '}';
  return out;
}

}  // namespace guerdon
