// A kind of saga: what its steps do and undo, written for its own State, kept for the engine without it.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "guerdon/codec.hpp"
#include "guerdon/json.hpp"
#include "guerdon/result.hpp"
#include "guerdon/store.hpp"
#include "saga/action.hpp"
#include "saga/types.hpp"

namespace guerdon::saga {

/// One step of a saga over a described struct. Both actions may change the State; what a failed call changed is
/// forgotten, in the State as in the rows. A step that touches many rows does a portion of them a call; the rows it
/// has dealt with are its place.
template <class State>
struct Step {
  std::string name;  ///< stored with the saga: stable for ever
  /// An error is a refusal: the saga turns round. A throw is tried again, `max_attempts` times in a row.
  Action<State> apply;
  /// Takes back what apply did, be it a part. An error or a throw is tried again until it succeeds.
  Action<State> undo;
  int max_attempts = 8;
};

/// Called as the saga ends, in the transaction that says so; all optional. A throw is tried again until it succeeds.
template <class State>
struct Hooks {
  std::function<void(Tx&, const State&)> on_succeeded;
  std::function<void(Tx&, const State&, const SagaFailure&)> on_failed;
  /// What a saga that succeeded has changed.
  std::function<Receipt(const State&)> receipt;
};

struct UntypedStep {
  using Action = std::function<Result<Work>(Tx&, json::value&)>;
  std::string name;
  Action apply, undo;
  int max_attempts;
};

struct Definition {
  std::string type;
  std::vector<UntypedStep> steps;
  std::function<void(Tx&, const json::value&)> on_succeeded;
  std::function<void(Tx&, const json::value&, const SagaFailure&)> on_failed;
  std::function<Receipt(const json::value&)> receipt;
};

template <class State>
[[nodiscard]] json::value store_state(const State& state) {
  return json::parse(to_json(state));
}

/// Throws std::runtime_error when what was stored is no State: the type was changed without care for running sagas.
template <class State>
[[nodiscard]] State load_state(const json::value& stored) {
  auto state = decode<State>(stored, Unknown::ignore);
  if (!state) throw std::runtime_error("the saga's stored state does not fit its type");
  return *std::move(state);
}

template <class State>
[[nodiscard]] UntypedStep::Action without_type(Action<State> action) {
  return [action = std::move(action)](Tx& tx, json::value& stored) -> Result<Work> {
    auto state = load_state<State>(stored);
    auto result = action(tx, state);
    if (result) stored = store_state(state);
    return result;
  };
}

template <class State>
[[nodiscard]] Definition without_type(std::string type, std::vector<Step<State>> steps, Hooks<State> hooks) {
  Definition definition{.type = std::move(type), .steps = {}, .on_succeeded = {}, .on_failed = {}, .receipt = {}};
  for (auto& step : steps) {
    definition.steps.push_back({.name = std::move(step.name),
                                .apply = without_type(std::move(step.apply)),
                                .undo = without_type(std::move(step.undo)),
                                .max_attempts = step.max_attempts});
  }
  definition.on_succeeded = [hook = std::move(hooks.on_succeeded)](Tx& tx, const json::value& stored) {
    if (hook) hook(tx, load_state<State>(stored));
  };
  definition.on_failed = [hook = std::move(hooks.on_failed)](Tx& tx, const json::value& stored,
                                                             const SagaFailure& failure) {
    if (hook) hook(tx, load_state<State>(stored), failure);
  };
  definition.receipt = [hook = std::move(hooks.receipt)](const json::value& stored) {
    return hook ? hook(load_state<State>(stored)) : Receipt{};
  };
  return definition;
}

}  // namespace guerdon::saga
