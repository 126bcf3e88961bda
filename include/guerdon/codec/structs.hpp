// The codec of described structs: BOOST_DESCRIBE_STRUCT is the only list of their fields.
#pragma once

#include "guerdon/codec/core.hpp"
#include "guerdon/codec/schema.hpp"

#include <boost/json/array.hpp>

#include <span>
#include <string>
#include <type_traits>
#include <utility>

namespace guerdon {

// A parameter's name and its decoded text.
using Parameter = std::pair<std::string_view, std::string_view>;

namespace detail {

template <class T, class Descriptor>
using MemberType = std::remove_cvref_t<decltype(std::declval<T&>().*Descriptor::pointer)>;

void report_unknown_members(const json::object& object, std::span<const std::string_view> known, const Place& at);
void report_unknown_parameters(std::span<const Parameter> parameters, std::span<const std::string_view> known,
                               const Place& at);

// Not inlined, like decode below: g++ 12 takes the optionals of a struct that it has just seen being made for
// uninitialised.
template <class T, class Descriptor>
[[gnu::noinline]] void parse_member(std::span<const Parameter> parameters, T& into, const Place& all) {
  using Member = MemberType<T, Descriptor>;
  const auto name = member_name<Descriptor>.view();
  const Place at = all.parameter(name);
  std::size_t seen = 0;
  for (const auto& [key, text] : parameters) {
    if (key != name) continue;
    if (++seen == 2 && !Codec<Member>::repeats) return at.fault("duplicate-parameter", "must be given once");
    Codec<Member>::parse(text, into.*Descriptor::pointer, at);
  }
  if (seen == 0 && !Codec<Member>::may_be_absent) at.fault("required", "is required");
}

}  // namespace detail

template <DescribedStruct T>
struct Codec<T> : CodecBase {
  static void encode(std::string& out, const T& value) {
    bool first = true;
    boost::mp11::mp_for_each<MembersOf<T>>([&](auto descriptor) {
      using D = decltype(descriptor);
      const auto& member = value.*D::pointer;
      using Member = detail::MemberType<T, D>;
      if (Codec<Member>::omits(member)) return;
      const auto key = detail::member_key<D>.view();
      if (std::exchange(first, false)) {
        out += '{';
        out += key.substr(1);
      } else {
        out += key;
      }
      Codec<Member>::encode(out, member);
    });
    out += first ? "{}" : "}";
  }

  [[gnu::noinline]] static void decode(const json::value& value, T& into, const Place& at) {
    const auto* object = at.object(value);
    if (object == nullptr) return;
    std::size_t known = 0;
    boost::mp11::mp_for_each<MembersOf<T>>([&](auto descriptor) {
      using D = decltype(descriptor);
      using Member = detail::MemberType<T, D>;
      const auto name = detail::member_name<D>.view();
      const auto* found = object->if_contains({name.data(), name.size()});
      if (found != nullptr) {
        ++known;
        return Codec<Member>::decode(*found, into.*D::pointer, at.member(name));
      }
      if (!Codec<Member>::may_be_absent) at.member(name).fault("required", "is required");
    });
    if (known != object->size() && at.refuses_unknown()) detail::report_unknown_members(*object, field_names<T>(), at);
  }

  static json::object schema(SchemaRegistry& registry) {
    return registry.reference(schema_name<T>(), detail::pretty_name<T>(), [&registry] {
      json::object properties;
      json::array required;
      boost::mp11::mp_for_each<MembersOf<T>>([&](auto descriptor) {
        using D = decltype(descriptor);
        using Member = detail::MemberType<T, D>;
        const auto name = detail::member_name<D>.view();
        properties[{name.data(), name.size()}] = Codec<Member>::schema(registry);
        if (!Codec<Member>::may_be_absent) required.push_back(json::string{name.data(), name.size()});
      });
      return detail::object_schema(std::move(properties), std::move(required));
    });
  }
};

}  // namespace guerdon
