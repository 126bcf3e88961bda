// Lets a test make the store fail at a chosen place. The product never has one.
#pragma once

#include <string_view>

namespace guerdon::store {

/// Called on the connections that write. What a method throws (a StoreError) is treated as if the database had said it.
class FaultInjector {
 public:
  FaultInjector() = default;
  FaultInjector(const FaultInjector&) = delete;
  FaultInjector& operator=(const FaultInjector&) = delete;
  virtual ~FaultInjector() = default;

  /// Before each statement of a command or of the outbox, savepoints included; not BEGIN, COMMIT, ROLLBACK.
  virtual void before_statement(std::string_view sql) = 0;
  /// Before COMMIT is sent. Kind commit_unknown: the commit's outcome is unknown, and it did not happen.
  virtual void before_commit() = 0;
  /// After COMMIT succeeded. Whatever it throws: the commit's outcome is unknown, and it did happen.
  virtual void after_commit() {}
  /// SQLite: before the log is synced on behalf of commits that can be read already, on a thread of its own. Whatever
  /// it throws: the disk did not take them.
  virtual void before_sync() {}
  /// SQLite: before the writer gives way to others in the middle of a group. Throws nothing.
  virtual void before_pause() noexcept {}
};

}  // namespace guerdon::store
