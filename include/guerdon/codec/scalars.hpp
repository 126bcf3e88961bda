// The codecs of single values: booleans, numbers, texts, ids, times, enums, secrets.
#pragma once

#include "guerdon/codec/core.hpp"
#include "guerdon/codec/schema.hpp"
#include "guerdon/codec/types.hpp"
#include "guerdon/ids.hpp"
#include "guerdon/time.hpp"

#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

namespace guerdon {

namespace detail {

void append_integer(std::string& out, std::int64_t number);
void append_double(std::string& out, double number);
[[nodiscard]] bool decode_integer(const json::value& value, std::int64_t min, std::int64_t max, std::int64_t& into,
                                  const Place& at);
[[nodiscard]] bool parse_integer(std::string_view text, std::int64_t min, std::int64_t max, std::int64_t& into,
                                 const Place& at);
[[nodiscard]] json::object integer_schema(std::int64_t min, std::int64_t max);
[[nodiscard]] json::object text_schema(std::size_t min, std::size_t max, std::string_view pattern,
                                       std::string_view format, std::string_view controls);
[[nodiscard]] json::object id_schema(std::string_view prefix);
[[nodiscard]] std::string must_be_one_of(const std::vector<std::string_view>& names);

}  // namespace detail

template <>
struct Codec<bool> : CodecBase {
  static void encode(std::string& out, bool value) { out += value ? "true" : "false"; }
  static void decode(const json::value& value, bool& into, const Place& at);
  static void parse(std::string_view text, bool& into, const Place& at);
  static json::object schema(SchemaRegistry&) { return {{"type", "boolean"}}; }
  static json::object parameter_schema(SchemaRegistry& registry) { return schema(registry); }
};

template <>
struct Codec<double> : CodecBase {
  static void encode(std::string& out, double value) { detail::append_double(out, value); }
  static void decode(const json::value& value, double& into, const Place& at);
  static json::object schema(SchemaRegistry&) { return {{"type", "number"}}; }
};

template <>
struct Codec<std::string> : CodecBase {
  static void encode(std::string& out, const std::string& value) { append_json_string(out, value); }
  static void decode(const json::value& value, std::string& into, const Place& at);
  static void parse(std::string_view text, std::string& into, const Place& at);
  static json::object schema(SchemaRegistry&) { return {{"type", "string"}}; }
  static json::object parameter_schema(SchemaRegistry& registry) { return schema(registry); }
};

// For output only: a view owns nothing that could be decoded into.
template <>
struct Codec<std::string_view> : CodecBase {
  static void encode(std::string& out, std::string_view value) { append_json_string(out, value); }
  static json::object schema(SchemaRegistry&) { return {{"type", "string"}}; }
};

namespace detail {

template <class T, std::int64_t Min, std::int64_t Max>
struct IntegerCodec : CodecBase {
  static void encode(std::string& out, const T& value) { append_integer(out, static_cast<std::int64_t>(value)); }
  static void decode(const json::value& value, T& into, const Place& at) {
    if (std::int64_t number = 0; decode_integer(value, Min, Max, number, at)) assign(into, number);
  }
  static void parse(std::string_view text, T& into, const Place& at) {
    if (std::int64_t number = 0; parse_integer(text, Min, Max, number, at)) assign(into, number);
  }
  static json::object schema(SchemaRegistry&) { return integer_schema(Min, Max); }
  static json::object parameter_schema(SchemaRegistry& registry) { return schema(registry); }

 private:
  static void assign(T& into, std::int64_t number) {
    if constexpr (std::integral<T>) {
      into = static_cast<T>(number);
    } else {
      into = T::make(number).value();
    }
  }
};

}  // namespace detail

template <std::integral T>
requires(!std::same_as<T, bool> && !std::same_as<T, char> && (sizeof(T) < 8 || std::is_signed_v<T>)) struct Codec<T>
    : detail::IntegerCodec<T, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()> {
};

template <std::int64_t Min, std::int64_t Max>
struct Codec<Bounded<Min, Max>> : detail::IntegerCodec<Bounded<Min, Max>, Min, Max> {};

template <std::size_t Min, std::size_t Max, class Rule>
struct Codec<Text<Min, Max, Rule>> : CodecBase {
  using Value = Text<Min, Max, Rule>;

