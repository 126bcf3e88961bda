// One libpq connection in pipeline mode: commands go out together, their results come back in order.
// It knows nothing of transactions, and no wait in it is for ever.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "guerdon/store.hpp"
#include "store/postgres/failure.hpp"
#include "store/postgres/libpq.hpp"
#include "store/postgres/target.hpp"
#include "store/postgres/wire.hpp"

namespace guerdon::store::postgres {

struct ClearResult {
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using ResultPtr = std::unique_ptr<PGresult, ClearResult>;

/// Where transaction ids of a session come from. With another timeline, or after a crash, ids may be used again.
struct SessionOrigin {
  std::string timeline;  ///< changes with a failover
  std::string started;   ///< by the server's clock
};

class Link {
 public:
  /// Connects and sets the session up. Throws StoreError: unavailable when nobody answers, broken when the database is
  /// not one that this server can use.
  explicit Link(const Target& target);
  /// Waits a moment for what it sent last: the server would complain about a client that is gone.
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  void send(const char* statement);
  void send_prepare(const std::string& name, const char* statement, const std::vector<Oid>& types);
  void send_prepared(const std::string& name, const WireParams& params);
  /// Ends the pipeline: everything sent before it gets its result, or is skipped because of an earlier error.
  void send_sync();

  /// Sends a statement whose result nobody waits for: it is passed over before the next result is received.
  void send_and_forget(const char* statement);

  /// The result of the next command sent. Throws StatementError (reconnect) when the connection is lost.
  [[nodiscard]] ResultPtr receive();

  /// Runs several statements at once, outside of the pipeline. Throws StatementError.
  void run_script(const std::string& script);

  /// False for good once the connection has failed.
  [[nodiscard]] bool usable() const noexcept { return !broken_ && PQstatus(connection_.get()) == CONNECTION_OK; }
  [[nodiscard]] const SessionOrigin& origin() const noexcept { return origin_; }

 private:
  struct Finish {
    void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
  };

  void check_server() const;
  void set_up(const Target& target);
  void sent(int accepted);
  ResultPtr receive_next();
  void pass_over_forgotten();
  void await_result();
  [[noreturn]] void lose(const std::string& why);

  std::unique_ptr<PGconn, Finish> connection_;
  std::chrono::milliseconds patience_;
  SessionOrigin origin_;
  int forgotten_ = 0;
  bool broken_ = false;
};

/// What the server said, one line, without the data it was about.
[[nodiscard]] StatementError error_of(const PGresult* result);

}  // namespace guerdon::store::postgres
