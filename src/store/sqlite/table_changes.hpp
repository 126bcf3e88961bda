// When tables were last written: whoever read rows and kept what came of them can tell whether that still holds,
// without having to be told by those who write.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace guerdon::store {

/// A table's number, the same for all connections of one database.
using Table = std::uint16_t;

/// Thread-safe.
class TableChanges {
 public:
  static constexpr std::size_t most = 256;  ///< further ones are one table together

  [[nodiscard]] Table number(std::string_view name);

  /// Rows of the table are about to be written: before anybody else can see them.
  void begin(Table table) noexcept { tables_[table].being_written.fetch_add(1); }
  /// Those changes are seen by every snapshot from now on, or never will be.
  void end(const std::vector<Table>& tables) noexcept;

  /// A point in time. A snapshot that is taken after this call has all that ended before it.
  [[nodiscard]] std::uint64_t now() const noexcept { return ended_.load(); }
  /// Are all rows what they were in a snapshot of that time? What anybody can have seen otherwise counts as a change.
  [[nodiscard]] bool is_unchanged(const std::vector<Table>& tables, std::uint64_t since) const noexcept;

 private:
  struct State {
    std::atomic<std::uint64_t> being_written{0};  // by how many transactions
    std::atomic<std::uint64_t> written_at{0};
  };
  std::array<State, most> tables_;
  std::atomic<std::uint64_t> ended_{0};
  std::mutex mutex_;
  std::map<std::string, Table, std::less<>> numbers_;
};

}  // namespace guerdon::store