  static void encode(std::string& out, const Value& value) { append_json_string(out, value); }
  static void decode(const json::value& value, Value& into, const Place& at) {
    if (const auto* text = at.text(value)) parse({text->data(), text->size()}, into, at);
  }
  static void parse(std::string_view text, Value& into, const Place& at) {
    if (const auto broken = Value::fault(text)) return at.fault(broken->code, broken->detail);
    into = Value::trusted(std::string{text});
  }
  static json::object schema(SchemaRegistry&) {
    return detail::text_schema(Min, Max, Rule::pattern, Rule::format, Rule::controls);
  }
  static json::object parameter_schema(SchemaRegistry& registry) { return schema(registry); }
};

template <class T>
struct Codec<Secret<T>> : CodecBase {
  static void encode(std::string& out, const Secret<T>& value) = delete;  // a secret is never written
  static void decode(const json::value& value, Secret<T>& into, const Place& at) {
    T plain{};
    Codec<T>::decode(value, plain, at);
    into = Secret<T>{std::move(plain)};
    wipe(plain);
  }
  static json::object schema(SchemaRegistry& registry) {
    json::object plain = Codec<T>::schema(registry);
    plain["format"] = "password";
    plain["writeOnly"] = true;
    return plain;
  }
};

template <class Tag>
struct Codec<Id<Tag>> : TextCodec<Id<Tag>, Codec<Id<Tag>>> {
  static constexpr std::string_view fault_code = "bad-format";
  static std::string expected() { return "must be an id that begins with " + std::string{Tag::prefix} + "_"; }
  static void append(std::string& out, const Id<Tag>& id) { id.append_to(out); }
  static std::optional<Id<Tag>> read(std::string_view text) { return Id<Tag>::parse(text); }
  static json::object string_schema() { return detail::id_schema(Tag::prefix); }
};

template <DescribedEnum E>
struct Codec<E> : TextCodec<E, Codec<E>> {
  static constexpr std::string_view fault_code = "not-one-of";
  static std::string expected() { return detail::must_be_one_of(wire_names<E>()); }
  static void append(std::string& out, E value) { out += wire_name(value); }
  static std::optional<E> read(std::string_view text) { return parse_enum<E>(text); }
  static json::object string_schema() { return detail::enum_schema(wire_names<E>()); }
};

template <>
struct Codec<Instant> : TextCodec<Instant, Codec<Instant>> {
  static constexpr std::string_view fault_code = "bad-format";
  static std::string_view expected() {
    return "must be an RFC 3339 time such as 2026-11-20T10:15:30Z, in the years 1970 to 9999";
  }
  static void append(std::string& out, Instant instant) { append_rfc3339(out, instant); }
  static std::optional<Instant> read(std::string_view text) { return parse_rfc3339(text); }
  static json::object string_schema() { return detail::string_schema("date-time"); }
};

template <>
struct Codec<Date> : TextCodec<Date, Codec<Date>> {
  static constexpr std::string_view fault_code = "bad-format";
  static std::string_view expected() { return "must be a date such as 2026-11-20"; }
  static void append(std::string& out, Date date) { append_date(out, date); }
  static std::optional<Date> read(std::string_view text) { return parse_date(text); }
  static json::object string_schema() { return detail::string_schema("date"); }
};

template <>
struct Codec<TimeZone> : TextCodec<TimeZone, Codec<TimeZone>> {
  static constexpr std::string_view fault_code = "bad-format";
  static std::string_view expected() { return "must be the name of an IANA time zone such as Asia/Seoul"; }
  static void append(std::string& out, const TimeZone& zone) { out += zone.name(); }
  static std::optional<TimeZone> read(std::string_view text) { return TimeZone::find(text); }
  static json::object string_schema() { return detail::string_schema(); }
};

}  // namespace guerdon
