// One thread's read-only connection. It keeps its snapshot between runs until something was committed, so that a point
// query costs neither BEGIN nor COMMIT. It never checkpoints.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "store/sqlite/connection.hpp"
#include "store/sqlite/shared.hpp"

namespace guerdon::store {

class SqliteReader final : public Reader {
 public:
  /// `longest`: how long a run may take; empty = as long as it wants. Throws StoreError (unavailable) when the database
  /// is closed.
  SqliteReader(std::shared_ptr<SqliteShared> shared, std::optional<std::chrono::milliseconds> longest);
  SqliteReader(const SqliteReader&) = delete;
  SqliteReader& operator=(const SqliteReader&) = delete;
  ~SqliteReader() override;

  void run(FunctionRef<void(Snapshot&)> fn, std::int64_t steps) override;
  [[nodiscard]] bool look(FunctionRef<void(Snapshot&)> fn, std::int64_t steps) override;
  void settle(std::function<void(bool is_durable)> told) override { shared_->horizon.when(sees_, std::move(told)); }
  void begin_footprint() override { connection_.begin_tracing(); }
  [[nodiscard]] std::optional<Footprint> end_footprint() override {
    return Footprint{connection_.end_tracing(), seen_at_};
  }
  [[nodiscard]] bool is_unchanged(const Footprint& footprint) const noexcept override {
    return shared_->changes.is_unchanged(footprint.tables, footprint.at);
  }
  void release() noexcept override;
  /// Called by the writer. False: a run is going on.
  bool try_release() noexcept;

 private:
  using Steady = std::chrono::steady_clock;

  static int on_progress(void* self) noexcept;
  void refresh();
  void map_file(bool is_worth_it);
  [[nodiscard]] bool may_map_again() noexcept;
  void visit(FunctionRef<void(Snapshot&)> fn, std::int64_t steps);

  std::shared_ptr<SqliteShared> shared_;
  SqliteConnection connection_;
  std::mutex mutex_;                   // held during a run; the writer takes it to end a kept snapshot
  std::optional<std::uint64_t> seen_;  // the commits that the kept snapshot has at least; empty: not to be kept
  std::uint64_t sees_ = 0;             // on the horizon: what it may have at most
  std::uint64_t seen_at_ = 0;          // among the changes of tables: the snapshot has at least those
  bool is_mapped_ = false;
  Steady::time_point refreshed_;  // when the snapshot was taken
  std::uint64_t kept_ = 0;        // how often one was kept
  std::int64_t steps_left_ = 0;
  bool bounded_ = false;
  const std::optional<std::chrono::milliseconds> longest_;
  Steady::time_point deadline_;
};

}  // namespace guerdon::store
