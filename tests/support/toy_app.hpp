// A whole HTTP server over a real store, with toy routes and tokens that need no signature: what tests of the
// dispatcher, of idempotency and of the document play with.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "http/dispatcher.hpp"
#include "http/server.hpp"
#include "runtime/task_pool.hpp"
#include "support/databases.hpp"
#include "support/raw_client.hpp"

namespace guerdon::test {

/// Tokens are `<user id>.<version>`; the table toy_users is the authority.
class ToyAuthenticator final : public Authenticator {
 public:
  Result<Credential> verify(std::string_view bearer, Instant now) override;
  Result<Standing> admit(Snapshot& snapshot, const Credential& credential) override;

  std::atomic<int> verified{0};
};

/// What toy handlers count: how often they ran, whatever became of it.
struct ToyCounts {
  std::atomic<int> creations{0}, preparations{0}, readings{0};
};

/// Declares the toy routes: items that are created, read, changed and deleted, and some that misbehave.
void add_toy_routes(Router& router, ToyCounts& counts);

class ToyApp {
 public:
  explicit ToyApp(Engine engine = Engine::sqlite, std::chrono::milliseconds window = std::chrono::seconds{60},
                  http::RateLimiter* limiter = nullptr, store::DatabaseOptions store_options = {});
  ~ToyApp();

  /// A new account; its token as header lines.
  [[nodiscard]] std::string account(RoleSet roles = {Role::user});
  /// Raises the version of all accounts: their tokens are revoked.
  void revoke_all();
  [[nodiscard]] RawClient connect() const { return RawClient{server->port()}; }
  [[nodiscard]] std::int64_t items();

  TestDatabase store;
  ToyAuthenticator authenticator;
  ToyCounts counts;
  http::RouteTable routes;
  TaskPool tasks{{.name = "tasks", .threads = 2}};
  TaskPool hashing{{.name = "hashing", .threads = 2}};
  std::unique_ptr<http::Dispatch> dispatch;
  std::unique_ptr<http::Server> server;
};

}  // namespace guerdon::test
