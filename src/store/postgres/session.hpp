// One connection with its prepared statements and at most one transaction on it.
// BEGIN and savepoints wait for the next statement and travel with it: a transaction that asks nothing costs nothing.
// It refuses to go on with a transaction that has to run again, whatever its command makes of the error.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "guerdon/store.hpp"
#include "store/fault_injector.hpp"
#include "store/postgres/link.hpp"
#include "store/postgres/statements.hpp"
#include "store/postgres/target.hpp"
#include "store/transaction.hpp"

namespace guerdon::store::postgres {

class Answers;

/// COMMIT was sent and its answer never came: only the server knows what became of the transaction.
struct CommitLost {
  std::string xid;
  SessionOrigin origin;  ///< of the session that is gone
};

class Session final : public EngineConnection {
 public:
  /// Does not connect yet. `faults` may be null.
  explicit Session(Target target, FaultInjector* faults = nullptr) : target_(std::move(target)), faults_(faults) {}

  [[nodiscard]] bool connected() const noexcept { return link_ != nullptr && link_->usable(); }
  void connect();  ///< throws StatementError
  void disconnect() noexcept;
  [[nodiscard]] const Target& target() const noexcept { return target_; }
  [[nodiscard]] Link& link() { return *link_; }

  void begin_write();
  /// One snapshot for all that follows, which may take `limit` (0 = the session's own limit for each statement).
  void begin_read(std::chrono::milliseconds limit);
  /// Throws StoreError when nothing was kept, CommitLost when that is not known.
  void commit();
  void rollback() noexcept;
  /// Set once the transaction can't be kept and has to run again.
  [[nodiscard]] const std::optional<StatementError>& spoiled() const noexcept { return spoiled_; }

  [[nodiscard]] Engine engine() const noexcept override { return Engine::postgres; }
  /// Throws StatementError. A statement that fails outside of any savepoint is the transaction's end.
  std::int64_t execute(const Sql& sql, std::span<const Param> params, RowVisitor visit) override;
  void run_script(std::string_view sql) override;

 private:
  void begin(std::string statement, bool writes);
  void end() noexcept;
  void check() const;
  bool defer(std::string_view control);
  ResultPtr run(const char* text, const WireParams& params);
  ResultPtr exchange(const char* text, const WireParams& params);
  void send_pending();
  void receive_pending(Answers& answers);
  void inject(FunctionRef<void(FaultInjector&)> fault);
  StatementError note(const StatementError& error);

  Target target_;
  FaultInjector* faults_;
  std::unique_ptr<Link> link_;
  Statements statements_;  // prepared in the link

  std::vector<std::string> pending_;  // control statements that the server has not seen yet
  bool writes_ = false;
  bool begun_ = false;  // on the server
  std::string xid_;
  std::optional<std::chrono::steady_clock::time_point> deadline_;
  std::optional<StatementError> failed_;   // a savepoint may still undo it
  std::optional<StatementError> spoiled_;  // nothing can
};

}  // namespace guerdon::store::postgres
