// The codecs of what holds other values: optional members, arrays, maps, free-form JSON.
#pragma once

#include "guerdon/codec/core.hpp"
#include "guerdon/codec/schema.hpp"
#include "guerdon/codec/types.hpp"

#include <boost/json/array.hpp>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace guerdon {

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

namespace detail {

[[nodiscard]] json::object array_schema(json::object items, std::size_t min, std::size_t max);
[[nodiscard]] bool size_allowed(std::size_t size, std::size_t min, std::size_t max, const Place& at);
[[nodiscard]] bool free_form_allowed(const json::object& object, const Place& at);
[[nodiscard]] json::object with_default(json::object schema, std::string_view default_json);

inline constexpr std::size_t any_number = std::numeric_limits<std::size_t>::max();

// What is common to std::optional and to Omittable: `Held` is the type, T what it may hold.
template <class Held, class T>
struct MaybeCodec : CodecBase {
  static constexpr bool may_be_absent = true;
  static constexpr bool repeats = Codec<T>::repeats;

  static void encode(std::string& out, const Held& value) {
    if (!value) {
      out += "null";
      return;
    }
    Codec<T>::encode(out, *value);
  }
  static void decode(const json::value& value, Held& into, const Place& at) {
    into.reset();
    if (value.is_null() && !is_optional<T>) return;
    Codec<T>::decode(value, into.emplace(), at);
  }
  static void parse(std::string_view text, Held& into, const Place& at) {
    Codec<T>::parse(text, into ? *into : into.emplace(), at);
  }
  static json::object schema(SchemaRegistry& registry) { return nullable_schema(Codec<T>::schema(registry)); }
  static json::object parameter_schema(SchemaRegistry& registry) { return Codec<T>::parameter_schema(registry); }
};

template <class Array, class T, std::size_t Min, std::size_t Max>
struct ArrayCodec : CodecBase {
  static constexpr bool repeats = true;

  static void encode(std::string& out, const Array& values) {
    out += '[';
    bool first = true;
    for (const auto& value : values) {
      if (!std::exchange(first, false)) out += ',';
      Codec<T>::encode(out, value);
    }
    out += ']';
  }
  static void decode(const json::value& value, Array& into, const Place& at) {
    const auto* items = at.array(value);
    if (items == nullptr || !size_allowed(items->size(), Min, Max, at)) return;
    into.clear();
    into.reserve(items->size());
    for (std::size_t i = 0; i < items->size(); ++i) {
      T item{};
      Codec<T>::decode((*items)[i], item, at.item(i));
      into.push_back(std::move(item));
    }
  }
  static void parse(std::string_view text, Array& into, const Place& at) {
    T item{};
    Codec<T>::parse(text, item, at);
    into.push_back(std::move(item));
    if (into.size() == Max + 1) static_cast<void>(size_allowed(into.size(), Min, Max, at));
  }
  static json::object schema(SchemaRegistry& registry) { return array_schema(Codec<T>::schema(registry), Min, Max); }
  static json::object parameter_schema(SchemaRegistry& registry) {
    return array_schema(Codec<T>::parameter_schema(registry), Min, Max);
  }
};

}  // namespace detail

template <class T>
struct Codec<std::optional<T>> : detail::MaybeCodec<std::optional<T>, T> {};

template <class T>
struct Codec<Omittable<T>> : detail::MaybeCodec<Omittable<T>, T> {
  static bool omits(const Omittable<T>& value) { return !value.has_value(); }
};

template <class T, auto Default>
struct Codec<Defaulted<T, Default>> : CodecBase {
  using Value = Defaulted<T, Default>;
  static constexpr bool may_be_absent = true;

  static void encode(std::string& out, const Value& value) { Codec<T>::encode(out, value.value()); }
  static void decode(const json::value& value, Value& into, const Place& at) {
    T plain = Value::initial();
    Codec<T>::decode(value, plain, at);
    into = Value{std::move(plain)};
  }
  static void parse(std::string_view text, Value& into, const Place& at) {
    T plain = Value::initial();
    Codec<T>::parse(text, plain, at);
    into = Value{std::move(plain)};
  }
  static json::object schema(SchemaRegistry& registry) {
    std::string initial;
    Codec<T>::encode(initial, Value::initial());
    return detail::with_default(Codec<T>::schema(registry), initial);
  }
  static json::object parameter_schema(SchemaRegistry& registry) { return schema(registry); }
};

template <class T>
struct Codec<std::vector<T>> : detail::ArrayCodec<std::vector<T>, T, 0, detail::any_number - 1> {};

template <class T, std::size_t Min, std::size_t Max>
struct Codec<List<T, Min, Max>> : detail::ArrayCodec<List<T, Min, Max>, T, Min, Max> {};

// An object whose member names are data, such as {"progress": 12}.
template <class T>
struct Codec<std::map<std::string, T>> : CodecBase {
  using Map = std::map<std::string, T>;

  static void encode(std::string& out, const Map& values) {
    out += '{';
    bool first = true;
    for (const auto& [key, value] : values) {
      if (!std::exchange(first, false)) out += ',';
      append_json_string(out, key);
      out += ':';
      Codec<T>::encode(out, value);
    }
    out += '}';
  }
  static void decode(const json::value& value, Map& into, const Place& at) {
    const auto* object = at.object(value);
    if (object == nullptr) return;
    into.clear();
    for (const auto& member : *object) {
      const std::string_view key{member.key().data(), member.key().size()};
      Codec<T>::decode(member.value(), into[std::string{key}], at.member(key));
    }
  }
  static json::object schema(SchemaRegistry& registry) {
    return {{"type", "object"}, {"additionalProperties", Codec<T>::schema(registry)}};
  }
};

template <>
struct Codec<json::value> : CodecBase {
  static void encode(std::string& out, const json::value& value) { append_json_value(out, value); }
  static void decode(const json::value& value, json::value& into, const Place&) { into = value; }
  static json::object schema(SchemaRegistry&) { return {}; }
};

template <>
struct Codec<json::object> : CodecBase {
  static void encode(std::string& out, const json::object& value) { append_json_object(out, value); }
  static void decode(const json::value& value, json::object& into, const Place& at) {
    if (const auto* object = at.object(value)) into = *object;
  }
  static json::object schema(SchemaRegistry&) { return {{"type", "object"}}; }
};

template <>
struct Codec<FreeForm> : CodecBase {
  static void encode(std::string& out, const FreeForm& form) { append_json_object(out, form.value); }
  static void decode(const json::value& value, FreeForm& into, const Place& at) {
    const auto* object = at.object(value);
    if (object != nullptr && detail::free_form_allowed(*object, at)) into.value = *object;
  }
  static json::object schema(SchemaRegistry&) { return {{"type", "object"}}; }
};

}  // namespace guerdon
