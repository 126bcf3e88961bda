// What differs between two versions of an event, pure.
#pragma once

#include <vector>

#include "repository.hpp"

namespace guerdon::event {

/// In the order of their declaration.
std::vector<EventPart> changed_parts(const EventRow& before, const EventRow& after);

/// The same for the audit log: each part as {"from", "to"}. Of the description only that it changed: it may be long.
json::object changes_of(const EventRow& before, const EventRow& after, const std::vector<EventPart>& parts);

}  // namespace guerdon::event
