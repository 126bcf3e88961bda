// A job on its way off the I/O thread: to the count that servers have in common, through a pool, into the writer. Each
// step ends with the next one or with the answer; none waits for another on its thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "http/dispatcher.hpp"
#include "http/handler.hpp"
#include "http/job.hpp"

namespace guerdon::http {

/// A job that waits for a thread of a pool or for the common count. It can be copied, as tasks must; there is still one
/// job and one ticket.
struct Waiting {
  Waiting(Job given, Ticket answer_to) : job(std::make_unique<Job>(std::move(given))), ticket(std::move(answer_to)) {}
  std::unique_ptr<Job> job;
  Ticket ticket;
};
using Passenger = std::shared_ptr<Waiting>;

/// Counts the job in common with other servers where that is still to be done, and goes on, or answers 429.
void count_in_common(const Passenger& passenger, std::function<void(const Passenger&)> next);

/// Answers with that, or else with 429.
void answer_counted(const Passenger& passenger, Response response);

/// A command, counted and then run by the writer, in one step or in several.
void command_counted(Dispatch& shared, const Passenger& passenger);

/// What can be said with a snapshot, in the task pool: the answer to a query; of a command what comes before it is
/// prepared or runs.
void read_in_pool(Dispatch& shared, const Passenger& passenger);

/// `prepare` in its pool once it is counted, then the command.
void prepare_counted(Dispatch& shared, const Passenger& passenger);

void submit(Database& database, std::unique_ptr<Job> job, Ticket ticket);

}  // namespace guerdon::http
