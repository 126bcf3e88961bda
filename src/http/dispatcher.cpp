// On SQLite, admission and queries run right here, on the thread's own reader; commands go to the writer. On
// PostgreSQL, where reading waits for the network, queries go to the task pool.
#include "http/dispatcher.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "http/bearer.hpp"
#include "http/framing.hpp"
#include "http/job.hpp"
#include "http/negotiate.hpp"
#include "http/page_handler.hpp"
#include "store/transaction.hpp"
#include "telemetry/log.hpp"
#include "telemetry/trace.hpp"

namespace guerdon::http {

namespace {

constexpr std::size_t longest_user_agent = 256;

Response busy(const Job& job) {
  return with_limits(job, problem_response(Error{problems::unavailable, "The server is busy."}, job.request_id()));
}

// The trace that the client names; one that is malformed, or one of two, counts as none.
std::string traceparent_of(const Head& head) {
  const auto given = head.value(FieldName::traceparent);
  return head.count(FieldName::traceparent) == 1 && is_traceparent(given) ? std::string{given} : std::string{};
}

// What a job becomes in the writer.
class JobCommand final : public Command {
 public:
  JobCommand(Database& database, std::unique_ptr<Job> job, Ticket ticket)
      : database_(database), job_(std::move(job)), ticket_(std::move(ticket)) {}

  bool run(Tx& tx) override {
    const log::RequestScope scope{job_->request_id(), trace_id_of(job_->traceparent)};
    store::set_traceparent(tx, job_->traceparent);
    return run_command(*job_, tx, response_);
  }
  void done(std::exception_ptr failure) noexcept override {
    try {
      const log::RequestScope scope{job_->request_id(), trace_id_of(job_->traceparent)};
      if (!failure && job_->call && (*job_->call)->next_step()) return go_on();
      if (failure) response_ = failure_response(failure, job_->request_id());
      job_->in_preparation = {};  // before the client can know and repeat itself
      ticket_.answer(with_limits(*job_, std::move(response_)));
    } catch (const std::exception& error) {
      log::error("http", "an answer could not be handed over", {{"error", error.what()}});
    }
  }

 private:
  // Others have their turn in between.
  void go_on() {
    job_->is_admitted = true;
    auto& database = database_;
    database.submit(std::make_unique<JobCommand>(database, std::move(job_), std::move(ticket_)));
  }

  Database& database_;
  std::unique_ptr<Job> job_;
  Ticket ticket_;
  Response response_;
};

void submit(Database& database, std::unique_ptr<Job> job, Ticket ticket) {
  database.submit(std::make_unique<JobCommand>(database, std::move(job), std::move(ticket)));
}

// A job that waits for a thread of a pool. It can be copied, as tasks must; there is still one job and one ticket.
struct Waiting {
  Waiting(Job given, Ticket answer_to) : job(std::make_unique<Job>(std::move(given))), ticket(std::move(answer_to)) {}
  std::unique_ptr<Job> job;
  Ticket ticket;
};

class Dispatcher final : public Handler {
 public:
  explicit Dispatcher(Dispatch& shared)
      : shared_(shared),
        services_(shared.services),
        tokens_(services_.authenticator),
        reader_(services_.database.engine() == Engine::sqlite ? services_.database.open_reader() : nullptr) {}

  Screening screen(const Head& head, const Target& target, std::string_view request_id, bool before_body) override;
  std::optional<Response> handle(const Incoming& request, Later later) override;
  void idle() noexcept override {
    if (reader_) reader_->release();
  }

 private:
  std::optional<Response> authenticate(const Head& head, std::string_view request_id,
                                       std::optional<Credential>& credential);
  std::optional<Response> prepare_keys(const Incoming& request, Job& job);
  void decode(const Incoming& request, Job& job);
  Caller caller_of(const Incoming& request) const;
  std::optional<Response> start(Job job, Later later);
  bool run_inline(Job& job, std::optional<Response>& response);
  std::optional<Response> read_in_pool(Job job, Later later);
  std::optional<Response> prepare_in_pool(Job job, Later later);
  std::optional<Response> hold_key(Job& job);

