// Requests against the audit log, their grants and the terms of their events. What an event's terms were before its
// last change is not known here: requests that are older than that are held to what never changes.
#include "decision_invariants.hpp"

#include <algorithm>

#include "decision_audit.hpp"
#include "event/ports.hpp"
#include "guerdon/audit.hpp"
#include "model.hpp"
#include "progress/ports.hpp"

namespace guerdon::reward {
namespace {

constexpr std::size_t told_at_most = 100;
constexpr std::chrono::minutes slack{1};  // between the clocks of servers, and of transactions side by side
constexpr Instant for_ever{std::chrono::sys_days{std::chrono::year{9999} / 12 / 31}};

using Lines = std::vector<std::string>;

void tell(Lines& lines, RequestId request) {
  if (lines.size() < told_at_most) lines.push_back(request.to_string());
}

std::vector<RequestId> audited_requests(Snapshot& snapshot, std::string_view action) {
  std::vector<RequestId> requests;
  visit_audited(snapshot, action, [&](std::string_view subject) {
    if (const auto id = RequestId::parse(subject)) requests.push_back(*id);
  });
  std::ranges::sort(requests);
  return requests;
}

/// Requests that the audit log says were decided so, and that now say something else.
void add_changed(Snapshot& snapshot, std::string_view action, RequestStatus status, Lines& lines) {
  const auto decided = audited_requests(snapshot, action);
  const auto others = snapshot.list<RequestId>("SELECT id FROM reward_requests WHERE status <> $1", status);
  for (const auto id : others)
    if (std::ranges::binary_search(decided, id)) tell(lines, id);
}

Lines decisions_that_changed(Snapshot& snapshot) {
  Lines lines;
  add_changed(snapshot, audited::approved, RequestStatus::approved, lines);
  add_changed(snapshot, audited::rejected, RequestStatus::rejected, lines);
  return lines;
}

/// What a person or a key decided.
void add_unrecorded(Snapshot& snapshot, std::string_view action, RequestStatus status, Lines& lines) {
  const auto recorded = audited_requests(snapshot, action);
  const auto decided = snapshot.list<RequestId>(
      "SELECT id FROM reward_requests WHERE status = $1 AND (operator_id IS NOT NULL OR operator_key IS NOT NULL)",
      status);
  for (const auto id : decided)
    if (!std::ranges::binary_search(recorded, id)) tell(lines, id);
}

Lines decisions_without_entry(Snapshot& snapshot) {
  Lines lines;
  add_unrecorded(snapshot, audited::approved, RequestStatus::approved, lines);
  add_unrecorded(snapshot, audited::rejected, RequestStatus::rejected, lines);
  return lines;
}

/// The grants are the record of what the server approved by itself.
Lines grants_of_another_time(Snapshot& snapshot) {
  Lines lines;
  for (const auto id : snapshot.list<RequestId>(
           "SELECT DISTINCT g.request_id FROM reward_grants g JOIN reward_requests q ON q.id = g.request_id"
           " WHERE q.processed_at IS NULL OR g.granted_at <> q.processed_at LIMIT 100"))
    tell(lines, id);
  return lines;
}

struct Asked {
  RequestId id;
  UserId user_id;
};
BOOST_DESCRIBE_STRUCT(Asked, (), (id, user_id))

/// Requests of the event that were made in [from, to).
std::vector<Asked> asked_between(Snapshot& snapshot, const event::EventInfo& event, Instant from, Instant to) {
  if (from >= to) return {};
  return snapshot.list<Asked>(
      "SELECT id, user_id FROM reward_requests WHERE event_id = $1 AND requested_at >= $2 AND requested_at < $3"
      " ORDER BY requested_at, id",
      event.id, from, to);
}

void tell_all(Lines& lines, const std::vector<Asked>& asked) {
  for (const auto& request : asked) tell(lines, request.id);
}

void add_out_of_time(Snapshot& snapshot, const event::EventInfo& event, Lines& lines) {
  tell_all(lines, asked_between(snapshot, event, Instant{}, event.created_at - slack));
  for (const auto& pause : event.pauses)
    tell_all(lines, asked_between(snapshot, event, pause.from + slack, pause.to ? *pause.to - slack : for_ever));
  if (event.deleted_at) tell_all(lines, asked_between(snapshot, event, *event.deleted_at + slack, for_ever));

  const auto since = event.updated_at + slack;  // from then on the period was this one
  tell_all(lines, asked_between(snapshot, event, since, event.start_at));
  const auto closes = closes_at(event);
  if (!closes) return;
  tell_all(lines, asked_between(snapshot, event, std::max(since, *closes), for_ever));
  for (const auto& late : asked_between(snapshot, event, std::max(since, *event.end_at), *closes)) {
    const auto met = progress::met_at(snapshot, event.id, late.user_id);  // none: it is out of sight
    if (met && *met >= *event.end_at) tell(lines, late.id);
  }
}

Lines requests_out_of_time(Snapshot& snapshot) {
  Lines lines;
  for (const auto id : snapshot.list<event::EventId>("SELECT DISTINCT event_id FROM reward_requests"))
    if (const auto event = event::find_event_or_deleted(snapshot, id)) add_out_of_time(snapshot, *event, lines);
  return lines;
}

}  // namespace

std::vector<Invariant> decision_invariants() {
  return {
      {.name = "I13",
       .rule = "A decision that the audit log tells of stands as it was made.",
       .violations = decisions_that_changed},
      {.name = "I13",
       .rule = "Every decision of an operator is in the audit log.",
       .violations = decisions_without_entry},
      {.name = "I13",
       .rule = "What a request granted was granted when it was approved.",
       .violations = grants_of_another_time},
      {.name = "I14", .rule = "A request was made while its event took requests.", .violations = requests_out_of_time},
  };
}

}  // namespace guerdon::reward
