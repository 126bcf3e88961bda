// PostgreSQL for tests: places of their own on the server that GUERDON_TEST_POSTGRES names, and whole servers that a
// test may kill. What a test does beside the store, it does through SideSession.
#pragma once

#include <libpq-fe.h>
#include <sys/types.h>

#include <memory>
#include <string>

namespace guerdon::test {

/// The server of the test run. Throws when there is none.
[[nodiscard]] std::string postgres_url();

/// For the store: a schema of that server, which it makes when it is not there yet.
[[nodiscard]] std::string schema_url(const std::string& name);

/// A plain session, for watching and disturbing what the store does.
class SideSession {
 public:
  explicit SideSession(const std::string& url);
  /// Runs the statement; the first column of its first row, if there is one. Throws std::runtime_error.
  std::string run(const std::string& statement);
  /// The folder of the server's socket.
  [[nodiscard]] std::string socket_folder() const { return PQhost(connection_.get()); }

 private:
  struct Finish {
    void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
  };
  std::unique_ptr<PGconn, Finish> connection_;
};

/// A schema that nobody else uses, gone with this object.
class PostgresSchema {
 public:
  PostgresSchema();
  ~PostgresSchema();
  PostgresSchema(const PostgresSchema&) = delete;
  PostgresSchema& operator=(const PostgresSchema&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::string url() const { return schema_url(name_); }
  /// The same by way of another socket, as a proxy offers one.
  [[nodiscard]] std::string url(const std::string& socket_folder) const;

 private:
  std::string name_;
};

/// A server of its own, in a temporary folder.
class PostgresServer {
 public:
  PostgresServer();
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  [[nodiscard]] std::string url() const;
  void start();
  void stop(int signal);  ///< SIGINT: fast, SIGQUIT: as if it crashed

 private:
  std::string folder_;
  pid_t process_ = 0;
};

}  // namespace guerdon::test
