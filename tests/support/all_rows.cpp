#include "support/all_rows.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <regex>
#include <stdexcept>

namespace guerdon::test {
namespace {

struct CloseSqlite {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using SqliteFile = std::unique_ptr<sqlite3, CloseSqlite>;

template <class Visit>
void each_row(sqlite3* database, const std::string& sql, Visit visit) {
  sqlite3_stmt* prepared = nullptr;
  if (sqlite3_prepare_v2(database, sql.c_str(), -1, &prepared, nullptr) != SQLITE_OK)
    throw std::runtime_error(sql + ": " + sqlite3_errmsg(database));
  const std::unique_ptr<sqlite3_stmt, FinalizeStatement> statement{prepared};
  while (sqlite3_step(prepared) == SQLITE_ROW) visit(prepared);
}

std::string text_of(sqlite3_stmt* row, int column) {
  const int type = sqlite3_column_type(row, column);
  if (type == SQLITE_NULL) return "null";
  const auto* const data = static_cast<const unsigned char*>(sqlite3_column_blob(row, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(row, column));
  if (type != SQLITE_BLOB) return {data, data + size};
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex = "x";
  for (std::size_t i = 0; i < size; ++i) {
    hex += digits[data[i] >> 4U];
    hex += digits[data[i] & 15U];
  }
  return hex;
}

std::vector<std::string> rows_of(sqlite3* database, const std::string& table, const std::set<std::string>& without) {
  std::vector<std::string> rows;
  each_row(database, "SELECT * FROM " + table, [&](sqlite3_stmt* row) {
    std::string line;
    for (int column = 0; column < sqlite3_column_count(row); ++column) {
      const std::string name = sqlite3_column_name(row, column);
      if (!without.contains(name)) line += name + '=' + text_of(row, column) + ' ';
    }
    rows.push_back(line);
  });
  return rows;
}

AllRows rows_of_file(const std::string& file, const RowsToLeaveOut& without) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READONLY, nullptr);
  const SqliteFile database{opened};
  if (code != SQLITE_OK) throw std::runtime_error("can't read " + file);
  sqlite3_busy_timeout(opened, 30'000);
  std::vector<std::string> tables;
  each_row(opened, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
           [&](sqlite3_stmt* row) { tables.push_back(text_of(row, 0)); });
  AllRows all;
  for (const auto& table : tables) {
    if (without.tables.contains(table)) continue;
    const auto columns = without.columns.find(table);
    all[table] = rows_of(opened, table, columns == without.columns.end() ? std::set<std::string>{} : columns->second);
  }
  return all;
}

/// PostgreSQL runs a statement that it has put together itself only where it answers in XML.
AllRows rows_of_schema(Snapshot& snapshot, const RowsToLeaveOut& without) {
  constexpr Sql sql =
      "SELECT CAST(table_name AS text), CAST(query_to_xml('SELECT * FROM ' || quote_ident(table_name), true, true, '')"
      " AS text) FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'";
  AllRows all;
  for (auto& [table, xml] : snapshot.list<std::tuple<std::string, std::string>>(sql)) {
    if (without.tables.contains(table)) continue;
    auto& rows = all[table];
    if (const auto columns = without.columns.find(table); columns != without.columns.end())
      for (const auto& column : columns->second)
        xml = std::regex_replace(
            xml, std::regex{"<" + column + "( [^>]*)?>[^<]*</" + column + ">|<" + column + " [^>]*/>"}, "");
    const std::regex end{"</row>"};
    for (std::sregex_token_iterator it{xml.begin(), xml.end(), end, -1}, none; it != none; ++it) {
      const std::string row = *it;
      if (const auto begin = row.find('<'); begin != std::string::npos)
        rows.push_back(std::regex_replace(row.substr(begin), std::regex{"\\s+"}, " "));
    }
  }
  return all;
}

}  // namespace

AllRows all_rows(TestDatabase& store, const RowsToLeaveOut& without) {
  AllRows all;
  if (store->engine() == Engine::postgres) {
    all = store->read([&](Snapshot& snapshot) { return rows_of_schema(snapshot, without); });
  } else {
    const auto file = store->read([](Snapshot& snapshot) {
      return snapshot.get<std::string>("SELECT file FROM pragma_database_list WHERE name = 'main'");
    });
    all = rows_of_file(file, without);
  }
  for (auto& [table, rows] : all) std::ranges::sort(rows);
  return all;
}

std::vector<std::string> differences(const AllRows& before, const AllRows& after) {
  std::vector<std::string> found;
  const auto compare = [&](const AllRows& one, const AllRows& other, const std::string& sign) {
    for (const auto& [table, rows] : one) {
      const auto there = other.find(table);
      std::vector<std::string> only;
      const auto& others = there == other.end() ? std::vector<std::string>{} : there->second;
      std::ranges::set_difference(rows, others, std::back_inserter(only));
      for (const auto& row : only) found.push_back(sign + ' ' + table + ": " + row);
    }
  };
  compare(before, after, "-");
  compare(after, before, "+");
  return found;
}

}  // namespace guerdon::test
