// The PostgreSQL engine: a queue, workers that run commands each on its own connection, readers.
// It assumes to be the only server on its schema.
#pragma once

#include <mutex>
#include <thread>
#include <vector>

#include "store/open.hpp"
#include "store/postgres/target.hpp"
#include "store/postgres/worker.hpp"

namespace guerdon::store {

/// Throws StartError: 78 for a URL or a database that is no use, 75 when the server does not answer.
[[nodiscard]] std::unique_ptr<ManagedDatabase> open_postgres(DatabaseOptions options);

namespace postgres {

class PostgresDatabase final : public ManagedDatabase {
 public:
  PostgresDatabase(DatabaseOptions options, Target target);
  ~PostgresDatabase() override { close(); }
  PostgresDatabase(const PostgresDatabase&) = delete;
  PostgresDatabase& operator=(const PostgresDatabase&) = delete;

  [[nodiscard]] Engine engine() const noexcept override { return Engine::postgres; }
  void submit(std::unique_ptr<Command> command) override;
  [[nodiscard]] std::unique_ptr<Reader> open_reader() override;
  [[nodiscard]] std::unique_ptr<Reader> open_patient_reader() override;
  void close() override;
  void set_outbox_sink(OutboxSink* sink) noexcept override { pool_.sink = sink; }
  [[nodiscard]] StoreStats stats() const noexcept override;
  [[nodiscard]] const CommitFigures& commit_figures() const noexcept override { return pool_.figures; }

 private:
  const DatabaseOptions options_;
  const Target target_;
  Pool pool_;
  std::mutex closing_;
  std::vector<std::thread> workers_;
};

}  // namespace postgres
}  // namespace guerdon::store
