// What the progress routes take and answer.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "event/messages.hpp"
#include "guerdon/page.hpp"
#include "guerdon/time.hpp"

namespace guerdon::progress {

struct EventPath {
  event::EventId id;
};
BOOST_DESCRIBE_STRUCT(EventPath, (), (id))

struct ProgressOfQuery {
  std::optional<UserId> user_id;        ///< staff only
  std::optional<bool> include_deleted;  ///< AUDITOR and ADMIN only
};
BOOST_DESCRIBE_STRUCT(ProgressOfQuery, (), (user_id, include_deleted))

struct ProgressListQuery : PageQuery {
  std::optional<UserId> user_id;  ///< staff only
  std::optional<event::EventId> event_id;
  std::optional<bool> include_deleted;  ///< AUDITOR and ADMIN only
};
BOOST_DESCRIBE_STRUCT(ProgressListQuery, (PageQuery), (user_id, event_id, include_deleted))

/// One condition of several.
struct LeafView {
  std::string condition_type;
  std::int64_t progress = 0;
  std::int64_t required = 0;
  bool eligible = false;
};
BOOST_DESCRIBE_STRUCT(LeafView, (), (condition_type, progress, required, eligible))

struct PartView : LeafView {
  Omittable<std::vector<LeafView>> parts;  ///< where it is made of conditions itself
};
BOOST_DESCRIBE_STRUCT(PartView, (LeafView), (parts))

/// What there is to say depends on the kind of condition. Of days: where the user stands within the day, since the turn
/// of the day is what users ask about most.
struct ProgressDetail {
  Omittable<Date> day_key;  ///< today in the event's time zone
  Omittable<bool> counted_today;
  Omittable<std::int64_t> best;                   ///< the longest run so far
  Omittable<Instant> next_reset_at;               ///< when the day turns
  Omittable<std::optional<Instant>> run_lost_at;  ///< a log-in before this instant continues the run
  Omittable<std::vector<PartView>> parts;         ///< of a condition made of conditions
};
BOOST_DESCRIBE_STRUCT(ProgressDetail, (), (day_key, counted_today, best, next_reset_at, run_lost_at, parts))

struct ProgressView {
  event::EventId event_id;
  UserId user_id;
  std::int64_t progress = 0;
  std::int64_t required = 0;
  bool eligible = false;
  std::optional<Instant> last_update;
  ProgressDetail detail;
  Omittable<Instant> deleted_at{};
};
BOOST_DESCRIBE_STRUCT(ProgressView, (),
                      (event_id, user_id, progress, required, eligible, last_update, detail, deleted_at))

}  // namespace guerdon::progress
