#include "repository.hpp"

#include <stdexcept>

#include "guerdon/page.hpp"

namespace guerdon::saga {
namespace {

struct Head {
  SagaId id;
  std::string type;
  SagaState state = SagaState::running;
  std::optional<UserId> user_id;
  std::optional<json::value> receipt;
  Instant created_at;
  std::optional<Instant> next_at, finished_at;
};
BOOST_DESCRIBE_STRUCT(Head, (), (id, type, state, user_id, receipt, created_at, next_at, finished_at))

Receipt read_receipt(const std::optional<json::value>& stored) {
  Receipt receipt;
  if (!stored) return receipt;
  for (const auto& [table, count] : stored->as_object()) receipt.emplace(table, count.to_number<std::int64_t>());
  return receipt;
}

SagaRecord record_of(Snapshot& snapshot, const Head& head) {
  return {.id = head.id,
          .type = head.type,
          .state = head.state,
          .user_id = head.user_id,
          .steps = snapshot.list<StepRecord>("SELECT name, state, attempts, error, started_at, finished_at"
                                             " FROM saga_steps WHERE saga_id = $1 ORDER BY position",
                                             head.id),
          .receipt = read_receipt(head.receipt),
          .created_at = head.created_at,
          .next_at = head.next_at,
          .finished_at = head.finished_at};
}

void must_be_under_way(std::int64_t changed, SagaId saga) {
  if (changed != 1) throw std::logic_error("the saga " + saga.to_string() + " has ended, or is not there");
}

std::vector<Head> page_heads(Snapshot& snapshot, const SagaFilter& filter, const Uuid& before, std::int64_t limit) {
  if (filter.user)
    return snapshot.list<Head>(
        "SELECT id, type, state, user_id, receipt, created_at, next_at, finished_at FROM saga_sagas"
        " WHERE user_id = $1 AND id < $2 AND ($3 IS NULL OR state = $3) ORDER BY id DESC LIMIT $4",
        *filter.user, before, filter.state, limit);
  if (filter.state)
    return snapshot.list<Head>(
        "SELECT id, type, state, user_id, receipt, created_at, next_at, finished_at FROM saga_sagas"
        " WHERE state = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        *filter.state, before, limit);
  return snapshot.list<Head>(
      "SELECT id, type, state, user_id, receipt, created_at, next_at, finished_at FROM saga_sagas"
      " WHERE id < $1 ORDER BY id DESC LIMIT $2",
      before, limit);
}

}  // namespace

void add_saga(Tx& tx, const SagaRow& saga, std::optional<UserId> user, const std::vector<std::string>& steps) {
  tx.exec(
      "INSERT INTO saga_sagas (id, type, state, user_id, position, data, failures, lost, next_at, created_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, 0, 0, $7, $7)",
      saga.id, saga.type, saga.state, user, saga.position, saga.data, tx.now());
  constexpr Sql add_step =
      "INSERT INTO saga_steps (saga_id, position, name, state, attempts) VALUES ($1, $2, $3, $4, 0)";
  int position = 0;
  for (const auto& name : steps) tx.exec(add_step, saga.id, position++, name, StepState::pending);
}

void update_saga(Tx& tx, const SagaRow& saga) {
  constexpr Sql sql =
      "UPDATE saga_sagas SET state = $2, position = $3, data = $4, failures = $5, lost = $6, begun_by = $7,"
      " next_at = $8, failed_step = $9, reason = $10, is_partial = $11 WHERE id = $1 AND finished_at IS NULL";
  must_be_under_way(tx.exec(sql, saga.id, saga.state, saga.position, saga.data, saga.failures, saga.lost, saga.begun_by,
                            saga.next_at, saga.failed_step, saga.reason, saga.is_partial),
                    saga.id);
}

void finish_saga(Tx& tx, const SagaRow& saga, SagaState state, const json::object& receipt) {
  constexpr Sql sql =
      "UPDATE saga_sagas SET state = $2, position = $3, data = $4, failures = 0, lost = 0, begun_by = NULL,"
      " next_at = NULL, failed_step = $5, reason = $6, receipt = $7, finished_at = $8, is_partial = FALSE"
      " WHERE id = $1 AND finished_at IS NULL";
  must_be_under_way(
      tx.exec(sql, saga.id, state, saga.position, saga.data, saga.failed_step, saga.reason, receipt, tx.now()),
      saga.id);
}

void mark_attempt(Tx& tx, SagaId saga, int position) {
  tx.exec(
      "UPDATE saga_steps SET attempts = attempts + 1, started_at = COALESCE(started_at, $3)"
      " WHERE saga_id = $1 AND position = $2",
      saga, position, tx.now());
}

void mark_error(Tx& tx, SagaId saga, int position, std::string_view error) {
  tx.exec(
      "UPDATE saga_steps SET error = $3 WHERE saga_id = $1 AND position = (SELECT position FROM saga_steps"
      " WHERE saga_id = $1 ORDER BY abs(position - $2) LIMIT 1)",
      saga, position, error);
}

void mark_step(Tx& tx, SagaId saga, int position, StepState state) {
  tx.exec("UPDATE saga_steps SET state = $3, finished_at = $4 WHERE saga_id = $1 AND position = $2", saga, position,
          state, tx.now());
}

std::optional<SagaRow> lock_due(Tx& tx) {
  constexpr Sql sql{
      "SELECT id, type, state, position, data, failures, lost, begun_by, next_at, failed_step, reason,"
      " is_partial FROM saga_sagas"
      " WHERE next_at <= $1 ORDER BY next_at, id LIMIT 1",
      "SELECT id, type, state, position, data, failures, lost, begun_by, next_at, failed_step, reason,"
      " is_partial FROM saga_sagas"
      " WHERE next_at <= $1 ORDER BY next_at, id LIMIT 1 FOR UPDATE SKIP LOCKED"};
  return tx.find<SagaRow>(sql, tx.now());
}

std::optional<SagaRow> lock_begun(Tx& tx, SagaId saga, const Uuid& process) {
  constexpr Sql sql{
      "SELECT id, type, state, position, data, failures, lost, begun_by, next_at, failed_step, reason,"
      " is_partial FROM saga_sagas"
      " WHERE id = $1 AND begun_by = $2",
      "SELECT id, type, state, position, data, failures, lost, begun_by, next_at, failed_step, reason,"
      " is_partial FROM saga_sagas"
      " WHERE id = $1 AND begun_by = $2 FOR UPDATE"};
  return tx.find<SagaRow>(sql, saga, process);
}

void give_back(Tx& tx, SagaId saga, const Uuid& process) {
  tx.exec("UPDATE saga_sagas SET begun_by = NULL, next_at = $3 WHERE id = $1 AND begun_by = $2", saga, process,
          tx.now());
}

std::optional<Instant> find_next_at(Snapshot& snapshot) {
  return snapshot.find<Instant>("SELECT next_at FROM saga_sagas WHERE next_at > $1 ORDER BY next_at LIMIT 1",
                                snapshot.now());
}

std::optional<std::string> find_step_name(Snapshot& snapshot, SagaId saga, int position) {
  return snapshot.find<std::string>("SELECT name FROM saga_steps WHERE saga_id = $1 AND position = $2", saga, position);
}

std::optional<SagaRecord> find_record(Snapshot& snapshot, SagaId saga) {
  const auto head = snapshot.find<Head>(
      "SELECT id, type, state, user_id, receipt, created_at, next_at, finished_at FROM saga_sagas WHERE id = $1", saga);
  if (!head) return std::nullopt;
  return record_of(snapshot, *head);
}

std::vector<SagaRecord> page_records(Snapshot& snapshot, const SagaFilter& filter, std::optional<Uuid> before,
                                     std::int64_t limit) {
  std::vector<SagaRecord> records;
  for (const auto& head : page_heads(snapshot, filter, below(before), limit))
    records.push_back(record_of(snapshot, head));
  return records;
}

bool hurry(Tx& tx, SagaId saga) {
  constexpr Sql sql =
      "UPDATE saga_sagas SET next_at = CASE WHEN begun_by IS NULL THEN $2 ELSE next_at END, failures = 0, lost = 0"
      " WHERE id = $1 AND finished_at IS NULL";
  return tx.exec(sql, saga, tx.now()) == 1;
}

std::optional<SagaId> find_unfinished(Snapshot& snapshot, std::string_view type, UserId user) {
  return snapshot.find<SagaId>(
      "SELECT id FROM saga_sagas WHERE user_id = $1 AND type = $2 AND finished_at IS NULL ORDER BY id LIMIT 1", user,
      type);
}

}  // namespace guerdon::saga
