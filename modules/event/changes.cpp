// Compares what a client can set.
#include "changes.hpp"

namespace guerdon::event {
namespace {

json::object period_of(const EventRow& row) {
  json::object period{{"startAt", to_rfc3339(row.start_at)}, {"endAt", nullptr}};
  if (row.end_at) period["endAt"] = to_rfc3339(*row.end_at);
  return period;
}

json::value value_of(const EventRow& row, EventPart part) {
  switch (part) {
    case EventPart::name:
      return json::string{row.name};
    case EventPart::description:
      return nullptr;
    case EventPart::condition:
      return json::object{{"type", row.condition_type}, {"params", row.condition_params}};
    case EventPart::period:
      return period_of(row);
    case EventPart::activity:
      return row.is_active;
    case EventPart::time_zone:
      return json::string{row.time_zone.name()};
    case EventPart::approval:
      return json::string{wire_name(row.approval)};
  }
  return nullptr;
}

}  // namespace

std::vector<EventPart> changed_parts(const EventRow& a, const EventRow& b) {
  std::vector<EventPart> parts;
  const auto note = [&](EventPart part, bool is_same) {
    if (!is_same) parts.push_back(part);
  };
  note(EventPart::name, a.name == b.name);
  note(EventPart::description, a.description == b.description);
  note(EventPart::condition, a.condition_type == b.condition_type && a.condition_params == b.condition_params);
  note(EventPart::period, a.start_at == b.start_at && a.end_at == b.end_at);
  note(EventPart::activity, a.is_active == b.is_active);
  note(EventPart::time_zone, a.time_zone == b.time_zone);
  note(EventPart::approval, a.approval == b.approval);
  return parts;
}

json::object changes_of(const EventRow& before, const EventRow& after, const std::vector<EventPart>& parts) {
  json::object changes;
  for (const EventPart part : parts) {
    json::object change;
    if (part != EventPart::description) change = {{"from", value_of(before, part)}, {"to", value_of(after, part)}};
    changes[wire_name(part)] = std::move(change);
  }
  return changes;
}

}  // namespace guerdon::event
