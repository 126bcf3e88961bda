// See runs.hpp.
#include "purge/runs.hpp"

#include "guerdon/page.hpp"

namespace guerdon {

bool add_run(Tx& tx, const PurgeRun& r) {
  return tx.exec(
             "INSERT INTO purge_runs (id, state, stage, refusal, until_at, due_users, due_events, users, events, "
             "failed, counts, answers_after, confirmed_by, started_at, finished_at, number) "
             "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, "
             "(SELECT coalesce(max(number), 0) + 1 FROM purge_runs)) ON CONFLICT DO NOTHING",
             r.id, r.state, r.stage, r.refusal, r.until_at, r.due_users, r.due_events, r.users, r.events, r.failed,
             r.counts, r.answers_after, r.confirmed_by, r.started_at, r.finished_at) == 1;
}

std::optional<PurgeRun> lock_running(Tx& tx) {
  static constexpr Sql sql{
      "SELECT id, state, stage, refusal, until_at, due_users, due_events, users, events, failed, counts, "
      "answers_after, confirmed_by, started_at, finished_at FROM purge_runs WHERE state = 'RUNNING'",
      "SELECT id, state, stage, refusal, until_at, due_users, due_events, users, events, failed, counts, "
      "answers_after, confirmed_by, started_at, finished_at FROM purge_runs WHERE state = 'RUNNING' FOR UPDATE"};
  return tx.find<PurgeRun>(sql);
}

std::optional<PurgeRun> find_last_run(Snapshot& snapshot) {
  auto runs = page_runs(snapshot, std::nullopt, 1);
  if (runs.empty()) return std::nullopt;
  return std::move(runs.front());
}

std::vector<PurgeRun> page_runs(Snapshot& snapshot, std::optional<Uuid> before, std::int64_t limit) {
  return snapshot.list<PurgeRun>(
      "SELECT id, state, stage, refusal, until_at, due_users, due_events, users, events, failed, counts, "
      "answers_after, confirmed_by, started_at, finished_at FROM purge_runs WHERE number < "
      "coalesce((SELECT number FROM purge_runs WHERE id = $1), 9223372036854775807) ORDER BY number DESC LIMIT $2",
      below(before), limit);
}

void save_run(Tx& tx, const PurgeRun& r) {
  tx.exec(
      "UPDATE purge_runs SET state = $2, stage = $3, users = $4, events = $5, failed = $6, counts = $7, "
      "answers_after = $8, finished_at = $9 WHERE id = $1",
      r.id, r.state, r.stage, r.users, r.events, r.failed, r.counts, r.answers_after, r.finished_at);
}

void add_failure(Tx& tx, std::string_view kind, const Uuid& id) {
  tx.exec("INSERT INTO purge_failures (kind, id) VALUES ($1, $2) ON CONFLICT (kind, id) DO NOTHING", kind, id);
}

std::set<Uuid> list_failures(Snapshot& snapshot, std::string_view kind) {
  std::set<Uuid> ids;
  snapshot.visit(
      "SELECT id FROM purge_failures WHERE kind = $1", [&](const Row& row) { ids.insert(row.uuid(0)); }, kind);
  return ids;
}

void forget_failures(Tx& tx) { tx.exec("DELETE FROM purge_failures"); }

std::optional<PurgeRemains> find_remains(Snapshot& snapshot, std::string_view kind) {
  return snapshot.find<PurgeRemains>(
      "SELECT id, counts, message_keys FROM purge_subjects AS s WHERE kind = $1 AND NOT EXISTS "
      "(SELECT 1 FROM purge_failures AS f WHERE f.kind = s.kind AND f.id = s.id) ORDER BY id LIMIT 1",
      kind);
}

void save_remains(Tx& tx, std::string_view kind, const PurgeRemains& remains) {
  tx.exec(
      "INSERT INTO purge_subjects (kind, id, counts, message_keys) VALUES ($1, $2, $3, $4) "
      "ON CONFLICT (kind, id) DO UPDATE SET counts = excluded.counts",
      kind, remains.id, remains.counts, remains.message_keys);
}

void end_remains(Tx& tx, std::string_view kind, const Uuid& id) {
  tx.exec("DELETE FROM purge_subjects WHERE kind = $1 AND id = $2", kind, id);
}

void add_counts(json::object& sum, const PurgeCounts& counts) {
  for (const auto& [table, rows] : counts) {
    auto& value = sum[table];
    value = (value.is_null() ? 0 : value.to_number<std::int64_t>()) + rows;
  }
}

PurgeCounts counts_of(const json::object& stored) {
  PurgeCounts counts;
  for (const auto& member : stored) counts.emplace(std::string{member.key()}, member.value().to_number<std::int64_t>());
  return counts;
}

json::object set_of(const std::vector<std::string>& names) {
  json::object set;
  for (const auto& name : names) set[name] = nullptr;
  return set;
}

std::vector<std::string> names_of(const json::object& set) {
  std::vector<std::string> names;
  for (const auto& member : set) names.emplace_back(member.key());
  return names;
}

}  // namespace guerdon
