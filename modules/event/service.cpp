// Decides what an event may be, who sees it, and what others hear of it.
#include "service.hpp"

#include <algorithm>

#include "changes.hpp"
#include "event/messages.hpp"
#include "event/visibility.hpp"
#include "guerdon/audit.hpp"
#include "guerdon/bus.hpp"
#include "listening.hpp"
#include "listing.hpp"
#include "model.hpp"

namespace guerdon::event {
namespace {

Period period_of(const EventRow& row) { return {row.start_at, row.end_at, row.time_zone}; }

EventView view_of(const EventRow& row, Instant now) {
  EventView view{.id = row.id,
                 .name = row.name,
                 .description = row.description,
                 .condition_type = row.condition_type,
                 .condition_params = row.condition_params,
                 .start_at = row.start_at,
                 .end_at = row.end_at,
                 .is_active = row.is_active,
                 .time_zone = row.time_zone,
                 .approval = row.approval,
                 .state = state_of(row.is_active, row.was_active, period_of(row), now),
                 .created_by = row.created_by,
                 .created_at = row.created_at,
                 .updated_at = row.updated_at};
  if (row.deleted_at) view.deleted_at.emplace(*row.deleted_at);
  return view;
}

/// Writes what was asked for into the row. Errors: validation-failed with the faults of decoding and of the whole.
Result<void> apply(const Decoded<EventRegisterRequest>& request, TimeZone default_zone, EventRow& row) {
  const auto& [body, decoding_faults] = request;
  row.name = body.name.value();
  row.description = body.description ? std::optional{body.description->value()} : std::nullopt;
  row.condition_type = body.condition_type.value();
  row.condition_params = body.condition_params.value;
  row.start_at = body.start_at;
  row.end_at = body.end_at;
  row.is_active = body.is_active.value_or(true);
  row.was_active = row.was_active || row.is_active;
  row.time_zone = body.time_zone.value_or(default_zone);
  row.approval = body.approval.value_or(Approval::auto_);

  auto faults = decoding_faults;
  const auto concerns = [&](std::string_view pointer) {
    return std::none_of(faults.begin(), faults.end(), [&](const Fault& f) { return f.where == pointer; });
  };
  const bool has_times = concerns("/startAt") && concerns("/endAt");
  if (has_times && row.end_at && *row.end_at <= row.start_at)
    faults.push_back({"/endAt", false, "too-small", "must be later than startAt"});
  if (concerns("/conditionType") && concerns("/conditionParams")) {
    Period period = period_of(row);
    if (!has_times || (row.end_at && *row.end_at <= row.start_at)) period.end.reset();
    const auto found = condition_faults(row.condition_type, row.condition_params, period);
    faults.insert(faults.end(), found.begin(), found.end());
  }
  if (!faults.empty()) return Error{std::move(faults)};
  return {};
}

bool is_frozen_by_progress(EventPart part) { return part == EventPart::condition || part == EventPart::time_zone; }

/// Lower case and with LIKE's own signs made literal.
std::string like_pattern(std::string_view part) {
  std::string pattern = "%";
  for (const char c : part) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return pattern + "%";
}

}  // namespace

Instant same_until(const EventView& view) {
  if (view.state == EventState::scheduled) return view.start_at;
  if (view.state == EventState::running && view.end_at) return *view.end_at;
  return Instant::max();
}

std::optional<Instant> same_until(const Page<EventView>& page, const EventListQuery& query) {
  if (query.state) return std::nullopt;
  Instant until = Instant::max();
  for (const auto& view : page.items) until = std::min(until, same_until(view));
  return until;
}

Result<EventView> Service::create(Tx& tx, const Caller& caller, const Decoded<EventRegisterRequest>& request) const {
  EventRow row;
  if (const auto applied = apply(request, default_zone_, row); !applied) return applied.error();
  row.id = tx.new_id<EventId>();
  row.created_by = caller.actor();
  row.created_at = row.updated_at = tx.now();
  add_event(tx, row);
  save_topics(tx, row);
  publish(tx, EventCreated{.event_id = row.id,
                           .name = row.name,
                           .condition_type = row.condition_type,
                           .condition_params = row.condition_params,
                           .start_at = row.start_at,
                           .end_at = row.end_at,
                           .is_active = row.is_active,
                           .time_zone = row.time_zone,
                           .approval = row.approval,
                           .created_by = row.created_by,
                           .created_at = row.created_at});
  record_audit(tx, caller, {.action = "event.created", .subject = row.id.to_string(), .details = {{"name", row.name}}});
  return view_of(row, tx.now());
}

Result<EventView> Service::update(Tx& tx, const Caller& caller, EventId id,
                                  const Decoded<EventRegisterRequest>& request) const {
  const auto before = lock_row(tx, id);
  if (!before || before->deleted_at) return Error{problems::not_found, "there is no such event"};
  EventRow row = *before;
  if (const auto applied = apply(request, default_zone_, row); !applied) return applied.error();
  const auto changed = changed_parts(*before, row);
  if (before->has_progress && std::ranges::any_of(changed, is_frozen_by_progress))
    return Error{refusals::has_progress, "users have progress in this event: its condition and time zone are frozen"};

  row.updated_at = tx.now();
  save_event(tx, row);
  save_topics(tx, row);
  if (before->is_active && !row.is_active) begin_pause(tx, id, tx.now());
  if (!before->is_active && row.is_active) end_pause(tx, id, tx.now());
  publish(tx, EventUpdated{.event_id = row.id,
                           .name = row.name,
                           .condition_type = row.condition_type,
                           .condition_params = row.condition_params,
                           .start_at = row.start_at,
                           .end_at = row.end_at,
                           .is_active = row.is_active,
                           .time_zone = row.time_zone,
                           .approval = row.approval,
                           .changed = changed,
                           .updated_by = caller.actor(),
                           .updated_at = row.updated_at});
  record_audit(tx, caller,
               {.action = "event.updated", .subject = id.to_string(), .details = changes_of(*before, row, changed)});
  return view_of(row, tx.now());
}

Result<EventView> Service::get_event(Snapshot& snapshot, const Caller& caller, EventId id,
                                     const EventQuery& query) const {
  if (const auto may = check_may_include_deleted(caller, query.include_deleted); !may) return may.error();
  const auto row = find_row(snapshot, id);
  const bool is_shown =
      row && (row->was_active || caller.is_staff()) && (!row->deleted_at || query.include_deleted.value_or(false));
  if (!is_shown) return Error{problems::not_found, "there is no such event"};
  return view_of(*row, snapshot.now());
}

Result<Page<EventView>> Service::list_events(Snapshot& snapshot, const Caller& caller,
                                             const EventListQuery& query) const {
  if (const auto may = check_may_include_deleted(caller, query.include_deleted); !may) return may.error();
  EventFilter filter{.with_drafts = caller.is_staff(),
                     .with_deleted = query.include_deleted.value_or(false),
                     .state = query.state,
                     .active = query.active,
                     .condition_type = std::nullopt,
                     .name_like = std::nullopt,
                     .from = query.from,
                     .to = query.to};
  if (query.condition_type) filter.condition_type = query.condition_type->value();
  if (query.q) filter.name_like = like_pattern(query.q->value());

  auto rows = page_by_id<EventRow>(
      cursors_, query,
      [&](std::optional<Uuid> before, std::int64_t limit) { return page_events(snapshot, filter, before, limit); },
      [](const EventRow& row) { return row.id.uuid(); });
  if (!rows) return rows.error();

  Page<EventView> page{.items = {}, .next_cursor = rows->next_cursor};
  for (const auto& row : rows->items) page.items.push_back(view_of(row, snapshot.now()));
  return page;
}

}  // namespace guerdon::event
