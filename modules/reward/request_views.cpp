// A page goes by the time of the request and then by id, so that `from` and `to` are bounds of an index.
#include "request_views.hpp"

#include <algorithm>
#include <functional>

#include "granting.hpp"
#include "progress/ports.hpp"

namespace guerdon::reward {
namespace {

constexpr Instant for_ever{std::chrono::sys_days{std::chrono::year{9999} / 12 / 31}};
constexpr std::size_t time_text_size = 24;  // of an RFC 3339 instant in UTC

RequestKey key_of(const RequestRow& row) { return {.requested_at = row.requested_at, .id = row.id}; }

std::string seal(const CursorCodec& cursors, const RequestKey& key) {
  return cursors.seal(to_rfc3339(key.requested_at) + key.id.to_string());
}

Result<RequestKey> open(const CursorCodec& cursors, std::string_view cursor) {
  const auto payload = cursors.open(cursor).value_or("");
  const auto time = parse_rfc3339(std::string_view{payload}.substr(0, time_text_size));
  const auto id = RequestId::parse(std::string_view{payload}.substr(std::min(time_text_size, payload.size())));
  if (time && id) return RequestKey{.requested_at = *time, .id = *id};
  return Error{Fault{
      .where = "cursor", .is_parameter = true, .code = "bad-format", .detail = "use nextCursor of the page before"}};
}

/// Without a status, a page of each is read and the newest of all of them kept.
std::vector<RequestRow> newest(Snapshot& snapshot, RequestFilter filter, std::int64_t limit) {
  if (filter.user || filter.status) return page_requests(snapshot, filter, limit);
  std::vector<RequestRow> rows;
  for (const auto status : {RequestStatus::pending, RequestStatus::approved, RequestStatus::rejected}) {
    filter.status = status;
    for (auto& row : page_requests(snapshot, filter, limit)) rows.push_back(std::move(row));
  }
  std::ranges::sort(rows, std::greater{}, key_of);
  if (static_cast<std::int64_t>(rows.size()) > limit) rows.resize(static_cast<std::size_t>(limit));
  return rows;
}

}  // namespace

json::object named(const RequestRow& row) { return {{"id", row.id.to_string()}, {"status", wire_name(row.status)}}; }

RequestView view_of(Snapshot& snapshot, const RequestRow& row, Codes codes) {
  const auto decided_by =
      actor_of({.reason = row.reason, .operator_id = row.operator_id, .operator_key = row.operator_key});
  // What the server approves by itself has met the condition; an operator may have overridden it.
  const bool is_eligible = (row.status == RequestStatus::approved && !decided_by) ||
                           progress::met_at(snapshot, row.event_id, row.user_id).has_value();
  RequestView view{
      .id = row.id,
      .user_id = row.user_id,
      .event_id = row.event_id,
      .status = row.status,
      .eligible = is_eligible,
      .requested_at = row.requested_at,
      .processed_at = row.processed_at,
      .operator_id = decided_by,
      .reason = row.reason,
      .grants = row.status == RequestStatus::approved ? show_grants(snapshot, row.id, codes) : std::vector<GrantView>{},
      .created_at = row.requested_at,
      .updated_at = row.updated_at};
  if (row.deleted_at) view.deleted_at.emplace(*row.deleted_at);
  return view;
}

Result<Page<RequestView>> page_of_requests(Snapshot& snapshot, const CursorCodec& cursors, std::optional<UserId> user,
                                           const RequestListQuery& query) {
  RequestFilter filter{.user = user,
                       .event = query.event_id,
                       .status = query.status,
                       .from = query.from.value_or(Instant{}),
                       .below = {.requested_at = query.to.value_or(for_ever), .id = {}},
                       .with_deleted = query.include_deleted.value_or(false)};
  if (query.cursor) {
    const auto last = open(cursors, *query.cursor);
    if (!last) return last.error();
    filter.below = std::min(filter.below, *last);
  }
  const std::int64_t limit = query.limit ? query.limit->value() : 20;
  auto rows = newest(snapshot, filter, limit + 1);
  Page<RequestView> page;
  if (static_cast<std::int64_t>(rows.size()) > limit) {
    rows.pop_back();
    page.next_cursor = seal(cursors, key_of(rows.back()));
  }
  for (const auto& row : rows) page.items.push_back(view_of(snapshot, row));
  return page;
}

}  // namespace guerdon::reward
