// A saga that takes a day wants somebody to look; that it never rests in between can be asked of its rows.
#include "saga/module.hpp"

namespace guerdon::saga {
namespace {

std::vector<std::string> name_each(const std::vector<SagaId>& sagas) {
  std::vector<std::string> lines;
  for (const auto& saga : sagas) lines.push_back(saga.to_string());
  return lines;
}

std::vector<std::string> ended_in_between(Snapshot& snapshot) {
  constexpr Sql sql =
      "SELECT DISTINCT g.id FROM saga_sagas g JOIN saga_steps s ON s.saga_id = g.id"
      " WHERE (g.state = 'SUCCEEDED' AND s.state <> 'APPLIED') OR (g.state = 'FAILED' AND s.state = 'APPLIED')"
      " LIMIT 100";
  return name_each(snapshot.list<SagaId>(sql));
}

std::vector<std::string> out_of_step(Snapshot& snapshot) {
  constexpr Sql sql =
      "SELECT DISTINCT g.id FROM saga_sagas g JOIN saga_steps s ON s.saga_id = g.id"
      " WHERE (g.state = 'RUNNING' AND (s.position < g.position) <> (s.state = 'APPLIED'))"
      " OR (g.state = 'COMPENSATING' AND (CASE WHEN g.is_partial THEN s.position < g.position"
      " ELSE s.position <= g.position END) <> (s.state = 'APPLIED')) LIMIT 100";
  return name_each(snapshot.list<SagaId>(sql));
}

std::vector<std::string> forgotten(Snapshot& snapshot) {
  constexpr Sql sql =
      "SELECT id FROM saga_sagas WHERE (next_at IS NULL) <> (state IN ('SUCCEEDED', 'FAILED'))"
      " OR (finished_at IS NULL) <> (state NOT IN ('SUCCEEDED', 'FAILED')) LIMIT 100";
  return name_each(snapshot.list<SagaId>(sql));
}

std::vector<std::string> unfinished_after_a_day(Snapshot& snapshot) {
  constexpr Sql sql = "SELECT id FROM saga_sagas WHERE next_at IS NOT NULL AND created_at < $1 LIMIT 100";
  return name_each(snapshot.list<SagaId>(sql, snapshot.now() - std::chrono::hours{24}));
}

}  // namespace

std::vector<Invariant> invariants() {
  return {{.name = "I29", .rule = "A saga ends within a day.", .violations = unfinished_after_a_day},
          {.name = "I29",
           .rule = "A saga that ended has all of its steps applied, or none.",
           .violations = ended_in_between},
          {.name = "I33",
           .rule = "A saga's steps are applied up to where it stands, and no further.",
           .violations = out_of_step},
          {.name = "saga.due", .rule = "A saga has a time to go on, or has ended.", .violations = forgotten}};
}

}  // namespace guerdon::saga
