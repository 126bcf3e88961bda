// Everything that a database holds, to be compared: every row of every table as text, on either engine.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "support/databases.hpp"

namespace guerdon::test {

/// By table, each row as text, sorted.
using AllRows = std::map<std::string, std::vector<std::string>>;

struct RowsToLeaveOut {
  std::set<std::string> tables;
  std::map<std::string, std::set<std::string>> columns;  ///< by table
};

[[nodiscard]] AllRows all_rows(TestDatabase& store, const RowsToLeaveOut& without = {});

/// One line for each row that only one of the two has: "- table: row" or "+ table: row".
[[nodiscard]] std::vector<std::string> differences(const AllRows& before, const AllRows& after);

}  // namespace guerdon::test
