// Work in several transactions that happens as a whole or not at all: modules define sagas, start them inside their own
// transaction, and ask what became of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "saga/definition.hpp"
#include "saga/types.hpp"

namespace guerdon::saga {

class Sagas {
 public:
  virtual ~Sagas() = default;

  /// While wiring only. Throws std::logic_error: no steps, a step without a name or an action, a name that occurs
  /// twice.
  template <class State>
  void define(std::string type, std::vector<Step<State>> steps, Hooks<State> hooks = {}) {
    for (const auto& step : steps) check_step(step.name, step.apply && step.undo, step.max_attempts);
    add(without_type(std::move(type), std::move(steps), std::move(hooks)));
  }

  /// Begins with the caller's commit. A State with a member `saga_id` gets it filled in: what a step hides carries it.
  /// Throws std::logic_error for a type that was not defined.
  template <class State>
  SagaId start(Tx& tx, std::string_view type, const State& state, std::optional<UserId> user = std::nullopt) {
    const auto id = tx.new_id<SagaId>();
    State named = state;
    if constexpr (requires { named.saga_id = id; }) named.saga_id = id;
    begin(tx, id, type, store_state(named), user);
    return id;
  }

  [[nodiscard]] virtual std::optional<SagaRecord> find(Snapshot& snapshot, SagaId saga) const = 0;
  /// The saga of this type about this user that has not ended yet; the oldest, should there be several.
  [[nodiscard]] virtual std::optional<SagaId> find_unfinished(Snapshot& snapshot, std::string_view type,
                                                              UserId user) const = 0;

 protected:
  virtual void add(Definition definition) = 0;
  virtual void begin(Tx& tx, SagaId saga, std::string_view type, const json::value& state,
                     std::optional<UserId> user) = 0;

 private:
  static void check_step(std::string_view name, bool has_actions, int max_attempts) {
    if (name.empty() || !has_actions || max_attempts < 1) {
      throw std::logic_error("a saga's step needs a name, apply, undo and an attempt");
    }
  }
};

}  // namespace guerdon::saga
