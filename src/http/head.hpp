// A request's head, taken apart by Boost.Beast's parser without copying: views into the connection's buffer.
// It is asked only about heads whose framing has been checked, and must agree with that check.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "guerdon/result.hpp"
#include "http/framing.hpp"
#include "http/limits.hpp"

namespace guerdon::http {

/// The header fields that this server reads.
enum class FieldName : std::uint8_t {
  other,
  accept,
  access_control_request_method,
  authorization,
  connection,
  content_encoding,
  content_type,
  expect,
  idempotency_key,
  if_match,
  if_none_match,
  last_event_id,
  origin,
  traceparent,
  user_agent,
  x_forwarded_for,
  x_idempotency_key,
  x_request_id
};

struct Field {
  FieldName name;
  std::string_view value;
};

class Head {
 public:
  std::string_view method, target;
  bool http_1_0 = false;

  void clear() { count_ = 0; }
  void add(Field field) { fields_[count_++] = field; }

  /// The first field of that name; empty where there is none.
  [[nodiscard]] std::string_view value(FieldName name) const;
  [[nodiscard]] bool has(FieldName name) const { return count(name) > 0; }
  [[nodiscard]] std::size_t count(FieldName name) const;
  /// Is `token` an item of that list field?
  [[nodiscard]] bool lists(FieldName name, std::string_view token) const;

  [[nodiscard]] const Field* begin() const { return fields_.data(); }
  [[nodiscard]] const Field* end() const { return fields_.data() + count_; }

  /// May the connection serve another request?
  [[nodiscard]] bool keeps_alive() const;

 private:
  std::array<Field, max_fields> fields_;
  std::size_t count_ = 0;
};

/// Fills `head`. Errors: malformed-request where the parser refuses the bytes, or reads another framing from them.
[[nodiscard]] Result<void> parse_head(std::string_view bytes, const Framing& framing, Head& head);

}  // namespace guerdon::http
