// One row of a libpq result. Its views live as long as the result.
#pragma once

#include "guerdon/sql.hpp"
#include "store/postgres/libpq.hpp"
#include "store/postgres/wire.hpp"

namespace guerdon::store::postgres {

class ResultRow final : public Row {
 public:
  ResultRow(const PGresult* result, int row) : result_(result), row_(row) {}

  [[nodiscard]] int columns() const override { return PQnfields(result_); }
  [[nodiscard]] bool is_null(int column) const override { return PQgetisnull(result_, row_, column) == 1; }
  [[nodiscard]] bool boolean(int column) const override { return read_boolean(type(column), value(column)); }
  [[nodiscard]] std::int64_t integer(int column) const override { return read_integer(type(column), value(column)); }
  [[nodiscard]] std::string_view text(int column) const override { return read_text(type(column), value(column)); }
  [[nodiscard]] std::string_view bytes(int column) const override { return read_bytes(type(column), value(column)); }
  [[nodiscard]] Uuid uuid(int column) const override { return read_uuid(type(column), value(column)); }
  [[nodiscard]] Instant instant(int column) const override { return read_instant(type(column), value(column)); }
  [[nodiscard]] Date date(int column) const override { return read_date(type(column), value(column)); }

 private:
  [[nodiscard]] Oid type(int column) const { return PQftype(result_, column); }
  [[nodiscard]] std::string_view value(int column) const {
    return {PQgetvalue(result_, row_, column), static_cast<std::size_t>(PQgetlength(result_, row_, column))};
  }

  const PGresult* result_;
  int row_;
};

}  // namespace guerdon::store::postgres