  Dispatch& shared_;
  const Services& services_;
  TokenCache tokens_;
  std::unique_ptr<Reader> reader_;  // SQLite only
  RouteTable::Match match_;
  RawRequest raw_;
};

Screening Dispatcher::screen(const Head& head, const Target& target, std::string_view request_id, bool before_body) {
  services_.routes.find(head.method, target, match_);
  if (match_.entry == nullptr) return {http::max_body};
  const auto& spec = match_.entry->route.spec;
  Screening screening{spec.max_body};
  std::optional<Credential> credential;
  if (before_body && !spec.policy.is_public()) screening.refusal = authenticate(head, request_id, credential);
  return screening;
}

std::optional<Response> Dispatcher::handle(const Incoming& request, Later later) {
  const auto& [head, target, body, request_id, peer] = request;
  services_.routes.find(head.method, target, match_);
  if (auto answer = answer_without_route(request, match_)) return answer;
  if (!accepts(head, json_type)) return not_acceptable(request_id);
  Job job{.entry = match_.entry,
          .authenticator = &services_.authenticator,
          .caller = caller_of(request),
          .credential = {},
          .call = std::unique_ptr<Call>{},
          .paired = {},
          .if_match = std::string{head.value(FieldName::if_match)},
          .if_none_match = std::string{head.value(FieldName::if_none_match)},
          .repeatable = {},
          .idempotency_window = services_.idempotency_window,
          .in_preparation = {},
          .traceparent = traceparent_of(head)};
  job.limiter = services_.limiter;
  if (!job.spec().policy.is_public()) {
    if (auto refused = authenticate(head, request_id, job.credential)) {
      auto too_often = count(job);  // by address: nobody is known yet
      return with_limits(job, too_often ? *std::move(too_often) : *std::move(refused));
    }
  } else {
    if (const auto token = bearer_token(head); token && *token) job.caller.bearer.emplace(std::string{**token});
    if (auto refused = count(job)) return with_limits(job, *std::move(refused));
  }
  if (auto refused = prepare_keys(request, job)) return refused;
  const log::RequestScope scope{request_id, trace_id_of(head.value(FieldName::traceparent))};
  decode(request, job);
  return start(std::move(job), later);
}

Caller Dispatcher::caller_of(const Incoming& request) const {
  Caller caller;
  caller.request_id = request.request_id;
  caller.user_agent = request.head.value(FieldName::user_agent).substr(0, longest_user_agent);
  for (char& c : caller.user_agent) c = c < ' ' || c > '~' ? '?' : c;
  std::vector<std::string_view> forwarded;
  if (!services_.trusted_proxies.empty()) {
    for (const auto& field : request.head) {
      if (field.name == FieldName::x_forwarded_for) forwarded.push_back(field.value);
    }
  }
  caller.address = client_address(request.peer, forwarded, services_.trusted_proxies);
  return caller;
}

// For routes that ask for a token.
std::optional<Response> Dispatcher::authenticate(const Head& head, std::string_view request_id,
                                                 std::optional<Credential>& credential) {
  const auto token = bearer_token(head);
  if (!token) return problem_response(token.error(), request_id);
  if (!*token) return refuse_token(Error{problems::unauthenticated, "This call needs a token."}, false, request_id);
  const auto known = tokens_.verify(**token, services_.clock.now());
  if (!known) return refuse_token(known.error(), true, request_id);
  credential = *known;
  return std::nullopt;
}

std::optional<Response> Dispatcher::prepare_keys(const Incoming& request, Job& job) {
  if (job.kind() == Route::Kind::query || !job.spec().idempotent) return std::nullopt;
  const auto key = idempotency_key(request.head);
  if (!key) return problem_response(key.error(), request.request_id);
  if (!*key) return std::nullopt;
  job.repeatable = repeatable({.key = **key,
                               .method = request.head.method,
                               .path = request.target.path(),
                               .query = request.target.query(),
                               .body = request.body,
                               .actor = job.credential ? std::optional{job.credential->actor()} : std::nullopt,
                               .address = job.caller.address});
  return std::nullopt;
}

void Dispatcher::decode(const Incoming& request, Job& job) {
  raw_.path.assign(match_.captured.begin(), match_.captured.end());
  raw_.query.assign(request.target.parameters().begin(), request.target.parameters().end());
  raw_.content_type = request.head.value(FieldName::content_type);
  raw_.body = request.body;
  job.call = job.entry->route.decode(raw_);
  if (job.if_match.empty() || job.entry->paired == nullptr) return;
  raw_.query.clear();
  raw_.body = {};
  auto paired = job.entry->paired->route.decode(raw_);
  if (paired) job.paired = std::move(*paired);
}

std::optional<Response> Dispatcher::start(Job job, Later later) {
  const bool is_query = job.kind() == Route::Kind::query;
  const bool may_be_kept = job.kind() == Route::Kind::prepared_command && job.repeatable;
  const bool asks_store = is_query || !job.spec().policy.is_public() || may_be_kept;
  if (!asks_store && !job.call) return with_limits(job, problem_response(job.call.error(), job.request_id()));
  if (reader_ && asks_store) {
    std::optional<Response> response;
    if (run_inline(job, response) && response) return with_limits(job, *std::move(response));
    if (is_query) return read_in_pool(std::move(job), later);
  }
  if (!reader_ && (is_query || !job.call)) return read_in_pool(std::move(job), later);
  if (job.kind() == Route::Kind::prepared_command) return prepare_in_pool(std::move(job), later);
  if (job.kind() == Route::Kind::stepped_command)
    if (auto refused = hold_key(job)) return with_limits(job, *std::move(refused));
  submit(services_.database, std::make_unique<Job>(std::move(job)), later(problems::commit_unknown));
  return std::nullopt;
}

// False when the query needs more steps than an I/O thread has to give.
bool Dispatcher::run_inline(Job& job, std::optional<Response>& response) {
  try {
    reader_->run(
        [&](Snapshot& snapshot) {
          if (job.kind() == Route::Kind::query)
            response = answer_query(job, snapshot);
          else
            response = answer_early(job, snapshot);
        },
        services_.inline_steps);
    return true;
  } catch (const StoreError& error) {
    if (error.kind() == StoreError::Kind::overrun) return false;
    response = failure_response(std::current_exception(), job.request_id());
    return true;
  }
}

std::optional<Response> Dispatcher::read_in_pool(Job job, Later later) {
  auto waiting = std::make_shared<Waiting>(std::move(job), later(problems::unavailable));
  const bool accepted = services_.tasks.post([waiting, &shared = shared_] {
    auto& moved = *waiting->job;
    const log::RequestScope scope{moved.request_id(), trace_id_of(moved.traceparent)};
    Response response;
    try {
      shared.readers.with_reader([&](Reader& reader) {
        reader.run(
            [&](Snapshot& snapshot) {
              if (moved.kind() == Route::Kind::query)
                response = answer_query(moved, snapshot);
              else
                response = answer_early(moved, snapshot).value();
            },
            shared.services.longest_steps);
      });
    } catch (...) {
      response = failure_response(std::current_exception(), moved.request_id());
    }
    waiting->ticket.answer(with_limits(moved, std::move(response)));
  });
  if (!accepted) waiting->ticket.answer(busy(*waiting->job));
  return std::nullopt;
}

// What is under way over several transactions is known to this process only: no row says so until its end.
std::optional<Response> Dispatcher::hold_key(Job& job) {
  if (!job.repeatable) return std::nullopt;
  auto hold = shared_.in_preparation.enter(job.repeatable->scope);
  if (!hold) {
    return problem_response(Error{problems::idempotency_in_progress, "A request with this key is still running."}.after(
                                std::chrono::seconds{1}),
                            job.request_id());
  }
  job.in_preparation = *std::move(hold);
  return std::nullopt;
}

std::optional<Response> Dispatcher::prepare_in_pool(Job job, Later later) {
  if (auto refused = hold_key(job)) return refused;
  auto waiting = std::make_shared<Waiting>(std::move(job), later(problems::commit_unknown));
  const bool accepted = services_.hashing.post([waiting, &shared = shared_] {
    auto& moved = *waiting->job;
    const log::RequestScope scope{moved.request_id(), trace_id_of(moved.traceparent)};
    std::optional<Response> refused;
    try {
      shared.readers.with_reader([&](Reader& reader) {
        reader.run(
            [&](Snapshot& snapshot) {
              refused = answer_early(moved, snapshot);
              if (refused) return;
              auto prepared = (*moved.call)->prepare(snapshot, moved.caller);
              if (!prepared) refused = problem_response(prepared.error(), moved.request_id());
            },
            0);
      });
    } catch (...) {
      refused = failure_response(std::current_exception(), moved.request_id());
    }
    if (refused) {
      moved.in_preparation = {};
      return waiting->ticket.answer(with_limits(moved, *std::move(refused)));
    }
    submit(shared.services.database, std::move(waiting->job), std::move(waiting->ticket));
  });
  if (!accepted) waiting->ticket.answer(busy(*waiting->job));
  return std::nullopt;
}

}  // namespace

HandlerFactory Dispatch::handlers() {
  return [this] { return std::make_unique<Dispatcher>(*this); };
}

}  // namespace guerdon::http
