// On SQLite, queries run right here, on the thread's own reader; commands go to the writer, which admits the plain
// ones. On PostgreSQL, where reading waits for the network, queries go to the task pool.
#include "http/dispatcher.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "http/bearer.hpp"
#include "http/framing.hpp"
#include "http/job.hpp"
#include "http/memo.hpp"
#include "http/negotiate.hpp"
#include "http/page_handler.hpp"
#include "http/passage.hpp"
#include "telemetry/log.hpp"
#include "telemetry/trace.hpp"

namespace guerdon::http {

namespace {

constexpr std::size_t longest_user_agent = 256;
constexpr std::string_view event_stream = "text/event-stream";

// The trace that the client names; one that is malformed, or one of two, counts as none.
std::string traceparent_of(const Head& head) {
  const auto given = head.value(FieldName::traceparent);
  return head.count(FieldName::traceparent) == 1 && is_traceparent(given) ? std::string{given} : std::string{};
}

// Whose call it is, and so what it counts against, is for the rows to say; a common count must not be asked within the
// transaction that says it.
bool is_counted_by_rows(const Job& job) {
  return job.limiter != nullptr && job.limiter->is_shared() && !job.allowed && job.spec().budget != Budget::none;
}

std::optional<Response> answer(Job job, Response response, Later later) {
  if (!owes_count(job)) return with_limits(job, std::move(response));
  auto ticket = later(problems::unavailable);
  answer_counted(std::make_shared<Waiting>(std::move(job), std::move(ticket)), std::move(response));
  return std::nullopt;
}

class Dispatcher final : public Handler {
 public:
  explicit Dispatcher(Dispatch& shared)
      : shared_(shared),
        services_(shared.services),
        tokens_(services_.authenticator),
        reader_(services_.database.engine() == Engine::sqlite ? services_.database.open_reader() : nullptr) {
    if (reader_) memo_.emplace(*reader_);
  }

  Screening screen(const Head& head, const Target& target, std::string_view request_id, bool before_body) override;
  std::optional<Response> handle(const Incoming& request, Later later) override;
  [[nodiscard]] std::size_t route() const noexcept override { return match_.number(); }
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
  std::optional<Response> follow(const Incoming& request, Job job, Later later);
  [[nodiscard]] bool is_admitted_later(const Job& job) const;
  enum class Look { settled, ahead, too_long };
  Look run_inline(Job& job, std::optional<Response>& response);
  Response recall(Job& job, Snapshot& snapshot, std::optional<Remembered>& fresh);
  std::optional<Response> answer_once_durable(Job job, Response response, Later later);

