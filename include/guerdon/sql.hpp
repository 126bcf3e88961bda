// SQL statements, their parameters and the rows they yield, typed by C++ type.
// A statement is a literal known at compile time: text put together at run time does not compile.
#pragma once

#include <boost/describe.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/mp11.hpp>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "guerdon/codec.hpp"
#include "guerdon/ids.hpp"
#include "guerdon/json.hpp"
#include "guerdon/time.hpp"

namespace guerdon {

enum class Engine { sqlite, postgres };

/// One statement with `$1`-style parameters. The same text runs on both engines; where they really differ, give two.
class Sql {
 public:
  consteval Sql(const char* both) : sqlite_(both), postgres_(both) {}  // NOLINT: a literal is a statement
  consteval Sql(const char* sqlite, const char* postgres) : sqlite_(sqlite), postgres_(postgres) {}

  [[nodiscard]] constexpr const char* text(Engine engine) const {
    return engine == Engine::sqlite ? sqlite_ : postgres_;
  }

 private:
  const char* sqlite_;
  const char* postgres_;
};

/// One bound value. Each engine stores what suits it: uuid as BLOB(16) or uuid, instant as INTEGER milliseconds or
/// timestamptz, date as INTEGER days since 1970 or date, json as TEXT or jsonb, boolean as INTEGER or boolean.
/// Views into the caller's data: lives as long as the call that binds it.
struct Param {
  enum class Type : std::uint8_t { boolean, integer, text, bytes, uuid, instant, date, json };

  Type type{};
  bool is_null = false;
  std::int64_t number = 0;  ///< boolean, integer, instant (ms since 1970), date (days since 1970)
  std::string_view text{};  ///< text (without NUL), bytes
  Uuid uuid{};
  std::string owned{};  ///< json: its serialised text
};

inline Param to_param(bool v) { return {.type = Param::Type::boolean, .number = v}; }
inline Param to_param(int v) { return {.type = Param::Type::integer, .number = v}; }
inline Param to_param(std::int64_t v) { return {.type = Param::Type::integer, .number = v}; }
inline Param to_param(std::string_view v) { return {.type = Param::Type::text, .text = v}; }
inline Param to_param(const std::string& v) { return to_param(std::string_view{v}); }
inline Param to_param(const char* v) { return to_param(std::string_view{v}); }
inline Param to_param(const Uuid& v) { return {.type = Param::Type::uuid, .uuid = v}; }
inline Param to_param(Instant v) { return {.type = Param::Type::instant, .number = v.time_since_epoch().count()}; }
inline Param to_param(Date v) { return {.type = Param::Type::date, .number = v.time_since_epoch().count()}; }
inline Param to_param(const json::value& v) { return {.type = Param::Type::json, .owned = json::serialize(v)}; }
inline Param to_param(const json::object& v) { return {.type = Param::Type::json, .owned = json::serialize(v)}; }

/// Raw bytes (hashes, keys): BLOB or bytea.
struct Bytes {
  std::string value;
  friend bool operator==(const Bytes&, const Bytes&) = default;
};
inline Param to_param(const Bytes& v) { return {.type = Param::Type::bytes, .text = v.value}; }

template <class Tag>
Param to_param(const Id<Tag>& v) {
  return to_param(v.uuid());
}

/// Enumerations are stored under their wire name (`PENDING`).
template <class E>
  requires std::is_enum_v<E>
Param to_param(E v) {
  return to_param(wire_name(v));
}

/// Validated texts and numbers (`Text<1,64>`, `Bounded<1,100>`, `TimeZone`) are stored as what they hold.
template <class T>
  requires requires(const T& v) { std::string_view{v.value()}; }
Param to_param(const T& v) {
  return to_param(std::string_view{v.value()});
}
template <class T>
  requires(!std::is_enum_v<T> && requires(const T& v) { { v.value() } -> std::same_as<std::int64_t>; })
Param to_param(const T& v) {
  return to_param(v.value());
}
inline Param to_param(const TimeZone& v) { return to_param(v.name()); }

template <class T>
Param to_param(const std::optional<T>& v) {
  if (v) return to_param(*v);
  Param param = to_param(T{});
  param.is_null = true;
  return param;
}

/// The current row of a running statement. Views are valid until the visitor returns.
class Row {
 public:
  virtual ~Row() = default;
  [[nodiscard]] virtual int columns() const = 0;
  [[nodiscard]] virtual bool is_null(int column) const = 0;
  [[nodiscard]] virtual bool boolean(int column) const = 0;
  [[nodiscard]] virtual std::int64_t integer(int column) const = 0;
  [[nodiscard]] virtual std::string_view text(int column) const = 0;  ///< text, json
  [[nodiscard]] virtual std::string_view bytes(int column) const = 0;
  [[nodiscard]] virtual Uuid uuid(int column) const = 0;
  [[nodiscard]] virtual Instant instant(int column) const = 0;
  [[nodiscard]] virtual Date date(int column) const = 0;
};

namespace sql_detail {

template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};
template <class T>
struct is_id : std::false_type {};
template <class Tag>
struct is_id<Id<Tag>> : std::true_type {};
template <class T>
struct is_tuple : std::false_type {};
template <class... T>
struct is_tuple<std::tuple<T...>> : std::true_type {};

/// A stored value that its own type refuses is damage, not input: a bug or a broken database.
template <class T>
T stored(std::optional<T> value, std::string_view text) {
  if (!value) throw std::runtime_error("stored value is not valid: " + std::string{text});
  return *std::move(value);
}

}  // namespace sql_detail

