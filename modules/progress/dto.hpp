// What the progress routes take and answer.
#pragma once

#include <boost/describe.hpp>
#include <optional>

#include "event/messages.hpp"
#include "guerdon/page.hpp"
#include "guerdon/time.hpp"

namespace guerdon::progress {

struct EventPath {
  event::EventId id;
};
BOOST_DESCRIBE_STRUCT(EventPath, (), (id))

struct ProgressOfQuery {
  std::optional<UserId> user_id;  ///< staff only
};
BOOST_DESCRIBE_STRUCT(ProgressOfQuery, (), (user_id))

struct ProgressListQuery : PageQuery {
  std::optional<UserId> user_id;  ///< staff only
  std::optional<event::EventId> event_id;
};
BOOST_DESCRIBE_STRUCT(ProgressListQuery, (PageQuery), (user_id, event_id))

/// Where the user stands within the day, since the turn of the day is what users ask about most.
struct StreakDetail {
  Date day_key;  ///< today in the event's time zone
  bool counted_today = false;
  std::int64_t best = 0;               ///< the longest run so far
  Instant next_reset_at;               ///< when the day turns
  std::optional<Instant> run_lost_at;  ///< a log-in before this instant continues the run
};
BOOST_DESCRIBE_STRUCT(StreakDetail, (), (day_key, counted_today, best, next_reset_at, run_lost_at))

struct ProgressView {
  event::EventId event_id;
  UserId user_id;
  std::int64_t progress = 0;
  std::int64_t required = 0;
  bool eligible = false;
  std::optional<Instant> last_update;
  StreakDetail detail;
};
BOOST_DESCRIBE_STRUCT(ProgressView, (), (event_id, user_id, progress, required, eligible, last_update, detail))

}  // namespace guerdon::progress
