// GET /api/admin/jobs and POST /api/admin/jobs/{name}/run.
#pragma once

#include "cron/job_runner.hpp"
#include "guerdon/cursor.hpp"
#include "guerdon/routes.hpp"

namespace guerdon::cron {

void add_job_routes(Router& routes, JobRunner& jobs, const CursorCodec& cursors);

}  // namespace guerdon::cron
