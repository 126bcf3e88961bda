// One request of a route on its way through the store: who calls, what was decoded, what else the answer depends on.
// Its functions are what runs inside a snapshot or a transaction; who runs them, and where, is the dispatcher's affair.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "guerdon/caller.hpp"
#include "guerdon/routes.hpp"
#include "guerdon/store.hpp"
#include "http/idempotency.hpp"
#include "http/rate_limiter.hpp"
#include "http/response.hpp"
#include "http/route_table.hpp"

namespace guerdon::http {

struct Job {
  const RouteTable::Entry* entry;
  Authenticator* authenticator;
  Caller caller;
  std::optional<Credential> credential;  // none on public routes
  Result<std::unique_ptr<Call>> call;
  std::unique_ptr<Call> paired;  // reads the resource that If-Match is about
  std::string if_match, if_none_match;
  std::string target = {};  // of remembered routes: what was asked for, as sent
  std::optional<Repeatable> repeatable;
  std::chrono::milliseconds idempotency_window{};
  InPreparation::Hold in_preparation;
  bool is_prepared = false;
  bool is_admitted = false;              // in the first of its steps
  std::chrono::milliseconds patience{};  // of its command, with others that come after it
  std::string traceparent = {};          // what it publishes carries it; may be empty
  RateLimiter* limiter = nullptr;        // null: nobody is limited
  std::optional<Allowed> allowed = {};   // once the request was counted
  bool is_shared = false;                // once it was counted in common with other servers, or that was tried

  [[nodiscard]] const RouteSpec& spec() const { return entry->route.spec; }
  [[nodiscard]] Route::Kind kind() const { return entry->route.kind; }
  [[nodiscard]] const std::string& request_id() const { return caller.request_id; }
};

/// Counts the request against its budget, once, as soon as it is known whose it is, by address where it is nobody's.
/// A refusal (429), or nothing.
[[nodiscard]] std::optional<Response> count(Job& job);
/// Is it still to be counted in common with other servers?
[[nodiscard]] bool owes_count(const Job& job);
/// The refusal of a request that was counted and is too much.
[[nodiscard]] Response too_often(const Job& job);
/// The answer with what is left of the budget.
[[nodiscard]] Response with_limits(const Job& job, Response response);

/// Fills in the caller's roles by the rows, and counts. A refusal (401, 403, 429), or nothing.
[[nodiscard]] std::optional<Response> admit(Job& job, Snapshot& snapshot);
/// Counts what came to nothing before it was admitted, by whom its token names: those who keep on are turned away.
void count_unadmitted(Job& job);
/// All that can be said before a command runs: a refusal, the faults of its input, the answer to a repeat; or nothing.
[[nodiscard]] std::optional<Response> answer_early(Job& job, Snapshot& snapshot);
/// A query from admission to ETag.
[[nodiscard]] Response answer_query(Job& job, Snapshot& snapshot);
/// The answer of an admitted query, whole; `same_until` as in Answer.
[[nodiscard]] Response run_query(Job& job, Snapshot& snapshot, std::optional<Instant>& same_until);
/// The whole answer, or 304 where the client has it.
[[nodiscard]] Response conditional(const Job& job, Response whole);
/// A command from admission to the kept answer. True: commit.
[[nodiscard]] bool run_command(Job& job, Tx& tx, Response& response);

/// What a failure of the store, or a bug, means to the client; logged where it is not the client's to wait out.
[[nodiscard]] Response failure_response(const std::exception_ptr& failure, std::string_view request_id);

namespace problems {
inline constexpr Problem commit_unknown{503, "commit-unknown"};
inline constexpr Problem storage_full{503, "storage-full"};
}  // namespace problems

}  // namespace guerdon::http
