// `$1` is a *named* parameter to SQLite, numbered by first appearance: the map from ours to its is made once.
#include "store/sqlite/statement.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstring>
#include <stdexcept>

#include "store/params.hpp"
#include "store/sqlite/errors.hpp"

namespace guerdon::store {

namespace {

/// A column of another type is a SELECT list that does not fit its C++ type, or damage; SQLite would convert silently.
class SqliteRow final : public Row {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement), columns_(sqlite3_column_count(statement)) {}

  [[nodiscard]] int columns() const override { return columns_; }
  [[nodiscard]] bool is_null(int i) const override { return sqlite3_column_type(statement_, i) == SQLITE_NULL; }
  [[nodiscard]] bool boolean(int i) const override { return integer(i) != 0; }
  [[nodiscard]] std::int64_t integer(int i) const override {
    expect(i, SQLITE_INTEGER, "an integer");
    return sqlite3_column_int64(statement_, i);
  }
  [[nodiscard]] std::string_view text(int i) const override {
    expect(i, SQLITE_TEXT, "a text");
    const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, i));
    if (data == nullptr) throw std::bad_alloc();
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, i))};
  }
  [[nodiscard]] std::string_view bytes(int i) const override {
    expect(i, SQLITE_BLOB, "bytes");
    const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, i));
    return {data, data == nullptr ? 0 : static_cast<std::size_t>(sqlite3_column_bytes(statement_, i))};
  }
  [[nodiscard]] Uuid uuid(int i) const override {
    const auto stored = bytes(i);
    Uuid result;
    if (stored.size() != result.bytes.size()) throw std::logic_error(fmt::format("column {} is no uuid", i));
    std::memcpy(result.bytes.data(), stored.data(), stored.size());
    return result;
  }
  [[nodiscard]] Instant instant(int i) const override { return Instant{std::chrono::milliseconds{integer(i)}}; }
  [[nodiscard]] Date date(int i) const override { return Date{std::chrono::days{integer(i)}}; }

 private:
  void expect(int i, int type, const char* what) const {
    if (sqlite3_column_type(statement_, i) != type) {
      throw std::logic_error(fmt::format("column {} ({}) is not {}", i, sqlite3_column_name(statement_, i), what));
    }
  }

  sqlite3_stmt* statement_;
  int columns_;
};

/// Text never points nowhere: SQLite takes that for NULL.
const char* data_of(std::string_view text) { return text.data() == nullptr ? "" : text.data(); }

/// Resets on every way out, so that no read lock and no half-run statement stays behind.
class Running {
 public:
  Running(sqlite3_stmt* statement, bool& flag) : statement_(statement), flag_(flag) { flag_ = true; }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() {
    sqlite3_reset(statement_);
    flag_ = false;
  }

 private:
  sqlite3_stmt* statement_;
  bool& flag_;
};

}  // namespace

Statement::Statement(sqlite3* db, const char* sql) : db_(db) {
  sqlite3_stmt* prepared = nullptr;
  const char* rest = nullptr;
  const int code = sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &prepared, &rest);
  statement_.reset(prepared);
  if (code != SQLITE_OK) throw sqlite_error(db, code, fmt::format("cannot prepare `{}`", sql));
  if (prepared == nullptr || rest[std::strspn(rest, " \n\r\t;")] != '\0') {
    throw StoreError(StoreError::Kind::broken, fmt::format("not exactly one statement: `{}`", sql));
  }
  writes_ = sqlite3_stmt_readonly(prepared) == 0;
  for (int i = 1; i <= sqlite3_bind_parameter_count(prepared); ++i) {
    const char* name = sqlite3_bind_parameter_name(prepared, i);
    int number = 0;
    if (name != nullptr && name[0] == '$') std::from_chars(name + 1, name + std::strlen(name), number);
    if (number < 1) throw StoreError(StoreError::Kind::broken, fmt::format("parameters must be $1, $2, …: `{}`", sql));
    slots_.push_back(number - 1);
    params_ = std::max(params_, number);
  }
}

std::int64_t Statement::run(std::span<const Param> params, RowVisitor visit) {
  sqlite3_stmt* const statement = statement_.get();
  const Running running(statement, running_);
  bind(params);
  const SqliteRow row(statement);
  int code = sqlite3_step(statement);
  for (; code == SQLITE_ROW; code = sqlite3_step(statement)) visit(row);
  if (code != SQLITE_DONE) throw sqlite_error(db_, code, "a statement failed");
  return writes_ ? sqlite3_changes64(db_) : 0;
}

void Statement::bind(std::span<const Param> params) {
  if (static_cast<int>(params.size()) != params_) {
    throw std::logic_error(
        fmt::format("{} values for {} parameters: `{}`", params.size(), params_, sqlite3_sql(statement_.get())));
  }
  int index = 0;
  for (const int slot : slots_) bind_one(++index, params[static_cast<std::size_t>(slot)]);
}

/// Static: the values outlive the run, and every run binds them all anew.
void Statement::bind_one(int index, const Param& param) {
  sqlite3_stmt* const statement = statement_.get();
  const auto bind_text = [&](std::string_view text) {
    return sqlite3_bind_text64(statement, index, data_of(text), text.size(), SQLITE_STATIC, SQLITE_UTF8);
  };
  int code = SQLITE_OK;
  if (param.is_null) {
    code = sqlite3_bind_null(statement, index);
  } else {
    switch (param.type) {
      case Param::Type::boolean:
      case Param::Type::integer:
      case Param::Type::instant:
      case Param::Type::date:
        code = sqlite3_bind_int64(statement, index, param.number);
        break;
      case Param::Type::text:
        refuse_nul(param.text);
        code = bind_text(param.text);
        break;
      case Param::Type::json:
        code = bind_text(param.owned);
        break;
      case Param::Type::bytes:
        code = sqlite3_bind_blob64(statement, index, data_of(param.text), param.text.size(), SQLITE_STATIC);
        break;
      case Param::Type::uuid:
        code = sqlite3_bind_blob(statement, index, param.uuid.bytes.data(), static_cast<int>(param.uuid.bytes.size()),
                                 SQLITE_STATIC);
        break;
    }
  }
  if (code != SQLITE_OK) throw sqlite_error(db_, code, "a value cannot be bound");
}

}  // namespace guerdon::store
