// How a module declares its HTTP routes: method, path, who may call, what it can answer, and a plain function.
// Decoding, authentication, idempotency, encoding and the OpenAPI document all follow from the declaration.
// A route without a policy does not compile.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "guerdon/caller.hpp"
#include "guerdon/codec.hpp"
#include "guerdon/result.hpp"
#include "guerdon/store.hpp"
#include "guerdon/time.hpp"

namespace guerdon {

/// Nothing to decode, or nothing to answer with: 204 as an output.
struct None {};
BOOST_DESCRIBE_STRUCT(None, (), ())

/// A request's decoded parts, each a described struct. Members of Path are named as in the route's `{name}` parts.
template <class Path = None, class Query = None, class Body = None>
struct Request {
  Path path;
  Query query;
  Body body;
};

class Policy {
 public:
  static constexpr Policy anyone() { return Policy{true, {}}; }
  static constexpr Policy any_account() {
    return Policy{false, {Role::user, Role::operator_, Role::auditor, Role::admin}};
  }
  static constexpr Policy roles(std::initializer_list<Role> roles) { return Policy{false, RoleSet{roles}}; }

  /// The same without service keys: what is about the caller's own account, which a key does not have.
  [[nodiscard]] constexpr Policy users_only() const {
    Policy policy = *this;
    policy.users_only_ = true;
    return policy;
  }

  [[nodiscard]] constexpr bool is_public() const { return public_; }
  [[nodiscard]] constexpr bool is_for_users_only() const { return users_only_; }
  [[nodiscard]] constexpr RoleSet allowed() const { return roles_; }

 private:
  constexpr Policy(bool is_public, RoleSet roles) : public_(is_public), roles_(roles) {}
  bool public_;
  bool users_only_ = false;
  RoleSet roles_;
};

/// What calls of a route are counted against; how much there is of each is configured (`limits`).
enum class Budget : std::uint8_t {
  automatic,  ///< reads for a query, writes for a command
  none,       ///< not counted, or counted by the module itself
  registration,
  name_check,
  reward_request
};

struct RouteSpec {
  std::string_view method;  ///< GET, POST, PUT, PATCH, DELETE
  std::string_view path;    ///< `/api/events/{id}`
  Policy policy;
  std::string_view summary;            ///< one line for the OpenAPI document
  int status = 200;                    ///< of success; None as output means 204
  std::vector<Problem> problems = {};  ///< the domain's own refusals; the general ones are added
  bool idempotent = true;              ///< honours Idempotency-Key (commands only)
  bool etag = false;                   ///< a single resource: ETag, If-None-Match, and If-Match on its PUT
  /// The answer is a function of the request, the caller's roles, rows, and nothing else until the `same_until` that it
  /// comes with: while they stay as they are it may be given again. The handler's caller has roles only. Queries only.
  bool remembered = false;
  std::string_view alias = {};  ///< a second path that means the same
  std::size_t max_body = 64 * 1024;
  Budget budget = Budget::automatic;
};

/// An answer on its way out: already encoded, so that an idempotent repeat gives it byte for byte.
struct Answer {
  int status = 200;
  std::string body;  ///< JSON; empty for 204
  std::vector<std::pair<std::string, std::string>> headers = {};
  bool kept = true;  ///< under an Idempotency-Key; false where it shows a secret, which is stored nowhere
  std::optional<Instant> same_until = {};  ///< of a remembered route: from when on time alone may change it; empty: now
};

/// An output that chooses its own status or headers.
template <class T>
struct Reply {
  T body;
  std::optional<int> status = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  bool kept = true;                        ///< as in Answer
  std::optional<Instant> same_until = {};  ///< as in Answer
};

/// What the wire offered, before decoding. Views are valid during the call.
struct RawRequest {
  std::vector<std::string_view> path;  ///< captured segments, in order, percent-decoded
  std::vector<std::pair<std::string_view, std::string_view>> query;
  std::string_view content_type;  ///< empty where the header is missing
  std::string_view body;
};

/// A route with its types erased. `decode` runs once; what it returns is run by the platform, again after a
/// serialisation failure.
class Call {
 public:
  virtual ~Call() = default;
  /// Queries and `prepare` of commands; on a snapshot.
  virtual Result<Answer> read(Snapshot&, const Caller&) { throw std::logic_error("not a query"); }
  /// Commands.
  virtual Result<Answer> write(Tx&, const Caller&) { throw std::logic_error("not a command"); }
  /// Commands with a prepare step: in the task pool, before write(). Runs once.
  virtual Result<void> prepare(Snapshot&, const Caller&) { return {}; }
  /// Commands in steps. After write(): is its answer not the last one?
  [[nodiscard]] virtual bool is_unfinished() const noexcept { return false; }
  /// What write() did is committed. True where there is more: write() is called again then, as a command of its own.
  virtual bool next_step() noexcept { return false; }
};

struct Route {
  enum class Kind { query, command, prepared_command, stepped_command };
  Kind kind;
  RouteSpec spec;
  std::function<Result<std::unique_ptr<Call>>(const RawRequest&)> decode;
  /// Adds parameters, request body and answer to an OpenAPI operation.
  std::function<void(json::object& operation, SchemaRegistry& schemas)> describe;
};

class Router {
 public:
  virtual ~Router() = default;

  /// `handler(Snapshot&, const Caller&, const Request<…>&) -> Result<Output>`
  template <class F>
  void query(RouteSpec spec, F handler);
  /// `handler(Tx&, const Caller&, const Request<…>&) -> Result<Output>`
  template <class F>
  void command(RouteSpec spec, F handler);
  /// `prepare(Snapshot&, const Caller&, const Request<…>&) -> Result<Prepared>` burns the CPU in the task pool;
  /// `handler(Tx&, const Caller&, const Request<…>&, const Prepared&) -> Result<Output>` checks again what it read.
  template <class P, class F>
  void command(RouteSpec spec, P prepare, F handler);
  /// `handler(Tx&, const Caller&, const Request<…>&, State&) -> Result<std::optional<Output>>` does a step of what
  /// would hold up the store as a whole; without an output it is called again, in a transaction of its own, with the
  /// state that it left. The caller is admitted once. A step that fails ends the request, and what earlier ones did
  /// stays.
  template <class F>
  void command_in_steps(RouteSpec spec, F handler);

  /// The untyped form. Throws std::logic_error for a route that is declared twice or contradicts itself.
  virtual void add(Route route) = 0;
};

}  // namespace guerdon

#include "guerdon/routes_impl.hpp"
