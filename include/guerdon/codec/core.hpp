// Codec<T>: how one C++ type is written, read and described. Specialise it to make a type of your own a field type;
// for a type that is one string on the wire, derive from TextCodec.
#pragma once

#include "guerdon/codec/names.hpp"
#include "guerdon/codec/place.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace guerdon {

class SchemaRegistry;

// A specialisation has:
//   static void encode(std::string& out, const T&);                          appends compact JSON
//   static void decode(const json::value&, T& into, const Place& at);        reports faults to `at`
//   static void parse(std::string_view text, T& into, const Place& at);      from a parameter's text; optional
//   static json::object schema(SchemaRegistry&);
//   static json::object parameter_schema(SchemaRegistry&);                   where it has parse
template <class T>
struct Codec;

struct CodecBase {
  static constexpr bool may_be_absent = false;  // as a member; an absent one keeps the value that T{} has
  static constexpr bool repeats = false;        // as a parameter: parse is called for each occurrence

  // Leave the member out of its object?
  template <class T>
  static constexpr bool omits(const T&) {
    return false;
  }
};

// Appends a JSON string. What is not UTF-8 becomes U+FFFD: the output is valid whatever comes in.
void append_json_string(std::string& out, std::string_view text);
void append_json_value(std::string& out, const json::value& value);
void append_json_object(std::string& out, const json::object& object);

// `Self` has append(std::string&, const T&), whose output needs no escaping, read(std::string_view) -> optional<T>,
// string_schema() -> json::object, and the constants fault_code and expected ("must be …").
template <class T, class Self>
struct TextCodec : CodecBase {
  static void encode(std::string& out, const T& value) {
    out += '"';
    Self::append(out, value);
    out += '"';
  }
  static void decode(const json::value& value, T& into, const Place& at) {
    if (const auto* text = at.text(value)) parse({text->data(), text->size()}, into, at);
  }
  static void parse(std::string_view text, T& into, const Place& at) {
    if (auto read = Self::read(text)) {
      into = *std::move(read);
      return;
    }
    at.fault(Self::fault_code, Self::expected());
  }
  static json::object schema(SchemaRegistry&) { return Self::string_schema(); }
  static json::object parameter_schema(SchemaRegistry&) { return Self::string_schema(); }
};

}  // namespace guerdon
