// PostgreSQL counts microseconds and days from 2000-01-01 and sends every number in network byte order.
#include "store/postgres/wire.hpp"

#include <chrono>
#include <concepts>
#include <cstring>
#include <limits>
#include <stdexcept>

#include "store/params.hpp"

namespace guerdon::store::postgres {
namespace {

using std::chrono::days;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr Date epoch_date{std::chrono::year{2000} / std::chrono::January / 1};
constexpr Instant epoch{epoch_date};

// What timestamptz and date can hold and a calendar can show.
constexpr Date first_date{std::chrono::year{-4000} / 1 / 1};
constexpr Date last_date{std::chrono::year{32000} / 1 / 1};
constexpr Instant first_instant{first_date};
constexpr Instant last_instant{last_date};

constexpr int binary = 1;

template <std::integral T>
void put(char* out, T value) {
  using Unsigned = std::make_unsigned_t<T>;
  auto rest = static_cast<Unsigned>(value);
  for (std::size_t i = sizeof(T); i-- > 0;) {
    out[i] = static_cast<char>(rest & 0xFFU);
    if constexpr (sizeof(T) > 1) rest = static_cast<Unsigned>(rest >> 8U);
  }
}

template <std::integral T>
T take(std::string_view value) {
  if (value.size() != sizeof(T)) throw std::logic_error("a column's value has the wrong length");
  using Unsigned = std::make_unsigned_t<T>;
  Unsigned result = 0;
  for (const char byte : value) {
    result = static_cast<Unsigned>(static_cast<std::uint64_t>(result) << 8U | static_cast<unsigned char>(byte));
  }
  return static_cast<T>(result);
}

void expect(bool fits, Oid type, const char* wanted) {
  if (fits) return;
  throw std::logic_error("a column of type " + std::to_string(type) + " is read as " + wanted + ": CAST it in the SQL");
}

std::int64_t to_wire(Instant instant) {
  if (instant < first_instant || instant > last_instant) throw std::out_of_range("an instant is too far away to store");
  return microseconds{instant - epoch}.count();
}

std::int32_t to_wire(Date date) {
  if (date < first_date || date > last_date) throw std::out_of_range("a date is too far away to store");
  return static_cast<std::int32_t>((date - epoch_date).count());
}

}  // namespace

Oid oid_of(Param::Type type) {
  switch (type) {
    case Param::Type::boolean:
      return oids::boolean;
    case Param::Type::integer:
      return oids::int8;
    case Param::Type::text:
      return oids::text;
    case Param::Type::bytes:
      return oids::bytea;
    case Param::Type::uuid:
      return oids::uuid;
    case Param::Type::instant:
      return oids::timestamptz;
    case Param::Type::date:
      return oids::date;
    case Param::Type::json:
      return oids::jsonb;
  }
  throw std::logic_error("a parameter has no type");
}

WireParams::WireParams(std::span<const Param> params) : numbers_(params.size()), documents_(params.size()) {
  types_.reserve(params.size());
  values_.reserve(params.size());
  lengths_.reserve(params.size());
  formats_.assign(params.size(), binary);
  for (std::size_t i = 0; i < params.size(); ++i) {
    types_.push_back(oid_of(params[i].type));
    if (params[i].is_null) {
      values_.push_back(nullptr);
      lengths_.push_back(0);
    } else {
      add(params[i], numbers_[i], documents_[i]);
    }
  }
}

void WireParams::add(const Param& param, std::array<char, 8>& number, std::string& document) {
  switch (param.type) {
    case Param::Type::boolean:
      number[0] = param.number == 0 ? '\0' : '\1';
      return point_to(number.data(), 1);
    case Param::Type::integer:
      put(number.data(), param.number);
      return point_to(number.data(), sizeof(std::int64_t));
    case Param::Type::instant:
      put(number.data(), to_wire(Instant{milliseconds{param.number}}));
      return point_to(number.data(), sizeof(std::int64_t));
    case Param::Type::date:
      put(number.data(), to_wire(Date{days{param.number}}));
      return point_to(number.data(), sizeof(std::int32_t));
    case Param::Type::uuid:
      return point_to(reinterpret_cast<const char*>(param.uuid.bytes.data()), param.uuid.bytes.size());
    case Param::Type::json:
      document.reserve(param.owned.size() + 1);
      document.assign(1, '\1');
      document += param.owned;
      return point_to(document.data(), document.size());
    case Param::Type::text:
      refuse_nul(param.text);
      return point_to(param.text.data(), param.text.size());
    case Param::Type::bytes:
      return point_to(param.text.data(), param.text.size());
  }
}

void WireParams::point_to(const char* data, std::size_t size) {
  if (size > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    throw std::out_of_range("a value is too long to store");
  }
  values_.push_back(data == nullptr ? "" : data);  // for libpq, no pointer is a NULL
  lengths_.push_back(static_cast<int>(size));
}

bool read_boolean(Oid type, std::string_view value) {
  expect(type == oids::boolean, type, "a boolean");
  return take<std::int8_t>(value) != 0;
}

std::int64_t read_integer(Oid type, std::string_view value) {
  if (type == oids::int8) return take<std::int64_t>(value);
  if (type == oids::int4) return take<std::int32_t>(value);
  expect(type == oids::int2, type, "an integer");
  return take<std::int16_t>(value);
}

std::string_view read_text(Oid type, std::string_view value) {
  if (type == oids::jsonb && !value.empty()) return value.substr(1);
  expect(type == oids::text || type == oids::varchar || type == oids::bpchar || type == oids::name ||
             type == oids::json || type == oids::unknown,
         type, "text");
  return value;
}

std::string_view read_bytes(Oid type, std::string_view value) {
  expect(type == oids::bytea, type, "bytes");
  return value;
}

Uuid read_uuid(Oid type, std::string_view value) {
  expect(type == oids::uuid, type, "an id");
  Uuid uuid;
  if (value.size() != uuid.bytes.size()) throw std::logic_error("a column's value has the wrong length");
  std::memcpy(uuid.bytes.data(), value.data(), value.size());
  return uuid;
}

Instant read_instant(Oid type, std::string_view value) {
  expect(type == oids::timestamptz, type, "an instant");
  return epoch + std::chrono::floor<milliseconds>(microseconds{take<std::int64_t>(value)});
}

Date read_date(Oid type, std::string_view value) {
  expect(type == oids::date, type, "a date");
  return epoch_date + days{take<std::int32_t>(value)};
}

}  // namespace guerdon::store::postgres
