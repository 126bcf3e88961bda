// Each attempt is counted in a commit of its own before it is made. So after a crash it is known who was at work, and a
// step that kills the process is found; and a failure of the whole store, which undoes a pass, costs nobody an attempt.
// Where several servers share a database, a pass locks the saga's row, and in between, from that commit to the attempt,
// the others see it as due only once its lease is over. A step in portions is one attempt: each portion commits with
// the State and takes a new lease, so a crash costs no more than the portion that was being done.
#include "saga_engine.hpp"

#include <algorithm>
#include <cstring>
#include <set>
#include <stdexcept>
#include <utility>

#include "guerdon/process_id.hpp"
#include "model.hpp"

namespace guerdon::saga {
namespace {

struct Outcome {
  enum class Kind { done, more, refused, broken } kind = Kind::done;
  /// Why, as a code: it is told to everybody, and may not name anybody. The words are for operators alone.
  std::string reason{}, error{};

  static Outcome broken(std::string error) {
    return {.kind = Kind::broken, .reason = std::string{step_failed}, .error = std::move(error)};
  }
};

std::string describe(const Error& error) {
  std::string text{error.problem.code};
  if (!error.detail.empty()) text += ": " + error.detail;
  return text;
}

/// A saga has nothing to show for a refusal: it leaves no effects, whatever it asks for.
template <class Action>
Result<void> without_effects_if_refused(Action& action) {
  auto result = action();
  if (result) return result;
  Error error = result.error();
  error.keeps_effects = false;
  return error;
}

/// Throws StoreError when the store as a whole has failed.
template <class Action>
Outcome attempt(Tx& tx, Action action) {
  try {
    const auto result = tx.savepoint([&] { return without_effects_if_refused(action); });
    if (result) return {};
    return {.kind = Outcome::Kind::refused,
            .reason = std::string{result.error().problem.code},
            .error = describe(result.error())};
  } catch (const StoreError& error) {
    if (is_store_wide(error.kind())) throw;
    return Outcome::broken(error.what());
  } catch (const std::exception& error) {
    return Outcome::broken(error.what());
  }
}

/// One call of a step. Throws as attempt().
Outcome attempt_portion(Tx& tx, const UntypedStep::Action& action, json::value& data) {
  auto work = Work::done;
  auto outcome = attempt(tx, [&]() -> Result<void> {
    const auto answer = action(tx, data);
    if (!answer) return answer.error();
    work = *answer;
    return {};
  });
  if (outcome.kind == Outcome::Kind::done && work == Work::more) outcome.kind = Outcome::Kind::more;
  return outcome;
}

}  // namespace

SagaEngine::SagaEngine(Pumps& pumps, Random& random)
    : pumps_(pumps), random_(random), process_(make_process_id(random)) {
  pumps_.add(std::string{pump}, [this](Tx& tx) { return pass(tx); });
}

void SagaEngine::add(Definition definition) {
  std::set<std::string_view> names;
  for (const auto& step : definition.steps) {
    if (!names.insert(step.name).second) throw std::logic_error("two steps of a saga are called " + step.name);
  }
  if (names.empty()) throw std::logic_error("a saga needs a step: " + definition.type);
  const auto type = definition.type;
  if (!definitions_.emplace(type, std::move(definition)).second) {
    throw std::logic_error("two sagas are called " + type);
  }
}

void SagaEngine::begin(Tx& tx, SagaId saga, std::string_view type, const json::value& state,
                       std::optional<UserId> user) {
  const auto definition = definitions_.find(type);
  if (definition == definitions_.end()) throw std::logic_error("no saga is called " + std::string{type});
  SagaRow row;
  row.id = saga;
  row.type = type;
  row.data = state;
  std::vector<std::string> steps;
  for (const auto& step : definition->second.steps) steps.push_back(step.name);
  add_saga(tx, row, user, steps);
  tx.on_commit([this] { pumps_.wake(pump); });
}

std::optional<SagaRecord> SagaEngine::find(Snapshot& snapshot, SagaId saga) const {
  return find_record(snapshot, saga);
}

std::optional<SagaId> SagaEngine::find_unfinished(Snapshot& snapshot, std::string_view type, UserId user) const {
  return saga::find_unfinished(snapshot, type, user);
}

PumpResult SagaEngine::pass(Tx& tx) {
  auto saga = lock_next(tx);
  // What is due and was not found is in another server's hands: the next poll looks again.
  if (!saga) return {.more = false, .next_at = find_next_at(tx)};
  const auto definition = definitions_.find(saga->type);
  if (definition == definitions_.end())
    hold(tx, *saga, "this server does not know the type of this saga");
  else if (saga->begun_by == process_)
    make_attempt(tx, *saga, definition->second);
  else if (saga->begun_by)
    note_loss(tx, *saga, definition->second);
  else
    begin_attempt(tx, *saga);
  return {.more = true, .next_at = std::nullopt};
}

void SagaEngine::give_back(Database& database) const {
  if (!begun_) return;
  const auto given = database.write([&](Tx& tx) -> Result<void> {
    saga::give_back(tx, *begun_, process_);
    return {};
  });
  given.value();
}

/// What was begun is made before anything else is begun: a lease lasts for one attempt, not for a queue of them.
std::optional<SagaRow> SagaEngine::lock_next(Tx& tx) const {
  if (begun_)
    if (auto saga = lock_begun(tx, *begun_, process_)) return saga;
  return lock_due(tx);
}

/// Another process began an attempt and never told how it went.
void SagaEngine::note_loss(Tx& tx, SagaRow& saga, const Definition& definition) {
  ++saga.lost;
  constexpr std::string_view error = "the server ended during the attempt";
  const auto step = find_step_name(tx, saga.id, saga.position);
  if (step && saga.state == SagaState::running && saga.lost >= max_lost_attempts) {
    return turn_round(tx, saga, definition, {.step = *step, .reason = std::string{step_failed}}, error);
  }
  saga.begun_by.reset();
  saga.next_at = tx.now() + wait_after(saga.lost, random_);
  mark_error(tx, saga.id, saga.position, error);
  update_saga(tx, saga);
}

/// On an embedded database there is no other server: what is found begun there has lost its process.
void SagaEngine::begin_attempt(Tx& tx, SagaRow& saga) {
  saga.begun_by = process_;
  if (tx.engine() == Engine::postgres) saga.next_at = tx.now() + attempt_lease;
  mark_attempt(tx, saga.id, saga.position);
  update_saga(tx, saga);
  tx.on_commit([this, id = saga.id] { begun_ = id; });
}

void SagaEngine::make_attempt(Tx& tx, SagaRow& saga, const Definition& definition) {
  const auto name = find_step_name(tx, saga.id, saga.position);
  if (!name) return finish(tx, saga, definition);
  const auto step = std::ranges::find(definition.steps, *name, &UntypedStep::name);
  if (step == definition.steps.end()) return hold(tx, saga, "this server does not know this step");
  if (saga.state == SagaState::running)
    apply(tx, saga, definition, *step);
  else
    undo(tx, saga, definition, *step);
}

void SagaEngine::apply(Tx& tx, SagaRow& saga, const Definition& definition, const UntypedStep& step) {
  auto data = saga.data;
  const auto outcome = attempt_portion(tx, step.apply, data);
  if (outcome.kind == Outcome::Kind::more) {
    saga.is_partial = true;
    return stay(tx, saga, std::move(data));
  }
  if (outcome.kind == Outcome::Kind::done) {
    saga.data = std::move(data);
    saga.is_partial = false;
    mark_step(tx, saga.id, saga.position++, StepState::applied);
    return go_on(tx, saga, definition);
  }
  const bool last = saga.failures + 1 >= step.max_attempts;
  if (outcome.kind == Outcome::Kind::refused || last) {
    return turn_round(tx, saga, definition, {.step = step.name, .reason = outcome.reason}, outcome.error);
  }
  try_later(tx, saga, outcome.error);
}

void SagaEngine::undo(Tx& tx, SagaRow& saga, const Definition& definition, const UntypedStep& step) {
  auto data = saga.data;
  const auto outcome = attempt_portion(tx, step.undo, data);
  if (outcome.kind == Outcome::Kind::more) return stay(tx, saga, std::move(data));
  if (outcome.kind != Outcome::Kind::done) return try_later(tx, saga, outcome.error);
  saga.data = std::move(data);
  mark_step(tx, saga.id, saga.position--, saga.is_partial ? StepState::failed : StepState::undone);
  saga.is_partial = false;
  go_on(tx, saga, definition);
}

void SagaEngine::turn_round(Tx& tx, SagaRow& saga, const Definition& definition, const SagaFailure& failure,
                            std::string_view error) {
  mark_error(tx, saga.id, saga.position, error);
  mark_step(tx, saga.id, saga.position, StepState::failed);
  if (!saga.is_partial) --saga.position;  // otherwise what it did before it failed is the first to be undone
  saga.state = SagaState::compensating;
  saga.failed_step = failure.step;
  saga.reason = failure.reason;
  go_on(tx, saga, definition);
}

/// The same attempt goes on with the next portion. It got somewhere: what failed before is forgotten.
void SagaEngine::stay(Tx& tx, SagaRow& saga, json::value data) {
  saga.data = std::move(data);
  saga.failures = 0;
  saga.lost = 0;
  saga.next_at = tx.now();
  if (tx.engine() == Engine::postgres) saga.next_at = tx.now() + attempt_lease;
  update_saga(tx, saga);
}

void SagaEngine::go_on(Tx& tx, SagaRow& saga, const Definition& definition) {
  saga.failures = 0;
  saga.lost = 0;
  saga.begun_by.reset();
  saga.next_at = tx.now();
  if (!find_step_name(tx, saga.id, saga.position)) return finish(tx, saga, definition);
  update_saga(tx, saga);
}

void SagaEngine::finish(Tx& tx, SagaRow& saga, const Definition& definition) {
  const bool succeeded = saga.state == SagaState::running;
  json::object receipt;
  const auto outcome = attempt(tx, [&]() -> Result<void> {
    if (!succeeded) {
      definition.on_failed(tx, saga.data, {.step = saga.failed_step.value_or(""), .reason = saga.reason.value_or("")});
      return {};
    }
    for (const auto& [table, rows] : definition.receipt(saga.data)) receipt[table] = rows;
    definition.on_succeeded(tx, saga.data);
    return {};
  });
  if (outcome.kind != Outcome::Kind::done) return try_later(tx, saga, outcome.error);
  finish_saga(tx, saga, succeeded ? SagaState::succeeded : SagaState::failed, receipt);
}

void SagaEngine::try_later(Tx& tx, SagaRow& saga, std::string_view error) {
  ++saga.failures;
  saga.begun_by.reset();
  saga.next_at = tx.now() + wait_after(saga.failures, random_);
  mark_error(tx, saga.id, saga.position, error);
  update_saga(tx, saga);
}

/// Nobody's attempt: the saga waits for a server that knows it.
void SagaEngine::hold(Tx& tx, SagaRow& saga, std::string_view error) {
  saga.begun_by.reset();
  saga.next_at = tx.now() + longest_wait;
  mark_error(tx, saga.id, saga.position, error);
  update_saga(tx, saga);
}

}  // namespace guerdon::saga
