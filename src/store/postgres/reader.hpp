// Reads on a connection of its own, each run in one repeatable-read snapshot.
#pragma once

#include "store/open.hpp"
#include "store/postgres/session.hpp"

namespace guerdon::store::postgres {

class PostgresReader final : public Reader {
 public:
  /// `patient`: a run may take longer than the options allow.
  PostgresReader(Target target, const DatabaseOptions& options, bool patient);

  void run(FunctionRef<void(Snapshot&)> fn, std::int64_t steps) override;
  [[nodiscard]] bool look(FunctionRef<void(Snapshot&)> fn, std::int64_t steps) override {
    run(fn, steps);
    return true;  // the server shows nothing before it is durable
  }
  void settle(std::function<void(bool is_durable)> told) override { told(true); }
  void release() noexcept override {}  // each run ends its snapshot

 private:
  Session session_;
  const DatabaseOptions& options_;
  const bool patient_;
};

}  // namespace guerdon::store::postgres
