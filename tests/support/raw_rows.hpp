// What an SQLite file holds, read beside the server that has it open: all reads see one moment.
#pragma once

#include <sqlite3.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "guerdon/ids.hpp"

namespace guerdon::test {

class RawRows {
 public:
  explicit RawRows(const std::string& file) {
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READONLY, nullptr);
    database_.reset(opened);
    if (code != SQLITE_OK) throw std::runtime_error("can't read " + file);
    sqlite3_busy_timeout(opened, 30'000);
    run("BEGIN", [](sqlite3_stmt*) {});
  }

  /// The first column as text, sorted.
  [[nodiscard]] std::vector<std::string> texts(const std::string& sql) const {
    std::vector<std::string> found;
    run(sql, [&](sqlite3_stmt* row) { found.push_back(bytes(row, 0)); });
    std::sort(found.begin(), found.end());
    return found;
  }
  /// The columns as ids of these kinds, in a row joined by a blank; sorted.
  template <class... IdType>
  [[nodiscard]] std::vector<std::string> ids(const std::string& sql) const {
    std::vector<std::string> found;
    run(sql, [&](sqlite3_stmt* row) {
      std::string line;
      int column = 0;
      (line.append(line.empty() ? "" : " ").append(id<IdType>(row, column++)), ...);
      found.push_back(line);
    });
    std::sort(found.begin(), found.end());
    return found;
  }

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };

  static std::string bytes(sqlite3_stmt* row, int column) {
    const auto* const data = static_cast<const char*>(sqlite3_column_blob(row, column));
    return {data, data + sqlite3_column_bytes(row, column)};
  }
  template <class IdType>
  static std::string id(sqlite3_stmt* row, int column) {
    const auto stored = bytes(row, column);
    Uuid uuid;
    if (stored.size() != uuid.bytes.size()) throw std::runtime_error("no id in column " + std::to_string(column));
    std::copy(stored.begin(), stored.end(), uuid.bytes.begin());
    return IdType{uuid}.to_string();
  }

  template <class Visit>
  void run(const std::string& sql, Visit visit) const {
    sqlite3_stmt* prepared = nullptr;
    const int code = sqlite3_prepare_v2(database_.get(), sql.c_str(), -1, &prepared, nullptr);
    const std::unique_ptr<sqlite3_stmt, Finalize> statement{prepared};
    int step = code;
    while (code == SQLITE_OK && (step = sqlite3_step(prepared)) == SQLITE_ROW) visit(prepared);
    if (step != SQLITE_DONE) throw std::runtime_error(sql + ": " + sqlite3_errmsg(database_.get()));
  }

  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace guerdon::test
