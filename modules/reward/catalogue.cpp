// Decides who sees which rewards, what a reward may be and what of it may still change.
#include "catalogue.hpp"

#include <algorithm>

#include "event/ports.hpp"
#include "event/visibility.hpp"
#include "guerdon/audit.hpp"
#include "model.hpp"
#include "repository/backlog.hpp"
#include "subscribers.hpp"

namespace guerdon::reward {
namespace {

Error no_such_event() { return Error{problems::not_found, "there is no such event"}; }
Error no_such_reward() { return Error{problems::not_found, "there is no such reward"}; }

/// Errors: forbidden (deleted ones, by who may not see them), not-found.
Result<void> check_sees_event(Snapshot& snapshot, const Caller& caller, event::EventId id,
                              std::optional<bool> include_deleted) {
  if (const auto may = event::check_may_include_deleted(caller, include_deleted); !may) return may.error();
  const auto event =
      include_deleted.value_or(false) ? event::find_event_or_deleted(snapshot, id) : event::find_event(snapshot, id);
  if (event && (event->state != event::EventState::draft || caller.is_staff())) return {};
  return no_such_event();
}

/// A reward that nobody else grants or changes until the commit. Errors: not-found.
Result<RewardRow> locked_reward(Tx& tx, event::EventId event, RewardId id) {
  if (!event::find_event(tx, event)) return no_such_event();
  auto row = lock_reward(tx, event, id);
  if (!row) return no_such_reward();
  return *std::move(row);
}

RewardView shown(const RewardRow& row) {
  RewardView view{static_cast<const RewardFields&>(row)};
  view.metadata = with_masked_code(std::move(view.metadata), view.type);
  if (row.deleted_at) view.deleted_at.emplace(*row.deleted_at);
  return view;
}

template <class Body>
std::optional<std::int64_t> quantity_of(const Body& body) {
  return body.quantity ? std::optional{body.quantity->value()} : std::nullopt;
}

template <class Body>
std::optional<std::string> name_of(const Body& body) {
  return body.name ? std::optional{body.name->value()} : std::nullopt;
}

bool is_sound(const std::vector<Fault>& faults, std::string_view pointer) {
  return std::ranges::none_of(faults, [&](const Fault& f) { return f.where == pointer; });
}

/// The faults of decoding and of the metadata, if it could be decoded and is known to be of that type.
std::vector<Fault> all_faults(std::vector<Fault> faults, RewardType type, const json::object& metadata) {
  if (!is_sound(faults, "/type") || !is_sound(faults, "/metadata")) return faults;
  const auto found = metadata_faults(type, metadata);
  faults.insert(faults.end(), found.begin(), found.end());
  return faults;
}

/// Who sends back what they were shown means the code that was masked.
json::object unmasked(json::object metadata, const RewardRow& before) {
  auto* const code = before.type == RewardType::coupon ? metadata.if_contains("code") : nullptr;
  const auto* const known = before.metadata.if_contains("code");
  const auto masked = with_masked_code(before.metadata, before.type);
  if (code != nullptr && known != nullptr && *code == masked.at("code")) *code = *known;
  return metadata;
}

std::vector<Fault> faults_of_change(const Decoded<RewardUpdateRequest>& request, const RewardRow& before,
                                    const json::object& metadata) {
  auto faults = request.faults;
  if (request.value.type && *request.value.type != before.type)
    faults.push_back({"/type", false, "not-changeable", "a reward keeps its type"});
  faults = all_faults(std::move(faults), before.type, metadata);
  if (faults.empty() && is_pool(before.type, metadata) != is_pool(before.type, before.metadata))
    faults.push_back({"/metadata/code", false, "not-changeable", "a coupon keeps to one code or to a pool of codes"});
  return faults;
}

/// How many were granted or are held by requests that wait.
std::int64_t taken_of(Snapshot& snapshot, const RewardRow& row) {
  if (row.remaining) return capacity_of(row.quantity, row.codes).value() - *row.remaining;
  return row.granted + count_held(snapshot, row.id);
}

/// Errors: quantity-below-granted.
Result<void> set_quantity(RewardRow& row, std::optional<std::int64_t> quantity, std::int64_t taken) {
  if (quantity && *quantity < taken)
    return Error{refusals::quantity_below_granted, "more than that were granted or are held by requests that wait"}
        .with("granted", row.granted)
        .with("reserved", taken - row.granted);
  row.quantity = quantity;
  row.remaining = capacity_of(quantity, row.codes);
  if (row.remaining) *row.remaining -= taken;
  return {};
}

json::value to_value(std::optional<std::int64_t> number) {
  return number ? json::value(*number) : json::value(nullptr);
}

/// What changed, without the words of it: metadata may hold a code.
json::object changes_between(const RewardRow& before, const RewardRow& after) {
  json::array changed;
  if (before.name != after.name) changed.emplace_back("name");
  if (before.metadata != after.metadata) changed.emplace_back("metadata");
  if (before.quantity != after.quantity) changed.emplace_back("quantity");
  json::object details{{"eventId", after.event_id.to_string()}, {"changed", std::move(changed)}};
  if (before.quantity != after.quantity)
    details["quantity"] = json::object{{"from", to_value(before.quantity)}, {"to", to_value(after.quantity)}};
  return details;
}

}  // namespace

Result<RewardView> Catalogue::register_reward(Tx& tx, const Caller& caller, event::EventId event,
                                              const Decoded<RewardRegisterRequest>& request) {
  if (!event::find_event(tx, event)) return no_such_event();
  const auto& body = request.value;
  if (auto faults = all_faults(request.faults, body.type, body.metadata.value); !faults.empty())
    return Error{std::move(faults)};

  RewardRow row;
  row.id = tx.new_id<RewardId>();
  row.event_id = event;
  row.type = body.type;
  row.name = name_of(body);
  row.metadata = body.metadata.value;
  row.quantity = quantity_of(body);
  if (is_pool(row.type, row.metadata)) row.codes = 0;
  row.remaining = capacity_of(row.quantity, row.codes);
  row.created_at = row.updated_at = tx.now();

  const bool is_first = reward::list_rewards(tx, event).empty();
  add_reward(tx, row);
  if (is_first) serve_everybody(tx, event);
  record_audit(tx, caller,
               {"reward.created",
                row.id.to_string(),
                {{"eventId", event.to_string()}, {"type", wire_name(row.type)}, {"quantity", to_value(row.quantity)}}});
  return shown(row);
}

Result<RewardView> Catalogue::update_reward(Tx& tx, const Caller& caller, event::EventId event, RewardId id,
                                            const Decoded<RewardUpdateRequest>& request) {
  const auto before = locked_reward(tx, event, id);
  if (!before) return before.error();
  const auto& body = request.value;
  auto metadata = unmasked(body.metadata.value, *before);
  if (auto faults = faults_of_change(request, *before, metadata); !faults.empty()) return Error{std::move(faults)};

  RewardRow after = *before;
  if (const auto fits = set_quantity(after, quantity_of(body), taken_of(tx, *before)); !fits) return fits.error();
  after.name = name_of(body);
  after.metadata = std::move(metadata);
  after.updated_at = tx.now();
  save_reward(tx, after);
  record_audit(tx, caller, {"reward.updated", id.to_string(), changes_between(*before, after)});
  return shown(after);
}

Result<None> Catalogue::delete_reward(Tx& tx, const Caller& caller, event::EventId event, RewardId id) {
  const auto row = locked_reward(tx, event, id);
  if (!row) return row.error();
  mark_deleted(tx, id);
  record_audit(tx, caller,
               {"reward.deleted", id.to_string(), {{"eventId", event.to_string()}, {"granted", row->granted}}});
  return None{};
}

Result<CodesAdded> Catalogue::add_codes(Tx& tx, const Caller& caller, event::EventId event, RewardId id,
                                        const CodesRequest& request) {
  auto row = locked_reward(tx, event, id);
  if (!row) return row.error();
  if (!row->codes) return Error{refusals::no_code_pool, "only a COUPON reward without a code of its own has a pool"};

  const bool was_empty = *row->codes == 0;
  const auto taken = taken_of(tx, *row);
  CodesAdded result;
  result.added = reward::add_codes(tx, id, request.codes);
  result.duplicates = static_cast<std::int64_t>(request.codes.size()) - result.added;
  row->codes = *row->codes + result.added;
  row->remaining = capacity_of(row->quantity, row->codes).value() - taken;
  row->updated_at = tx.now();
  save_reward(tx, *row);
  if (was_empty && result.added > 0) serve_everybody(tx, event);
  record_audit(tx, caller,
               {"reward.codes-added",
                id.to_string(),
                {{"eventId", event.to_string()}, {"added", result.added}, {"duplicates", result.duplicates}}});
  return result;
}

void Catalogue::serve_everybody(Tx& tx, event::EventId event) {
  begin_backlog(tx, event);
  tx.on_commit([this] { pumps_.wake(backlog_pump); });
}

Result<RewardView> Catalogue::get_reward(Snapshot& snapshot, const Caller& caller, event::EventId event, RewardId id,
                                         const RewardQuery& query) const {
  if (const auto sees = check_sees_event(snapshot, caller, event, query.include_deleted); !sees) return sees.error();
  const auto reward = find_reward(snapshot, event, id);
  if (!reward || (reward->deleted_at && !query.include_deleted.value_or(false))) return no_such_reward();
  return shown(*reward);
}

Result<Page<RewardView>> Catalogue::list_rewards(Snapshot& snapshot, const Caller& caller, event::EventId event,
                                                 const RewardListQuery& query) const {
  if (const auto sees = check_sees_event(snapshot, caller, event, query.include_deleted); !sees) return sees.error();
  const RewardFilter filter{.type = query.type, .with_deleted = query.include_deleted.value_or(false)};
  const auto rows = page_by_id<RewardRow>(
      cursors_, query,
      [&](std::optional<Uuid> before, std::int64_t limit) {
        return page_rewards(snapshot, event, filter, before, limit);
      },
      [](const RewardRow& row) { return row.id.uuid(); });
  if (!rows) return rows.error();
  Page<RewardView> page{.items = {}, .next_cursor = rows->next_cursor};
  for (const auto& row : rows->items) page.items.push_back(shown(row));
  return page;
}

}  // namespace guerdon::reward
