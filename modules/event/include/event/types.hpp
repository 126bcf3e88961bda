// The words of the event module that others use too.
#pragma once

#include <boost/describe.hpp>

namespace guerdon::event {

/// Derived from the active flag, the period and the time; never stored.
enum class EventState { draft, paused, scheduled, running, ended };
BOOST_DESCRIBE_ENUM(EventState, draft, paused, scheduled, running, ended)

/// Who decides a reward request: the server as soon as the condition is met, or an operator.
enum class Approval { auto_, manual };
BOOST_DESCRIBE_ENUM(Approval, auto_, manual)

/// What a change of an event touched.
enum class EventPart { name, description, condition, period, activity, time_zone, approval };
BOOST_DESCRIBE_ENUM(EventPart, name, description, condition, period, activity, time_zone, approval)

}  // namespace guerdon::event
