// The order of things within a request, the same on either engine: admission, input, repeat, precondition, handler.
#include "http/job.hpp"

#include <exception>
#include <utility>

#include "http/bearer.hpp"
#include "http/framing.hpp"
#include "http/negotiate.hpp"
#include "telemetry/log.hpp"

namespace guerdon::http {

namespace {

Response to_response(Result<Answer> result, const Job& job) {
  if (!result) {
    const auto& problem = result.error().problem;
    // A public route that takes tokens of its own kind: this was none. And whose roles suffice may depend on what is
    // asked for: the handler says so then.
    if ((job.caller.bearer && problem == problems::unauthenticated) || problem == problems::forbidden)
      return refuse_token(result.error(), true, job.request_id());
    return problem_response(result.error(), job.request_id());
  }
  return {.status = result->status,
          .body = std::move(result->body),
          .headers = std::move(result->headers),
          .kept = result->kept};
}

// What a query's handler answers; that of a remembered route is told nothing of the caller but the roles.
Result<Answer> read(const RouteSpec& spec, Call& query, Snapshot& snapshot, const Caller& caller) {
  if (!spec.remembered) return query.read(snapshot, caller);
  Caller roles_only;
  roles_only.roles = caller.roles;
  return query.read(snapshot, roles_only);
}

// Is the resource still the one that If-Match names?
std::optional<Response> check_precondition(Job& job, Tx& tx) {
  if (!job.paired) return std::nullopt;
  auto current = read(job.entry->paired->route.spec, *job.paired, tx, job.caller);
  if (!current) return problem_response(current.error(), job.request_id());
  if (names_strongly(job.if_match, etag_of(current->body))) return std::nullopt;
  return problem_response(Error{problems::precondition_failed, "The resource is not the one that If-Match names."},
                          job.request_id());
}

void name_bearer(Job& job) {
  if (job.credential->key) {
    job.caller.key = job.credential->key;
  } else {
    job.caller.user = job.credential->user;
    job.caller.session = job.credential->session;
  }
}

struct Failure {
  Problem problem;
  std::string_view detail;
};

Failure explain(StoreError::Kind kind) {
  switch (kind) {
    case StoreError::Kind::unavailable:
      return {problems::unavailable, "The store is not available."};
    case StoreError::Kind::overloaded:
      return {problems::unavailable, "The server is busy."};
    case StoreError::Kind::conflict:
      return {problems::unavailable, "Too many changed the same at once."};
    case StoreError::Kind::overrun:
      return {problems::unavailable, "The query took too long."};
    case StoreError::Kind::storage_full:
      return {problems::storage_full, "There is no space for changes."};
    case StoreError::Kind::commit_unknown:
      return {problems::commit_unknown, "It is not known whether the change was made: repeat it with the same key."};
    case StoreError::Kind::constraint:
    case StoreError::Kind::broken:
      break;
  }
  return {problems::internal, ""};
}

}  // namespace

std::optional<Response> count(Job& job) {
  if (job.limiter == nullptr || job.spec().budget == Budget::none) return std::nullopt;
  // A command may run again: it was counted, and what it found then stands.
  if (job.allowed) return job.allowed->is_allowed ? std::nullopt : std::optional{too_often(job)};
  if (job.caller.is_staff() && job.limiter->spares_staff()) return std::nullopt;
  const bool is_query = job.kind() == Route::Kind::query;
  job.allowed = job.limiter->count(job.spec().budget, is_query, Counted::of(job.caller));
  if (job.allowed->is_allowed) return std::nullopt;
  return too_often(job);
}

bool owes_count(const Job& job) {
  return job.limiter != nullptr && !job.is_shared && job.allowed && job.allowed->is_allowed && job.limiter->is_shared();
}

Response too_often(const Job& job) {
  return problem_response(Error{problems::rate_limited, "That is too often."}.after(job.allowed->again_in),
                          job.request_id());
}

Response with_limits(const Job& job, Response response) {
  if (!job.allowed) return response;
  const auto& found = *job.allowed;
  std::string left;
  left.append(1, '"').append(found.policy_name).append("\";r=").append(std::to_string(found.remaining));
  left.append(";t=").append(std::to_string(found.full_in.count()));
  response.headers.emplace_back("RateLimit", std::move(left));
  response.headers.emplace_back("RateLimit-Policy", found.policy);
  return response;
}

std::optional<Response> admit(Job& job, Snapshot& snapshot) {
  const auto& policy = job.spec().policy;
  if (policy.is_public()) return std::nullopt;
  const auto standing = job.authenticator->admit(snapshot, *job.credential);
  if (!standing) {
    if (auto refused = count(job)) return refused;  // by address: the token is nobody's
    return refuse_token(standing.error(), true, job.request_id());
  }
  name_bearer(job);
  job.caller.roles = standing->roles;
  if (auto refused = count(job)) return refused;
  if (job.caller.key && policy.is_for_users_only())
    return refuse_token(Error{problems::forbidden, "This call is about an account, which a service key does not have."},
                        true, job.request_id());
  if (standing->roles.intersects(policy.allowed())) return std::nullopt;
  return refuse_token(Error{problems::forbidden, "Your roles do not allow this."}, true, job.request_id());
}

void count_unadmitted(Job& job) {
  if (job.allowed || !job.credential) return;
  name_bearer(job);
  static_cast<void>(count(job));
}

std::optional<Response> answer_early(Job& job, Snapshot& snapshot) {
  if (auto refused = admit(job, snapshot)) return refused;
  if (!job.call) return problem_response(job.call.error(), job.request_id());
  if (job.kind() != Route::Kind::prepared_command || !job.repeatable) return std::nullopt;
  return find_kept(snapshot, *job.repeatable, job.request_id());
}

Response answer_query(Job& job, Snapshot& snapshot) {
  if (auto early = answer_early(job, snapshot)) return *std::move(early);
  std::optional<Instant> ignored;
  return conditional(job, run_query(job, snapshot, ignored));
}

Response run_query(Job& job, Snapshot& snapshot, std::optional<Instant>& same_until) {
  auto answer = read(job.spec(), **job.call, snapshot, job.caller);
  if (answer) same_until = answer->same_until;
  auto response = to_response(std::move(answer), job);
  if (job.spec().etag && response.status == 200) response.headers.emplace_back("ETag", etag_of(response.body));
  return response;
}

Response conditional(const Job& job, Response whole) {
  if (job.if_none_match.empty() || whole.status != 200 || !job.spec().etag) return whole;
  if (!names_weakly(job.if_none_match, whole.headers.back().second)) return whole;
  whole.status = 304;
  whole.body.clear();
  return whole;
}

bool run_command(Job& job, Tx& tx, Response& response) {
  const auto refuse = [&](std::optional<Response>& refused) {
    if (refused) response = *std::move(refused);
    return refused.has_value();
  };
  const auto run = [&] {
    auto result = (*job.call)->write(tx, job.caller);
    const bool keeps = keeps_effects(result);
    response = to_response(std::move(result), job);
    return keeps;
  };
  if (!job.is_admitted)
    if (auto refused = admit(job, tx); refuse(refused)) return false;
  if (!job.call) {
    response = problem_response(job.call.error(), job.request_id());
    return false;
  }
  if (!job.repeatable) {
    if (auto failed = check_precondition(job, tx); refuse(failed)) return false;
    return run();
  }
  auto earlier = claim(tx, *job.repeatable, job.idempotency_window, job.request_id());
  if (refuse(earlier)) return false;
  if (auto failed = check_precondition(job, tx); refuse(failed)) return false;
  // Its own savepoint, so that a refusal undoes what the handler did and its answer is kept all the same.
  bool keeps = false;
  static_cast<void>(tx.savepoint([&]() -> Result<void> {
    keeps = run();
    return keeps ? Result<void>{} : Result<void>{Error{}};
  }));
  if (keeps && (*job.call)->is_unfinished()) {
    let_go(tx, *job.repeatable);  // the last step keeps the answer
    return true;
  }
  if (is_kept(response)) {
    keep(tx, *job.repeatable, response);
    return true;
  }
  if (keeps) let_go(tx, *job.repeatable);
  return keeps;
}

Response failure_response(const std::exception_ptr& failure, std::string_view request_id) {
  Failure known{problems::internal, ""};
  try {
    std::rethrow_exception(failure);
  } catch (const StoreError& error) {
    known = explain(error.kind());
    if (known.problem == problems::internal) log::error("http", "a request failed", {{"error", error.what()}});
  } catch (const std::exception& error) {
    log::error("http", "a request failed", {{"error", error.what()}});
  } catch (...) {
    log::error("http", "a request failed", {{"error", "not a std::exception"}});
  }
  return problem_response(Error{known.problem, std::string{known.detail}}, request_id);
}

}  // namespace guerdon::http
