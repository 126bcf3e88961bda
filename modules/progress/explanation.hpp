// Why a user's progress is what it is: every fact that could have counted, and why it did or did not.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "dto.hpp"
#include "facts.hpp"
#include "guerdon/caller.hpp"
#include "guerdon/store.hpp"

namespace guerdon::progress {

class Service;

struct ProgressQuery : ProgressOfQuery {
  std::optional<bool> explain;
};
BOOST_DESCRIBE_STRUCT(ProgressQuery, (ProgressOfQuery), (explain))

/// It happened outside the period, in a pause, lacks what the condition compares or adds up, is one more of what counts
/// once (a second login of a day), or came when the condition was met.
enum class NotCounted { before_start, after_end, paused, no_match, repeat, already_met };
BOOST_DESCRIBE_ENUM(NotCounted, before_start, after_end, paused, no_match, repeat, already_met)

struct ExplainedFact {
  Instant at;
  Date day;  ///< in the event's time zone
  FactSource source{};
  Omittable<std::string> activity;  ///< its type
  Omittable<std::string> id;        ///< of the activity or of the invited user
  bool counted = false;
  Omittable<NotCounted> reason;
  std::int64_t progress = 0;  ///< afterwards
};
BOOST_DESCRIBE_STRUCT(ExplainedFact, (), (at, day, source, activity, id, counted, reason, progress))

struct ExplainedProgress : ProgressView {
  Omittable<std::vector<ExplainedFact>> explanation;  ///< oldest first, the newest 500 at most
};
BOOST_DESCRIBE_STRUCT(ExplainedProgress, (ProgressView), (explanation))

/// As Service::get_progress, and with its explanation where that is asked for: facts from a week before the event on.
Result<ExplainedProgress> get_explained(Snapshot& snapshot, const Caller& caller, const Service& service,
                                        event::EventId event, const ProgressQuery& query);

}  // namespace guerdon::progress
