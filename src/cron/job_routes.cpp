// See job_routes.hpp.
#include "cron/job_routes.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "guerdon/page.hpp"

namespace guerdon::cron {
namespace {

struct JobPath {
  Text<1, 64> name;
};
BOOST_DESCRIBE_STRUCT(JobPath, (), (name))

struct RunNow {
  Defaulted<bool, false> confirm;  ///< "I know how much it does": what a job refused before may then be done
};
BOOST_DESCRIBE_STRUCT(RunNow, (), (confirm))

enum class Taken { accepted };
BOOST_DESCRIBE_ENUM(Taken, accepted)

struct RunAccepted {
  Taken result = Taken::accepted;
};
BOOST_DESCRIBE_STRUCT(RunAccepted, (), (result))

constexpr std::string_view cursor_mark = "jobs after ";

/// In the order of their names: there are a few, and none comes or goes while the server runs.
Result<Page<JobView>> page_of(std::vector<JobView> all, const PageQuery& query, const CursorCodec& cursors) {
  auto from = all.begin();
  if (query.cursor) {
    const auto after = cursors.open(*query.cursor);
    if (!after || !after->starts_with(cursor_mark))
      return Error{Fault{.where = "cursor",
                         .is_parameter = true,
                         .code = "bad-format",
                         .detail = "use nextCursor of the page before"}};
    from = std::ranges::upper_bound(all, after->substr(cursor_mark.size()), {}, &JobView::name);
  }
  const std::ptrdiff_t limit = query.limit ? query.limit->value() : 20;
  const auto to = from + std::min(limit, all.end() - from);
  Page<JobView> page;
  if (to != all.end()) page.next_cursor = cursors.seal(std::string{cursor_mark} + (to - 1)->name);
  page.items.assign(std::make_move_iterator(from), std::make_move_iterator(to));
  return page;
}

}  // namespace

void add_job_routes(Router& routes, JobRunner& jobs, const CursorCodec& cursors) {
  routes.query(
      {.method = "GET",
       .path = "/api/admin/jobs",
       .policy = Policy::roles({Role::auditor, Role::admin}),
       .summary = "The jobs that come round by the calendar: when, and what came of the last run"},
      [&](Snapshot& snapshot, const Caller&, const Request<None, PageQuery>& request) -> Result<Page<JobView>> {
        return page_of(jobs.list(snapshot), request.query, cursors);
      });
  routes.command(
      {.method = "POST",
       .path = "/api/admin/jobs/{name}/run",
       .policy = Policy::roles({Role::admin}),
       .summary = "Have a job run now",
       .status = 202,
       .problems = {problems::not_found, job_running}},
      [&](Tx& tx, const Caller& caller, const Request<JobPath, None, RunNow>& request) -> Result<RunAccepted> {
        const auto asked = jobs.ask(tx, caller, request.path.name, request.body.confirm);
        if (!asked) return asked.error();
        return RunAccepted{};
      });
}

}  // namespace guerdon::cron
