// See cursor.hpp.
#include "kafka/cursor.hpp"

#include <algorithm>
#include <iterator>

namespace guerdon::kafka {

Cursor::Entry& Cursor::hand_over(Topic& topic, std::int64_t position, std::size_t bytes) {
  read_ = position;
  return pending_.emplace_back(Entry{.topic = &topic, .cursor = this, .position = position, .bytes = bytes});
}

void Cursor::take_back() {
  read_ = pending_.back().position - 1;
  pending_.pop_back();
}

void Cursor::settle(Entry& entry) {
  entry.is_settled = true;
  move_on();
}

void Cursor::bury(Entry& entry, std::string reason) {
  entry.burial = std::move(reason);
  settle(entry);
}

void Cursor::move_on() {
  while (!pending_.empty() && pending_.front().is_settled) {
    auto& first = pending_.front();
    if (!first.burial.empty()) burials_.push_back({first.position, std::move(first.burial)});
    has_moved_ = true;
    pending_.pop_front();
  }
}

void Cursor::pass(std::int64_t position) { read_ = std::max(read_, position); }

void Cursor::rewind() {
  read_ = safe();
  pending_.clear();
}

void Cursor::saved(std::int64_t position, std::size_t burials) {
  stored_ = position;
  burials_.erase(burials_.begin(), std::next(burials_.begin(), static_cast<std::ptrdiff_t>(burials)));
  if (position == safe() && burials_.empty()) has_moved_ = false;
}

}  // namespace guerdon::kafka
