// A prepared statement and the row it stands on. Belongs to one connection and one thread at a time.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "guerdon/sql.hpp"
#include "guerdon/store.hpp"

namespace guerdon::store {

class Statement {
 public:
  /// Throws StoreError (broken) for bad SQL.
  Statement(sqlite3* db, const char* sql);

  /// Binds, steps to the end, visits the rows; returns the number of rows changed. Throws StoreError, std::logic_error
  /// when the parameters do not fit, and what the visitor throws. Whatever happens, it can be run again afterwards.
  std::int64_t run(std::span<const Param> params, RowVisitor visit);

  /// A visitor runs the very statement whose rows it visits.
  [[nodiscard]] bool running() const noexcept { return running_; }

 private:
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
  };

  void bind(std::span<const Param> params);
  void bind_one(int index, const Param& param);

  sqlite3* db_;
  std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
  std::vector<int> slots_;  // for SQLite's parameter i + 1 the place of its value among ours
  int params_ = 0;          // how many values it takes
  bool writes_ = false;
  bool running_ = false;
};

}  // namespace guerdon::store
