// JSON and parameters to and from described structs. BOOST_DESCRIBE_STRUCT(T, (), (members…)) is the only list of a
// struct's fields; the field types say their own limits (codec/types.hpp), Codec<T> makes further ones
// (codec/core.hpp).
#pragma once

#include "guerdon/codec/containers.hpp"
#include "guerdon/codec/core.hpp"
#include "guerdon/codec/names.hpp"
#include "guerdon/codec/place.hpp"
#include "guerdon/codec/scalars.hpp"
#include "guerdon/codec/schema.hpp"
#include "guerdon/codec/structs.hpp"
#include "guerdon/codec/types.hpp"
#include "guerdon/result.hpp"

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace guerdon {

// Fails with validation-failed and every fault by JSON pointer: required, unknown-member, wrong-type, too-short,
// too-long, too-small, too-large, too-few, too-many, too-deep, bad-format, not-one-of, control-character.
template <class T>
[[nodiscard]] Result<T> decode(const json::value& value, Unknown unknown = Unknown::refuse) {
  std::vector<Fault> faults;
  T decoded{};
  Codec<T>::decode(value, decoded, Place{faults, unknown});
  if (!faults.empty()) return Error{std::move(faults)};
  return decoded;
}

// Fails with validation-failed and every fault by parameter name: the codes of decode, unknown-parameter,
// duplicate-parameter. A parameter of a vector or List may be repeated.
template <DescribedStruct T>
[[nodiscard]] Result<T> decode_parameters(std::span<const Parameter> parameters, Unknown unknown = Unknown::refuse) {
  std::vector<Fault> faults;
  T decoded{};
  const Place at{faults, unknown};
  boost::mp11::mp_for_each<MembersOf<T>>(
      [&](auto descriptor) { detail::parse_member<T, decltype(descriptor)>(parameters, decoded, at); });
  if (at.refuses_unknown()) detail::report_unknown_parameters(parameters, field_names<T>(), at);
  if (!faults.empty()) return Error{std::move(faults)};
  return decoded;
}

// Appends compact JSON.
template <class T>
void encode(std::string& out, const T& value) {
  Codec<T>::encode(out, value);
}

template <class T>
[[nodiscard]] std::string to_json(const T& value) {
  std::string out;
  encode(out, value);
  return out;
}

}  // namespace guerdon
