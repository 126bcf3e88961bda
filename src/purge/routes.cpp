// The runs of the hard delete as operators see them, and the confirmation of one that was refused.
#include "purge/routes.hpp"

#include <utility>

#include "guerdon/page.hpp"

namespace guerdon {

struct HardDeleteView {
  PurgeRunId id;
  PurgeState state{};
  std::optional<std::string> refusal;
  Instant until;  ///< who was softly deleted by then is due
  std::int64_t due_users = 0, due_events = 0;
  std::int64_t users = 0, events = 0;
  std::int64_t failed = 0;  ///< users and events that could not be removed: the log says why
  json::object rows;        ///< removed or scrubbed, by table
  std::optional<std::string> confirmed_by;
  Instant started_at;
  std::optional<Instant> finished_at;
};
BOOST_DESCRIBE_STRUCT(HardDeleteView, (),
                      (id, state, refusal, until, due_users, due_events, users, events, failed, rows, confirmed_by,
                       started_at, finished_at))

enum class Confirmed { accepted };
BOOST_DESCRIBE_ENUM(Confirmed, accepted)

struct ConfirmResponse {
  Confirmed result = Confirmed::accepted;
  PurgeRunId run_id;
  std::int64_t due_users = 0, due_events = 0;
};
BOOST_DESCRIBE_STRUCT(ConfirmResponse, (), (result, run_id, due_users, due_events))

namespace {

HardDeleteView view_of(PurgeRun& run) {
  return {.id = run.id,
          .state = run.state,
          .refusal = std::move(run.refusal),
          .until = run.until_at,
          .due_users = run.due_users,
          .due_events = run.due_events,
          .users = run.users,
          .events = run.events,
          .failed = run.failed,
          .rows = std::move(run.counts),
          .confirmed_by = std::move(run.confirmed_by),
          .started_at = run.started_at,
          .finished_at = run.finished_at};
}

Result<Page<HardDeleteView>> list_runs(Snapshot& snapshot, const CursorCodec& cursors, const PageQuery& query) {
  auto rows = page_by_id<PurgeRun>(
      cursors, query,
      [&](std::optional<Uuid> before, std::int64_t limit) { return page_runs(snapshot, before, limit); },
      [](const PurgeRun& run) { return run.id.uuid(); });
  if (!rows) return rows.error();
  Page<HardDeleteView> page{.items = {}, .next_cursor = std::move(rows->next_cursor)};
  for (auto& run : rows->items) page.items.push_back(view_of(run));
  return page;
}

}  // namespace

void add_hard_delete_routes(Router& routes, HardDelete& hard_delete, const CursorCodec& cursors, AskForJob ask) {
  routes.query({.method = "GET",
                .path = "/api/admin/jobs/hard-delete/runs",
                .policy = Policy::roles({Role::auditor, Role::admin}),
                .summary = "What hard deletes removed for good, in counts; newest first"},
               [&cursors](Snapshot& snapshot, const Caller&, const Request<None, PageQuery>& request) {
                 return list_runs(snapshot, cursors, request.query);
               });

  routes.command(
      {.method = "POST",
       .path = "/api/admin/jobs/hard-delete/confirm",
       .policy = Policy::roles({Role::admin}),
       .summary = "Start the hard delete that was refused: who was due then is removed for good",
       .status = 202,
       .problems = {nothing_to_confirm}},
      [&hard_delete, ask = std::move(ask)](Tx& tx, const Caller& caller, const Request<>&) -> Result<ConfirmResponse> {
        ask(tx, caller);  // first: whoever is at the job locks its row before the run's
        const auto started = hard_delete.confirm(tx, caller);
        if (!started) return started.error();
        return ConfirmResponse{
            .run_id = started->run, .due_users = started->due_users, .due_events = started->due_events};
      });
}

}  // namespace guerdon
