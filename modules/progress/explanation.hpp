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

/// One fact, in the words of the API. `reason` is empty where it counted, otherwise: before-start, after-end, paused;
/// not-matching (it lacks what the condition compares or adds up); repeat-day (one more of what counts once: a second
/// log-in of a day, a level that was reached already); late (the condition was met before); not-qualified (an invited
/// user who has not logged in yet); self (an invited user with the inviter's own address).
struct ExplainedFact {
  Instant at;
  std::string type;  ///< the activity's, or LOGIN, SESSION, SIGNUP, FIRST_LOGIN
  Date day_key;      ///< in the event's time zone
  bool counted = false;
  std::optional<std::string> reason;
  Omittable<std::string> id;  ///< of the activity or of the invited user
  std::int64_t progress = 0;  ///< afterwards
};
BOOST_DESCRIBE_STRUCT(ExplainedFact, (), (at, type, day_key, counted, reason, id, progress))

struct ExplainedProgress : ProgressView {
  Omittable<std::vector<ExplainedFact>> explain;  ///< oldest first, the newest 500 at most
};
BOOST_DESCRIBE_STRUCT(ExplainedProgress, (ProgressView), (explain))

/// As Service::get_progress, and with its explanation where that is asked for: facts from a week before the event on,
/// by the condition as it is now. Progress that is hidden is not explained: its facts are not at hand.
Result<ExplainedProgress> get_explained(Snapshot& snapshot, const Caller& caller, const Service& service,
                                        event::EventId event, const ProgressQuery& query);

}  // namespace guerdon::progress
