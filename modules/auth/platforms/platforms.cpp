// The row's two unique keys decide; what is read afterwards only finds the word for it.
#include "platforms.hpp"

#include <algorithm>

#include "../repository.hpp"
#include "auth/platform_messages.hpp"
#include "guerdon/audit.hpp"
#include "guerdon/bus.hpp"
#include "repository.hpp"

namespace guerdon::auth {
namespace {

bool is_platform_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; }

PlatformView view_of(const ConnectionRow& row) {
  return {.platform = row.platform, .platform_user_id = row.platform_user_id, .connected_at = row.connected_at};
}

/// Locks the account, so that it is not deleted meanwhile: its deletion finds all that there is. Errors: token-revoked.
Result<void> lock_active(Tx& tx, UserId user) {
  const auto state = lock_state(tx, user);
  if (state && state->status == AccountStatus::active) return {};
  return Error{problems::token_revoked, "The account was changed meanwhile: log in again."};
}

/// Which platform, not who there: the audit log keeps no personal data.
AuditEntry audited(std::string_view action, UserId user, std::string_view platform) {
  return {.action = action, .subject = user.to_string(), .details = {{"platform", platform}}};
}

}  // namespace

std::optional<std::string_view> PlatformNameRule::fault(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), is_platform_letter)) return std::nullopt;
  return "must be of a-z, 0-9 and -";
}

Result<PlatformView> Platforms::connect(Tx& tx, const Caller& caller, const ConnectRequest& request) const {
  const UserId user = caller.id();
  if (auto open = lock_active(tx, user); !open) return open.error();
  const ConnectionRow row{.id = tx.new_id<ConnectionId>(),
                          .platform = request.platform.value(),
                          .platform_user_id = request.platform_user_id.value(),
                          .connected_at = tx.now()};
  if (!add_connection(tx, user, row)) {
    const auto owner = find_platform_owner(tx, row.platform, row.platform_user_id);
    if (owner && *owner != user)
      return Error{platform_account_taken, "Another user has connected that account of the platform."};
    return Error{platform_connected, "You have an account of that platform connected: disconnect it first."};
  }
  publish(tx, PlatformConnected{.user_id = user,
                                .platform = row.platform,
                                .platform_user_id = Omittable<std::string>{row.platform_user_id},
                                .connected_at = row.connected_at});
  record_audit(tx, caller, audited("platform.connected", user, row.platform));
  return view_of(row);
}

Result<Page<PlatformView>> Platforms::list_platforms(Snapshot& snapshot, const Caller& caller,
                                                     const PageQuery& query) const {
  auto rows = page_by_id<ConnectionRow>(
      cursors_, query,
      [&](std::optional<Uuid> before, std::int64_t limit) {
        return page_connections(snapshot, caller.id(), before, limit);
      },
      [](const ConnectionRow& row) { return row.id.uuid(); });
  if (!rows) return rows.error();
  Page<PlatformView> page{.items = {}, .next_cursor = std::move(rows->next_cursor)};
  for (const auto& row : rows->items) page.items.push_back(view_of(row));
  return page;
}

Result<None> Platforms::disconnect(Tx& tx, const Caller& caller, const PlatformName& platform) const {
  const UserId user = caller.id();
  if (auto open = lock_active(tx, user); !open) return open.error();
  if (!remove_connection(tx, user, platform))
    return Error{problems::not_found, "You have no account of that platform connected."};
  publish(tx, PlatformDisconnected{.user_id = user, .platform = platform.value(), .disconnected_at = tx.now()});
  record_audit(tx, caller, audited("platform.disconnected", user, platform));
  return None{};
}

}  // namespace guerdon::auth
