// Makes the Nth statement or commit of a store fail, for the anomaly loop: N = 1, 2, … until everything succeeds.
#pragma once

#include <atomic>
#include <string_view>

#include "store/fault_injector.hpp"

namespace guerdon::test {

class NthFault final : public store::FaultInjector {
 public:
  enum class What {
    statement,          ///< a statement of a command or of the outbox, savepoints included
    commit_refused,     ///< COMMIT fails and everything is undone
    commit_lost,        ///< COMMIT's outcome is unknown, and it did not happen: the store stops
    commit_unconfirmed  ///< COMMIT's outcome is unknown, and it did happen: the store stops
  };

  /// From now on the `n`th operation of this sort (from 1) fails, once.
  void arm(What what, int n, StoreError::Kind kind = StoreError::Kind::broken) {
    kind_ = kind;
    what_ = what;
    left_ = n;
  }
  void disarm() { left_ = 0; }
  [[nodiscard]] bool armed() const { return left_ > 0; }  ///< it has not struck yet

  void before_statement(std::string_view) override { strike(What::statement, kind_); }
  void before_commit() override {
    strike(What::commit_refused, StoreError::Kind::storage_full);
    strike(What::commit_lost, StoreError::Kind::commit_unknown);
  }
  void after_commit() override { strike(What::commit_unconfirmed, StoreError::Kind::commit_unknown); }

 private:
  void strike(What here, StoreError::Kind kind) {
    if (what_ == here && left_ > 0 && --left_ == 0) throw StoreError(kind, "a fault made by the test");
  }

  std::atomic<What> what_{What::statement};
  std::atomic<int> left_{0};
  std::atomic<StoreError::Kind> kind_{StoreError::Kind::broken};
};

}  // namespace guerdon::test
