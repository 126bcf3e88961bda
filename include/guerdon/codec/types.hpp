// Field types that can't hold what they must not: a value of one of them has been checked, and its limits are in its
// type.
#pragma once

#include "guerdon/codec/text.hpp"
#include "guerdon/crypto.hpp"

#include <boost/json/object.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace guerdon {

namespace json = boost::json;

// An integer from Min to Max; a default-made one is the nearest to 0.
template <std::int64_t Min, std::int64_t Max>
class Bounded {
  static_assert(Min <= Max);

 public:
  static constexpr std::int64_t min = Min;
  static constexpr std::int64_t max = Max;

  constexpr Bounded() = default;

  [[nodiscard]] static constexpr std::optional<Bounded> make(std::int64_t number) {
    if (number < Min || number > Max) return std::nullopt;
    Bounded checked;
    checked.number_ = number;
    return checked;
  }

  [[nodiscard]] constexpr std::int64_t value() const noexcept { return number_; }
  constexpr operator std::int64_t() const noexcept { return number_; }  // NOLINT: it is a number

 private:
  std::int64_t number_ = Min > 0 ? Min : Max < 0 ? Max : 0;
};

// An array of Min to Max items.
template <class T, std::size_t Min, std::size_t Max>
struct List : std::vector<T> {
  using std::vector<T>::vector;
  static constexpr std::size_t min_items = Min;
  static constexpr std::size_t max_items = Max;
};

// Like optional, but left out of the JSON when empty, where a std::optional is written as null.
// An Omittable<std::optional<T>> tells an absent member (empty) from null (holding an empty optional).
template <class T>
struct Omittable : std::optional<T> {
  using std::optional<T>::optional;
};

// A member that has the value Default when it is absent.
template <class T, auto Default>
class Defaulted {
 public:
  constexpr Defaulted() : value_{initial()} {}
  constexpr Defaulted(T value) : value_{std::move(value)} {}  // NOLINT(google-explicit-constructor): it is a T

  [[nodiscard]] constexpr const T& value() const noexcept { return value_; }
  constexpr operator const T&() const noexcept { return value_; }  // NOLINT(google-explicit-constructor): it is a T

  [[nodiscard]] static constexpr T initial() {
    if constexpr (requires { T::make(Default); }) {
      return T::make(Default).value();
    } else {
      return T{Default};
    }
  }

 private:
  T value_;
};

// A JSON object that is kept as it is, within limits: the members that only the owner of the object understands.
struct FreeForm {
  static constexpr std::size_t max_depth = 5;
  static constexpr std::size_t max_bytes = 8 * 1024;  // as compact JSON

  json::object value;

  friend bool operator==(const FreeForm&, const FreeForm&) = default;
};

// Something that is never shown: it can be read from JSON, not written to it, and is overwritten when it goes.
template <class T>
class Secret {
 public:
  Secret() = default;
  explicit Secret(T value) : value_{std::move(value)} { clear(value); }
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : value_{std::move(other.value_)} { clear(other.value_); }
  Secret& operator=(const Secret& other) {
    if (this != &other) *this = Secret{other};
    return *this;
  }
  Secret& operator=(Secret&& other) noexcept {
    if (this == &other) return *this;
    clear(value_);
    value_ = std::move(other.value_);
    clear(other.value_);
    return *this;
  }
  ~Secret() { clear(value_); }

  [[nodiscard]] const T& reveal() const noexcept { return value_; }

 private:
  static void clear(T& value) noexcept {
    using guerdon::wipe;
    wipe(value);
  }

  T value_;
};

}  // namespace guerdon
