// The order is the same everywhere: the common count before the writer, so that nothing waits within a transaction, and
// before `prepare`, so that what is too much costs nothing.
#include "http/passage.hpp"

#include <exception>
#include <utility>

#include "http/framing.hpp"
#include "store/transaction.hpp"
#include "telemetry/log.hpp"
#include "telemetry/trace.hpp"

namespace guerdon::http {

namespace {

Response busy(const Job& job) {
  return with_limits(job, problem_response(Error{problems::unavailable, "The server is busy."}, job.request_id()));
}

// While others wait to be prepared the next to be through is not far.
constexpr std::chrono::milliseconds patience_in_a_crowd{15};

// Of a command in steps; each handles hundreds of rows.
constexpr int most_steps = 1'000'000;

// What a job becomes in the writer.
class JobCommand final : public Command {
 public:
  JobCommand(Database& database, std::unique_ptr<Job> job, Ticket ticket, int step = 1)
      : database_(database), job_(std::move(job)), ticket_(std::move(ticket)), step_(step) {}

  [[nodiscard]] std::chrono::milliseconds patience() const noexcept override { return job_->patience; }
  bool run(Tx& tx) override {
    const log::RequestScope scope{job_->request_id(), trace_id_of(job_->traceparent)};
    store::set_traceparent(tx, job_->traceparent);
    return run_command(*job_, tx, response_);
  }
  void done(std::exception_ptr failure) noexcept override {
    try {
      const log::RequestScope scope{job_->request_id(), trace_id_of(job_->traceparent)};
      if (!failure && job_->call && (*job_->call)->next_step()) {
        if (step_ < most_steps) return go_on();
        failure = std::make_exception_ptr(std::logic_error("a command in steps does not come to its end"));
      }
      if (failure) {
        response_ = failure_response(failure, job_->request_id());
        count_unadmitted(*job_);
      }
      job_->in_preparation = {};  // before the client can know and repeat itself
      ticket_.answer(with_limits(*job_, std::move(response_)));
    } catch (const std::exception& error) {
      log::error("http", "an answer could not be handed over", {{"error", error.what()}});
    }
  }

 private:
  // Others have their turn in between. It was counted and admitted before its first step.
  void go_on() {
    job_->is_admitted = true;
    auto& database = database_;
    database.submit(std::make_unique<JobCommand>(database, std::move(job_), std::move(ticket_), step_ + 1));
  }

  Database& database_;
  std::unique_ptr<Job> job_;
  Ticket ticket_;
  int step_;
  Response response_;
};

log::RequestScope scope_of(const Job& job) { return log::RequestScope{job.request_id(), trace_id_of(job.traceparent)}; }

// Runs in the pool, with whatever can be said with a snapshot.
std::optional<Response> said_with_snapshot(Dispatch& shared, Job& job, std::int64_t steps, bool prepares) {
  std::optional<Response> response;
  try {
    shared.readers.with_reader([&](Reader& reader) {
      reader.run(
          [&](Snapshot& snapshot) {
            const bool is_query = job.kind() == Route::Kind::query;
            response = is_query ? answer_query(job, snapshot) : answer_early(job, snapshot);
            if (response || !prepares) return;
            auto prepared = (*job.call)->prepare(snapshot, job.caller);
            if (!prepared) response = problem_response(prepared.error(), job.request_id());
          },
          steps);
    });
  } catch (...) {
    response = failure_response(std::current_exception(), job.request_id());
  }
  return response;
}

// What is under way over several transactions, or in preparation, is known to this process only: no row says so until
// its end. False when the key is another's, which is the answer.
bool hold_key(Dispatch& shared, Waiting& waiting) {
  auto& job = *waiting.job;
  if (!job.repeatable) return true;
  auto hold = shared.in_preparation.enter(job.repeatable->scope);
  if (hold) {
    job.in_preparation = *std::move(hold);
    return true;
  }
  const auto error = Error{problems::idempotency_in_progress, "A request with this key is still running."}.after(
      std::chrono::seconds{1});
  waiting.ticket.answer(with_limits(job, problem_response(error, job.request_id())));
  return false;
}

void prepare_in_pool(Dispatch& shared, const Passenger& passenger) {
  if (!hold_key(shared, *passenger)) return;
  const bool accepted = shared.services.hashing.post([passenger, &shared] {
    auto& job = *passenger->job;
    const auto scope = scope_of(job);
    auto response = said_with_snapshot(shared, job, 0, true);
    if (response) return answer_counted(passenger, *std::move(response));
    if (shared.services.hashing.waiting() > 0) job.patience = patience_in_a_crowd;
    command_counted(shared, passenger);
  });
  if (accepted) return;
  passenger->job->in_preparation = {};  // before the client can know and repeat itself
  passenger->ticket.answer(busy(*passenger->job));
}

}  // namespace

void submit(Database& database, std::unique_ptr<Job> job, Ticket ticket) {
  database.submit(std::make_unique<JobCommand>(database, std::move(job), std::move(ticket)));
}

void count_in_common(const Passenger& passenger, std::function<void(const Passenger&)> next) {
  auto& job = *passenger->job;
  if (!owes_count(job)) return next(passenger);
  job.is_shared = true;
  job.limiter->share(*job.allowed, [passenger, next = std::move(next)](const Allowed& found) {
    auto& counted = *passenger->job;
    counted.allowed = found;
    if (found.is_allowed) return next(passenger);
    counted.in_preparation = {};
    passenger->ticket.answer(with_limits(counted, too_often(counted)));
  });
}

void answer_counted(const Passenger& passenger, Response response) {
  count_in_common(passenger, [response = std::move(response)](const Passenger& counted) {
    counted->job->in_preparation = {};
    counted->ticket.answer(with_limits(*counted->job, response));
  });
}

void command_counted(Dispatch& shared, const Passenger& passenger) {
  count_in_common(passenger, [&shared](const Passenger& counted) {
    if (counted->job->kind() == Route::Kind::stepped_command && !hold_key(shared, *counted)) return;
    submit(shared.services.database, std::move(counted->job), std::move(counted->ticket));
  });
}

void read_in_pool(Dispatch& shared, const Passenger& passenger) {
  const bool accepted = shared.services.tasks.post([passenger, &shared] {
    auto& job = *passenger->job;
    const auto scope = scope_of(job);
    auto response = said_with_snapshot(shared, job, shared.services.longest_steps, false);
    if (response) return answer_counted(passenger, *std::move(response));
    if (job.kind() == Route::Kind::prepared_command) return prepare_counted(shared, passenger);
    command_counted(shared, passenger);
  });
  if (!accepted) passenger->ticket.answer(busy(*passenger->job));
}

void prepare_counted(Dispatch& shared, const Passenger& passenger) {
  count_in_common(passenger, [&shared](const Passenger& counted) { prepare_in_pool(shared, counted); });
}

}  // namespace guerdon::http
