// A retry changes when, never what: the engine decides as it always does.
#include "console.hpp"

#include "guerdon/audit.hpp"
#include "repository.hpp"
#include "saga_engine.hpp"

namespace guerdon::saga {

Result<Page<SagaRecord>> Console::list_sagas(Snapshot& snapshot, const SagaListQuery& query) const {
  const SagaFilter filter{.state = query.state, .user = query.user_id};
  return page_by_id<SagaRecord>(
      cursors_, query,
      [&](std::optional<Uuid> before, std::int64_t limit) { return page_records(snapshot, filter, before, limit); },
      [](const SagaRecord& record) { return record.id.uuid(); });
}

Result<SagaRecord> Console::get_saga(Snapshot& snapshot, SagaId id) const {
  auto record = find_record(snapshot, id);
  if (!record) return Error{problems::not_found, "There is no such saga."};
  return *std::move(record);
}

Result<SagaRecord> Console::retry(Tx& tx, const Caller& caller, SagaId id) const {
  if (const auto known = get_saga(tx, id); !known) return known.error();
  if (!hurry(tx, id)) return Error{saga_ended, "The saga has ended: there is nothing left to be tried."};
  tx.on_commit([this] { pumps_.wake(SagaEngine::pump); });
  auto record = get_saga(tx, id);
  record_audit(tx, caller, {.action = "saga.retried", .subject = id.to_string(), .details = {{"type", record->type}}});
  return record;
}

}  // namespace guerdon::saga
