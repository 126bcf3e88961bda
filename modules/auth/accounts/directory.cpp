// What the caller may not see they can't search by either: a filter on a masked address would unmask it letter by
// letter.
#include "directory.hpp"

namespace guerdon::auth {
namespace {

constexpr RoleSet sees_leaving{Role::auditor, Role::admin};

/// Contains the text, in lower case as names and addresses are looked up, LIKE's own signs made literal.
std::string like_pattern(std::string_view part) {
  std::string pattern = "%";
  for (const char c : name_key(part)) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + "%";
}

}  // namespace

std::string masked_email(std::string_view email) {
  std::string masked{email.substr(0, 1)};
  masked += "***";
  masked += email.substr(local_part(email).size());
  return masked;
}

AccountView view_for(const Caller& caller, const FullAccountRow& row) {
  const bool sees_all = caller.has(Role::admin) || caller.user == row.id;
  AccountView view{.id = row.id,
                   .username = row.username,
                   .email = sees_all ? row.email : masked_email(row.email),
                   .roles = RoleSet::from_bits(row.roles).list(),
                   .status = row.status,
                   .profile = {},
                   .invite_code = {},
                   .created_at = row.created_at,
                   .status_reason = {},
                   .deleted_at = {}};
  if (sees_all) {
    view.profile.emplace(row.profile);
    view.invite_code.emplace(row.invite_code);
  }
  if (row.deleted_at) view.deleted_at.emplace(*row.deleted_at);
  if (row.status_reason && caller.roles.intersects(sees_leaving)) view.status_reason.emplace(*row.status_reason);
  return view;
}

Result<NameCheck> Directory::check_name(Snapshot& snapshot, const Username& username) const {
  return NameCheck{.username = username.value(),
                   .duplicate = is_reserved(username) || username_exists(snapshot, name_key(username))};
}

Result<Page<AccountView>> Directory::list_accounts(Snapshot& snapshot, const Caller& caller,
                                                   const AccountListQuery& query) const {
  AccountFilter filter{
      .role = query.role,
      .status = query.status,
      .with_leaving = query.include_deleted.value_or(false) || (query.status && is_leaving(*query.status)),
      .name_like = std::nullopt,
      .like_emails = caller.has(Role::admin)};
  if (filter.with_leaving && !caller.roles.intersects(sees_leaving))
    return Error{problems::forbidden, "Your roles do not show you deleted accounts."};
  if (query.q) filter.name_like = like_pattern(*query.q);

  auto rows = page_by_id<FullAccountRow>(
      cursors_, query,
      [&](std::optional<Uuid> before, std::int64_t limit) { return page_accounts(snapshot, filter, before, limit); },
      [](const FullAccountRow& row) { return row.id.uuid(); });
  if (!rows) return rows.error();
  Page<AccountView> page{.items = {}, .next_cursor = std::move(rows->next_cursor)};
  for (const auto& row : rows->items) page.items.push_back(view_for(caller, row));
  return page;
}

Result<AccountView> Directory::get_account(Snapshot& snapshot, const Caller& caller, UserId id) const {
  const Error hidden{problems::not_found, "There is no such account, or you may not see it."};
  const bool is_self = caller.user == id;
  if (!is_self && !caller.is_staff()) return hidden;
  const auto row = find_account(snapshot, id);
  if (!row) return hidden;
  if (is_leaving(row->status) && !is_self && !caller.roles.intersects(sees_leaving)) return hidden;
  return view_for(caller, *row);
}

}  // namespace guerdon::auth
