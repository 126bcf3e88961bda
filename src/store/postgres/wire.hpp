// Values in PostgreSQL's binary format: parameters on their way out, columns on their way in.
// It guesses nothing: a column whose type does not fit what is asked for is refused.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "guerdon/sql.hpp"

namespace guerdon::store::postgres {

using Oid = unsigned int;  // as in libpq

namespace oids {
inline constexpr Oid boolean = 16, bytea = 17, name = 19, int8 = 20, int2 = 21, int4 = 23, text = 25, json = 114,
                     unknown = 705, bpchar = 1042, varchar = 1043, date = 1082, timestamptz = 1184, uuid = 2950,
                     jsonb = 3802;
}  // namespace oids

[[nodiscard]] Oid oid_of(Param::Type type);

/// The parameters of one statement as libpq wants them. Points into the Params given: lives no longer than they do.
/// Throws StoreError (constraint) for a text with NUL, std::out_of_range for an instant or a date too far away.
class WireParams {
 public:
  explicit WireParams(std::span<const Param> params);
  WireParams(const WireParams&) = delete;
  WireParams& operator=(const WireParams&) = delete;

  [[nodiscard]] int size() const noexcept { return static_cast<int>(types_.size()); }
  [[nodiscard]] const std::vector<Oid>& types() const noexcept { return types_; }
  [[nodiscard]] const char* const* values() const noexcept { return values_.data(); }
  [[nodiscard]] const int* lengths() const noexcept { return lengths_.data(); }
  [[nodiscard]] const int* formats() const noexcept { return formats_.data(); }

 private:
  void add(const Param& param, std::array<char, 8>& number, std::string& document);
  void point_to(const char* data, std::size_t size);

  std::vector<Oid> types_;
  std::vector<const char*> values_;
  std::vector<int> lengths_, formats_;
  std::vector<std::array<char, 8>> numbers_;
  std::vector<std::string> documents_;  // jsonb: a version byte, then the text
};

/// Each throws std::logic_error when `type` is not what the statement should have yielded.
[[nodiscard]] bool read_boolean(Oid type, std::string_view value);
[[nodiscard]] std::int64_t read_integer(Oid type, std::string_view value);
[[nodiscard]] std::string_view read_text(Oid type, std::string_view value);
[[nodiscard]] std::string_view read_bytes(Oid type, std::string_view value);
[[nodiscard]] Uuid read_uuid(Oid type, std::string_view value);
[[nodiscard]] Instant read_instant(Oid type, std::string_view value);
[[nodiscard]] Date read_date(Oid type, std::string_view value);

}  // namespace guerdon::store::postgres
