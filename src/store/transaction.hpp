// The part of a transaction that both engines share: savepoints, actions for after the commit, messages on their way
// to the outbox. It never begins, commits or rolls back; the engine does.
#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "guerdon/store.hpp"

namespace guerdon::store {

/// A connection of an engine: also runs the scripts of migrations.
class EngineConnection : public Connection {
 public:
  /// Several statements without parameters, in the transaction that is open. Throws StoreError.
  virtual void run_script(std::string_view sql) = 0;
};

/// What a transaction, or a group that commits as one, will do beside its rows.
struct PendingWork {
  struct Mark {
    std::size_t messages, actions;
  };
  std::vector<OutgoingMessage> messages;
  std::vector<std::function<void()>> actions;
  std::vector<Mark> marks;    ///< open savepoints, the innermost last
  std::exception_ptr broken;  ///< undoing a savepoint failed: nothing of this transaction may be committed

  void clear() noexcept;
};

class PendingTx final : public Tx {
 public:
  /// `publishes`: an outbox is attached; without one append() throws.
  PendingTx(EngineConnection& connection, Moment moment, PendingWork& work, bool publishes)
      : Tx(connection, moment), engine_(connection), work_(work), publishes_(publishes) {}

  void on_commit(std::function<void()> action) override { work_.actions.push_back(std::move(action)); }
  void append(OutgoingMessage message) override;

  /// Savepoints nest and are left in reverse order. begin and release throw StoreError; after a failed begin there is
  /// nothing to undo, after a failed release there is. undo throws when it could not, and marks the work as broken.
  std::size_t begin_savepoint() override;
  void release_savepoint(std::size_t mark) override;
  void undo_savepoint(std::size_t mark) override;

  void run_script(std::string_view sql) { engine_.run_script(sql); }
  void set_traceparent(std::string value) { traceparent_ = std::move(value); }

 private:
  EngineConnection& engine_;
  PendingWork& work_;
  bool publishes_;
  std::string traceparent_;
};

/// The trace (W3C `traceparent`) that the work belongs to, or empty for none: what is appended from now on carries it
/// as a header. Every Tx of an engine is a PendingTx.
void set_traceparent(Tx& tx, std::string value);

}  // namespace guerdon::store
