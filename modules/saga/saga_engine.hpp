// Drives every saga, one small transaction after the other: a pass counts an attempt, or makes it.
// It refuses to end a saga in between: all steps applied, or all undone.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "guerdon/bus.hpp"
#include "guerdon/random.hpp"
#include "repository.hpp"
#include "saga/ports.hpp"

namespace guerdon::saga {

class SagaEngine final : public Sagas {
 public:
  static constexpr std::string_view pump = "saga";

  /// Adds its pump, which refers to the engine from then on.
  SagaEngine(Pumps& pumps, Random& random);
  SagaEngine(const SagaEngine&) = delete;
  SagaEngine& operator=(const SagaEngine&) = delete;

  [[nodiscard]] std::optional<SagaRecord> find(Snapshot& snapshot, SagaId saga) const override;
  [[nodiscard]] std::optional<SagaId> find_unfinished(Snapshot& snapshot, std::string_view type,
                                                      UserId user) const override;
  PumpResult pass(Tx& tx);
  /// After the last pass: what this process has begun and not made goes on elsewhere at once, and was not lost. Throws
  /// StoreError.
  void give_back(Database& database) const;

 protected:
  void add(Definition definition) override;
  void begin(Tx& tx, SagaId saga, std::string_view type, const json::value& state, std::optional<UserId> user) override;

 private:
  std::optional<SagaRow> lock_next(Tx& tx) const;
  void note_loss(Tx& tx, SagaRow& saga, const Definition& definition);
  void begin_attempt(Tx& tx, SagaRow& saga);
  void make_attempt(Tx& tx, SagaRow& saga, const Definition& definition);
  void apply(Tx& tx, SagaRow& saga, const Definition& definition, const UntypedStep& step);
  void undo(Tx& tx, SagaRow& saga, const Definition& definition, const UntypedStep& step);
  void turn_round(Tx& tx, SagaRow& saga, const Definition& definition, const SagaFailure& failure,
                  std::string_view error);
  static void stay(Tx& tx, SagaRow& saga, json::value data);
  void go_on(Tx& tx, SagaRow& saga, const Definition& definition);
  void finish(Tx& tx, SagaRow& saga, const Definition& definition);
  void try_later(Tx& tx, SagaRow& saga, std::string_view error);
  static void hold(Tx& tx, SagaRow& saga, std::string_view error);

  Pumps& pumps_;
  Random& random_;
  const Uuid process_;           // tells attempts of this process from those that an earlier one left behind
  std::optional<SagaId> begun_;  // the last attempt that was begun; passes of one process come one after the other
  std::map<std::string, Definition, std::less<>> definitions_;
};

}  // namespace guerdon::saga
