// Between begin() and end() a change may be seen or not; nothing holds then. So the order matters: end() dates the
// change before it takes back that there is one, and is_unchanged() asks in the same order.
#include "store/sqlite/table_changes.hpp"

#include <algorithm>

namespace guerdon::store {

Table TableChanges::number(std::string_view name) {
  const std::lock_guard lock{mutex_};
  if (const auto found = numbers_.find(name); found != numbers_.end()) return found->second;
  const auto next = static_cast<Table>(std::min(numbers_.size(), most - 1));
  return numbers_.emplace(name, next).first->second;
}

void TableChanges::end(const std::vector<Table>& tables) noexcept {
  if (tables.empty()) return;
  const auto at = ended_.fetch_add(1) + 1;
  for (const Table table : tables) {
    auto& [being_written, written_at] = tables_[table];
    for (auto known = written_at.load(); known < at && !written_at.compare_exchange_weak(known, at);) {
    }
    being_written.fetch_sub(1);
  }
}

bool TableChanges::is_unchanged(const std::vector<Table>& tables, std::uint64_t since) const noexcept {
  return std::ranges::all_of(tables, [&](Table table) {
    return tables_[table].being_written.load() == 0 && tables_[table].written_at.load() <= since;
  });
}

}  // namespace guerdon::store
