// What a step of a saga does or undoes, at once or in portions.
#pragma once

#include <concepts>
#include <functional>
#include <type_traits>
#include <utility>

#include "guerdon/result.hpp"
#include "guerdon/store.hpp"

namespace guerdon::saga {

/// What one call of a step has left to do. More: what it did is committed, and it is called again.
enum class Work { done, more };

/// What a step does or undoes: a callable that returns Result<Work>, or Result<void> where one call does it all.
template <class State>
class Action {
 public:
  Action() = default;
  template <class F>
    requires(!std::same_as<std::remove_cvref_t<F>, Action> && std::invocable<F&, Tx&, State&>)
  Action(F act) {  // NOLINT(google-explicit-constructor): steps are written as lambdas
    if constexpr (std::same_as<std::invoke_result_t<F&, Tx&, State&>, Result<void>>)
      act_ = [act = std::move(act)](Tx& tx, State& state) -> Result<Work> {
        auto result = act(tx, state);
        if (!result) return std::move(result).error();
        return Work::done;
      };
    else
      act_ = std::move(act);
  }

  explicit operator bool() const noexcept { return static_cast<bool>(act_); }
  Result<Work> operator()(Tx& tx, State& state) const { return act_(tx, state); }

 private:
  std::function<Result<Work>(Tx&, State&)> act_;
};

}  // namespace guerdon::saga
