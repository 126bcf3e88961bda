// Names on the wire, worked out by the compiler from the names in C++: next_cursor is "nextCursor", an enumerator
// in_progress is "IN_PROGRESS". A trailing underscore (auto_, delete_: keywords otherwise) is dropped.
#pragma once

#include <boost/describe.hpp>
#include <boost/mp11.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace guerdon {

template <class T>
concept DescribedStruct = std::is_class_v<T> && boost::describe::has_describe_members<T>::value;

template <class E>
concept DescribedEnum = std::is_enum_v<E> && boost::describe::has_describe_enumerators<E>::value;

namespace detail {

template <std::size_t Size>
struct Name {
  std::array<char, Size> chars{};
  std::size_t size = 0;

  constexpr void push(char c) { chars[size++] = c; }
  [[nodiscard]] constexpr std::string_view view() const { return {chars.data(), size}; }
};

constexpr char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

constexpr std::string_view without_trailing_underscore(std::string_view name) {
  return name.ends_with('_') ? name.substr(0, name.size() - 1) : name;
}

// "nextCursor" between the given texts.
template <std::size_t Size>
consteval Name<Size> camel(std::string_view before, std::string_view name, std::string_view after) {
  Name<Size> out;
  for (const char c : before) out.push(c);
  bool raise = false;
  for (const char c : without_trailing_underscore(name)) {
    if (c != '_') out.push(raise ? upper(c) : c);
    raise = c == '_';
  }
  for (const char c : after) out.push(c);
  return out;
}

template <std::size_t Size>
consteval Name<Size> upper_snake(std::string_view name) {
  Name<Size> out;
  for (const char c : without_trailing_underscore(name)) out.push(upper(c));
  return out;
}

template <class Descriptor>
inline constexpr std::size_t room = std::string_view{Descriptor::name}.size() + 4;

template <class Descriptor>
inline constexpr auto member_name = camel<room<Descriptor>>("", Descriptor::name, "");

// The name as it follows another member: ,"nextCursor":
template <class Descriptor>
inline constexpr auto member_key = camel<room<Descriptor>>(",\"", Descriptor::name, "\":");

template <class Descriptor>
inline constexpr auto enumerator_name = upper_snake<room<Descriptor>>(Descriptor::name);

}  // namespace detail

// The described public members, those of described bases first.
template <DescribedStruct T>
using MembersOf = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;

template <DescribedEnum E>
using EnumeratorsOf = boost::describe::describe_enumerators<E>;

// Empty for a value that is no enumerator.
template <DescribedEnum E>
[[nodiscard]] constexpr std::string_view wire_name(E value) {
  std::string_view found;
  boost::mp11::mp_for_each<EnumeratorsOf<E>>([&](auto descriptor) {
    if (descriptor.value == value) found = detail::enumerator_name<decltype(descriptor)>.view();
  });
  return found;
}

template <DescribedEnum E>
[[nodiscard]] constexpr std::optional<E> parse_enum(std::string_view text) {
  std::optional<E> found;
  boost::mp11::mp_for_each<EnumeratorsOf<E>>([&](auto descriptor) {
    if (detail::enumerator_name<decltype(descriptor)>.view() == text) found = descriptor.value;
  });
  return found;
}

template <DescribedEnum E>
[[nodiscard]] std::vector<std::string_view> wire_names() {
  std::vector<std::string_view> names;
  boost::mp11::mp_for_each<EnumeratorsOf<E>>([&](auto descriptor) { names.push_back(wire_name<E>(descriptor.value)); });
  return names;
}

// The wire names of a struct's members, in their order.
template <DescribedStruct T>
[[nodiscard]] std::vector<std::string_view> field_names() {
  std::vector<std::string_view> names;
  boost::mp11::mp_for_each<MembersOf<T>>(
      [&](auto descriptor) { names.push_back(detail::member_name<decltype(descriptor)>.view()); });
  return names;
}

namespace detail {

// "Register" for modules::auth::Register; for a template its argument first: Page<EventView> is "EventViewPage".
[[nodiscard]] std::string short_type_name(std::string_view pretty_function);

template <class T>
[[nodiscard]] constexpr std::string_view pretty_name() {
  return __PRETTY_FUNCTION__;
}

}  // namespace detail

// The name of a type in schemas: its C++ name without namespaces.
template <class T>
[[nodiscard]] std::string schema_name() {
  return detail::short_type_name(detail::pretty_name<T>());
}

}  // namespace guerdon