  Dispatch& shared_;
  const Services& services_;
  TokenCache tokens_;
  std::unique_ptr<Reader> reader_;  // SQLite only, and so is what needs it
  std::optional<Memo> memo_;
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
  const bool follows = match_.entry->events && head.method == "GET" && asks_for(head, event_stream);
  if (!follows && !accepts(head, json_type)) return not_acceptable(request_id);
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
  if (memo_ && job.spec().remembered) job.target.append(target.path()).append(1, '?').append(target.query());
  if (!job.spec().policy.is_public()) {
    if (auto refused = authenticate(head, request_id, job.credential)) {
      auto excess = count(job);  // by address: nobody is known yet
      return answer(std::move(job), excess ? *std::move(excess) : *std::move(refused), later);
    }
  } else {
    if (const auto token = bearer_token(head); token && *token) job.caller.bearer.emplace(std::string{**token});
    if (auto refused = count(job)) return with_limits(job, *std::move(refused));
  }
  if (auto refused = prepare_keys(request, job)) return refused;
  const log::RequestScope scope{request_id, trace_id_of(head.value(FieldName::traceparent))};
  decode(request, job);
  if (follows) return follow(request, std::move(job), later);
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
  const bool is_prepared = job.kind() == Route::Kind::prepared_command;
  const bool may_be_kept = is_prepared && job.repeatable;
  const bool asks_store = is_query || !job.spec().policy.is_public() || may_be_kept;
  if (!asks_store && !job.call) {
    auto refused = problem_response(job.call.error(), job.request_id());
    return answer(std::move(job), std::move(refused), later);
  }
  if (reader_ && asks_store && !is_admitted_later(job)) {
    std::optional<Response> response;
    const auto look = run_inline(job, response);
    if (response && look == Look::settled) return answer(std::move(job), *std::move(response), later);
    if (response && look == Look::ahead) return answer_once_durable(std::move(job), *std::move(response), later);
  }
  const bool only_reads = is_query || (!reader_ && !job.call);
  const bool reads_first = only_reads || (!reader_ && is_counted_by_rows(job));
  if (!reads_first && job.kind() == Route::Kind::command && !owes_count(job)) {
    submit(services_.database, std::make_unique<Job>(std::move(job)), later(problems::commit_unknown));
    return std::nullopt;
  }
  auto ticket = later(only_reads ? problems::unavailable : problems::commit_unknown);
  const auto passenger = std::make_shared<Waiting>(std::move(job), std::move(ticket));
  if (reads_first) {
    read_in_pool(shared_, passenger);
  } else if (is_prepared) {
    prepare_counted(shared_, passenger);
  } else {
    command_counted(shared_, passenger);
  }
  return std::nullopt;
}

// Faults of the request are told as they are for the query, once it is known who calls.
std::optional<Response> Dispatcher::follow(const Incoming& request, Job job, Later later) {
  if (!job.call) return start(std::move(job), later);
  auto source = job.entry->events(raw_, request.head.value(FieldName::last_event_id));
  if (!source) {
    job.call = std::move(source).error();
    return start(std::move(job), later);
  }
  shared_.streams.open(std::move(job), *std::move(source), later(problems::unavailable));
  return std::nullopt;
}

// The writer admits whoever sends a command. Those who are about to be refused for it do not get that far: a flood of
// calls is turned away where it holds up nobody.
bool Dispatcher::is_admitted_later(const Job& job) const {
  if (job.kind() != Route::Kind::command || !job.credential || !job.call) return false;
  if (job.credential->key) return false;  // nothing was proven yet: anybody can write down a key
  if (job.limiter == nullptr || job.spec().budget == Budget::none) return true;
  if (job.limiter->is_shared()) return false;
  Caller bearer;
  bearer.user = job.credential->user;
  const auto has_room = [&](const Caller& who) {
    return job.limiter->would_allow(job.spec().budget, false, Counted::of(who));
  };
  return has_room(bearer) && has_room(job.caller);  // which is their address: a token that is dead counts by that
}

/// `ahead`: what it says may be of a commit that is still on its way to the disk. `too_long`: it needs more steps than
/// an I/O thread has to give.
Dispatcher::Look Dispatcher::run_inline(Job& job, std::optional<Response>& response) {
  std::optional<Remembered> fresh;
  try {
    const bool is_settled = reader_->look(
        [&](Snapshot& snapshot) {
          if (job.kind() != Route::Kind::query)
            response = answer_early(job, snapshot);
          else if (job.spec().remembered)
            response = recall(job, snapshot, fresh);
          else
            response = answer_query(job, snapshot);
        },
        services_.inline_steps);
    if (is_settled && fresh) memo_->keep(*std::move(fresh));
    return is_settled ? Look::settled : Look::ahead;
  } catch (const StoreError& error) {
    if (error.kind() == StoreError::Kind::overrun) return Look::too_long;
    response = failure_response(std::current_exception(), job.request_id());
    return Look::settled;
  }
}

/// A query from admission to ETag as well; `fresh` is what may be given again.
Response Dispatcher::recall(Job& job, Snapshot& snapshot, std::optional<Remembered>& fresh) {
  if (auto early = answer_early(job, snapshot)) return *std::move(early);
  auto key = Memo::key(job.target, job.caller.roles);
  if (const auto* known = memo_->find(key, snapshot.now())) return conditional(job, *known);
  reader_->begin_footprint();
  std::optional<Instant> until;
  auto whole = run_query(job, snapshot, until);
  auto footprint = reader_->end_footprint();
  if (until && footprint && whole.status == 200)
    fresh.emplace(Remembered{std::move(key), whole, *std::move(footprint), snapshot.now(), *until});
  return conditional(job, std::move(whole));
}

// Nobody is told of what a power cut could still undo.
std::optional<Response> Dispatcher::answer_once_durable(Job job, Response response, Later later) {
  auto ticket = later(problems::unavailable);
  const auto passenger = std::make_shared<Waiting>(std::move(job), std::move(ticket));
  reader_->settle([passenger, response = std::move(response)](bool is_durable) mutable {
    if (!is_durable) return;  // the ticket says 503
    try {
      answer_counted(passenger, std::move(response));
    } catch (const std::exception& error) {
      log::error("http", "an answer could not be handed over", {{"error", error.what()}});
    }
  });
  return std::nullopt;
}

}  // namespace

HandlerFactory Dispatch::handlers() {
  return [this] { return std::make_unique<Dispatcher>(*this); };
}

}  // namespace guerdon::http
