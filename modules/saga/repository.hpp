// The rows of sagas and of their steps.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guerdon/json.hpp"
#include "guerdon/store.hpp"
#include "saga/types.hpp"

namespace guerdon::saga {

/// A saga that has not ended. Its position is the step whose turn it is; one past the last, or one before the first,
/// when only the end is left to be done.
struct SagaRow {
  SagaId id;
  std::string type;
  SagaState state = SagaState::running;
  int position = 0;
  json::value data;
  int failures = 0;              ///< of what is to be done at this position
  int lost = 0;                  ///< attempts at it during which the process ended
  std::optional<Uuid> begun_by;  ///< the process that has begun the attempt under way
  std::optional<Instant> next_at;
  std::optional<std::string> failed_step, reason;
  bool is_partial = false;  ///< the step at this position, not applied as a whole, has changed rows
};
BOOST_DESCRIBE_STRUCT(SagaRow, (),
                      (id, type, state, position, data, failures, lost, begun_by, next_at, failed_step, reason,
                       is_partial))

void add_saga(Tx& tx, const SagaRow& saga, std::optional<UserId> user, const std::vector<std::string>& steps);
/// Both throw std::logic_error for a saga that has ended: whoever held no lock on its row would write over its end.
void update_saga(Tx& tx, const SagaRow& saga);
void finish_saga(Tx& tx, const SagaRow& saga, SagaState state, const json::object& receipt);

void mark_attempt(Tx& tx, SagaId saga, int position);
/// Past either end it is the nearest step's.
void mark_error(Tx& tx, SagaId saga, int position, std::string_view error);
void mark_step(Tx& tx, SagaId saga, int position, StepState state);

/// The one that has been due for longest, with the row's lock; none that another server has locked.
[[nodiscard]] std::optional<SagaRow> lock_due(Tx& tx);
/// With the row's lock; nothing unless this process has begun the attempt that is under way.
[[nodiscard]] std::optional<SagaRow> lock_begun(Tx& tx, SagaId saga, const Uuid& process);
/// What the process has begun is due, and begun by nobody.
void give_back(Tx& tx, SagaId saga, const Uuid& process);
/// Of those that are not due yet.
[[nodiscard]] std::optional<Instant> find_next_at(Snapshot& snapshot);
/// Nothing past either end of the steps.
[[nodiscard]] std::optional<std::string> find_step_name(Snapshot& snapshot, SagaId saga, int position);

[[nodiscard]] std::optional<SagaRecord> find_record(Snapshot& snapshot, SagaId saga);
struct SagaFilter {
  std::optional<SagaState> state;
  std::optional<UserId> user;
};
/// Newest first, with ids below `before`.
[[nodiscard]] std::vector<SagaRecord> page_records(Snapshot& snapshot, const SagaFilter& filter,
                                                   std::optional<Uuid> before, std::int64_t limit);
/// Due now unless somebody is at it, and as if what it stands at had never failed; false for a saga that has ended.
bool hurry(Tx& tx, SagaId saga);
[[nodiscard]] std::optional<SagaId> find_unfinished(Snapshot& snapshot, std::string_view type, UserId user);

}  // namespace guerdon::saga
