// Savepoints all have one name: the innermost one wins, and they are left in reverse order.
#include "store/transaction.hpp"

#include <stdexcept>
#include <utility>

namespace guerdon::store {

void PendingWork::clear() noexcept {
  messages.clear();
  actions.clear();
  marks.clear();
  broken = nullptr;
}

void PendingTx::append(OutgoingMessage message) {
  if (!publishes_) throw std::logic_error("a message was published, but the database has no outbox attached");
  message.time = now();
  if (!traceparent_.empty()) message.headers.emplace("traceparent", traceparent_);
  work_.messages.push_back(std::move(message));
}

std::size_t PendingTx::begin_savepoint() {
  if (work_.broken) std::rethrow_exception(work_.broken);
  work_.marks.reserve(work_.marks.size() + 1);  // so that nothing can fail once the savepoint is there
  exec("SAVEPOINT s");
  work_.marks.push_back({work_.messages.size(), work_.actions.size()});
  return work_.marks.size() - 1;
}

void PendingTx::release_savepoint(std::size_t mark) {
  if (mark + 1 != work_.marks.size()) throw std::logic_error("savepoints must be left in reverse order");
  exec("RELEASE s");
  work_.marks.pop_back();
}

void PendingTx::undo_savepoint(std::size_t mark) {
  if (work_.broken) std::rethrow_exception(work_.broken);
  if (mark + 1 != work_.marks.size()) throw std::logic_error("savepoints must be left in reverse order");
  const auto [messages, actions] = work_.marks.back();
  work_.marks.pop_back();
  work_.messages.erase(work_.messages.begin() + static_cast<std::ptrdiff_t>(messages), work_.messages.end());
  work_.actions.erase(work_.actions.begin() + static_cast<std::ptrdiff_t>(actions), work_.actions.end());
  try {
    exec("ROLLBACK TO s");
    exec("RELEASE s");
  } catch (...) {
    if (!work_.broken) work_.broken = std::current_exception();
    throw;
  }
}

void set_traceparent(Tx& tx, std::string value) { static_cast<PendingTx&>(tx).set_traceparent(std::move(value)); }

}  // namespace guerdon::store
