#include "keys.hpp"

#include "../repository.hpp"
#include "guerdon/audit.hpp"
#include "repository.hpp"
#include "service_key.hpp"

namespace guerdon::auth {
namespace {

std::vector<Fault> faults_of(const Decoded<KeyRequest>& request, Instant now) {
  auto faults = request.faults;
  RoleSet named;
  for (std::size_t i = 0; i < request.value.roles.size(); ++i) {
    const Role role = request.value.roles[i];
    if (named.has(role))
      faults.push_back({.where = "/roles/" + std::to_string(i), .code = "duplicate", .detail = "is named twice"});
    named.add(role);
  }
  if (named.has(Role::user))
    faults.push_back(
        {.where = "/roles", .code = "not-allowed", .detail = "must not name USER: a service key has no account"});
  if (request.value.expires_at && *request.value.expires_at <= now)
    faults.push_back({.where = "/expiresAt", .code = "too-small", .detail = "must be in the future"});
  return faults;
}

json::object details_of(const KeyRow& row) {
  json::array roles;
  for (const Role role : RoleSet::from_bits(row.roles).list()) roles.emplace_back(wire_name(role));
  json::object details{{"roles", std::move(roles)}, {"expiresAt", nullptr}};
  if (row.expires_at) details["expiresAt"] = to_rfc3339(*row.expires_at);
  return details;
}

KeyView view_of(const KeyRow& row) {
  return {.id = row.id,
          .name = row.name,
          .roles = RoleSet::from_bits(row.roles).list(),
          .expires_at = row.expires_at,
          .created_at = row.created_at,
          .created_by = row.created_by,
          .revoked_at = row.revoked_at};
}

}  // namespace

Result<CreatedKey> Keys::create(Tx& tx, const Caller& caller, const Decoded<KeyRequest>& request) const {
  if (auto faults = faults_of(request, tx.now()); !faults.empty()) return Error{std::move(faults)};
  // A key outlives its maker's session: none comes from somebody who is leaving at this very moment.
  const auto maker = hold_state(tx, caller.id());
  if (!maker || maker->status != AccountStatus::active)
    return Error{problems::token_revoked, "The account was changed meanwhile: log in again."};
  RoleSet roles;
  for (const Role role : request.value.roles) roles.add(role);
  const KeyRow row{.id = tx.new_id<KeyId>(),
                   .name = request.value.name.value(),
                   .roles = roles.bits(),
                   .expires_at = request.value.expires_at,
                   .created_by = caller.id(),
                   .created_at = tx.now(),
                   .revoked_at = std::nullopt};
  const auto key = make_service_key(row.id, random_);
  add_key(tx, row, Bytes{std::string{as_text(key.digest)}});
  record_audit(tx, caller, {.action = "key.created", .subject = row.id.to_string(), .details = details_of(row)});
  return CreatedKey{.id = row.id,
                    .key = key.text,
                    .name = row.name,
                    .roles = roles.list(),
                    .expires_at = row.expires_at,
                    .created_at = row.created_at,
                    .created_by = row.created_by};
}

Result<Page<KeyView>> Keys::list_keys(Snapshot& snapshot, const KeyListQuery& query) const {
  auto rows = page_by_id<KeyRow>(
      cursors_, query,
      [&](std::optional<Uuid> before, std::int64_t limit) {
        return page_keys(snapshot, query.include_revoked.value_or(false), before, limit);
      },
      [](const KeyRow& row) { return row.id.uuid(); });
  if (!rows) return rows.error();
  Page<KeyView> page{.items = {}, .next_cursor = std::move(rows->next_cursor)};
  for (const auto& row : rows->items) page.items.push_back(view_of(row));
  return page;
}

Result<None> Keys::revoke(Tx& tx, const Caller& caller, KeyId id) const {
  if (!mark_revoked(tx, id, caller.id()))
    return Error{problems::not_found, "There is no such service key, or it has been revoked before."};
  record_audit(tx, caller, {.action = "key.revoked", .subject = id.to_string()});
  return None{};
}

}  // namespace guerdon::auth