/// Column `i` (from 0) as a T; throws std::runtime_error for NULL where T is not an optional.
template <class T>
T column(const Row& row, int i) {
  if constexpr (sql_detail::is_optional<T>::value) {
    if (row.is_null(i)) return std::nullopt;
    return column<typename T::value_type>(row, i);
  } else {
    if (row.is_null(i)) throw std::runtime_error("column " + std::to_string(i) + " is NULL");
    if constexpr (std::is_same_v<T, bool>) return row.boolean(i);
    else if constexpr (std::is_same_v<T, Instant>) return row.instant(i);
    else if constexpr (std::is_same_v<T, Date>) return row.date(i);
    else if constexpr (std::is_same_v<T, Uuid>) return row.uuid(i);
    else if constexpr (sql_detail::is_id<T>::value) return T{row.uuid(i)};
    else if constexpr (std::is_same_v<T, Bytes>) return Bytes{std::string{row.bytes(i)}};
    else if constexpr (requires { T::trusted(std::string{}); }) return T::trusted(std::string{row.text(i)});
    else if constexpr (requires { T::make(std::int64_t{}); }) {
      return sql_detail::stored(T::make(row.integer(i)), "a number out of bounds");
    }
    else if constexpr (std::is_enum_v<T>) return sql_detail::stored(parse_enum<T>(row.text(i)), row.text(i));
    else if constexpr (std::is_integral_v<T>) return static_cast<T>(row.integer(i));
    else if constexpr (std::is_same_v<T, std::string>) return std::string{row.text(i)};
    else if constexpr (std::is_same_v<T, json::value>) return json::parse(row.text(i));
    else if constexpr (std::is_same_v<T, json::object>) return json::parse(row.text(i)).as_object();
    else if constexpr (std::is_same_v<T, TimeZone>) return sql_detail::stored(TimeZone::find(row.text(i)), row.text(i));
    else static_assert(!sizeof(T), "no column type for this C++ type");
  }
}

/// A whole row: a described struct (members in the order of the SELECT list), a tuple, or one column.
/// Throws std::logic_error when the number of columns differs.
template <class T>
T read_row(const Row& row) {
  const auto expect = [&](std::size_t n) {
    if (row.columns() != static_cast<int>(n)) throw std::logic_error("the SELECT list does not fit its row type");
  };
  if constexpr (sql_detail::is_tuple<T>::value) {
    expect(std::tuple_size_v<T>);
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return T{column<std::tuple_element_t<I, T>>(row, static_cast<int>(I))...};
    }(std::make_index_sequence<std::tuple_size_v<T>>{});
  } else if constexpr (boost::describe::has_describe_members<T>::value && std::is_class_v<T> &&
                       !std::is_same_v<T, Bytes>) {
    using Members = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;
    expect(boost::mp11::mp_size<Members>::value);
    T result{};
    int i = 0;
    boost::mp11::mp_for_each<Members>([&](auto member) {
      using Field = std::remove_reference_t<decltype(result.*member.pointer)>;
      result.*member.pointer = column<Field>(row, i++);
    });
    return result;
  } else {
    expect(1);
    return column<T>(row, 0);
  }
}

}  // namespace guerdon
