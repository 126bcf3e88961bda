// Statements on auth_users and auth_sessions.
#include "repository.hpp"

namespace guerdon::auth {

bool add_user(Tx& tx, UserId id, const NewAccount& account) {
  constexpr Sql sql =
      "INSERT INTO auth_users (id, username, username_key, email, email_key, password_hash, password_version, roles,"
      " status, version, profile, invite_code, invited_by, created_at, updated_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, 0, $7, 'ACTIVE', 1, $8, $9, $10, $11, $11) ON CONFLICT DO NOTHING";
  return tx.exec(sql, id, account.username, account.username_key, account.email, account.email_key,
                 account.password_hash, account.roles.bits(), account.profile, account.invite_code, account.invited_by,
                 tx.now()) == 1;
}

std::optional<AccountRow> find_user(Snapshot& snapshot, UserId id) {
  constexpr Sql sql =
      "SELECT id, username, email, roles, status, version, profile, invite_code, created_at"
      " FROM auth_users WHERE id = $1";
  return snapshot.find<AccountRow>(sql, id);
}

bool username_exists(Snapshot& snapshot, std::string_view username_key) {
  constexpr Sql sql = "SELECT id FROM auth_users WHERE username_key = $1";
  return snapshot.find<UserId>(sql, username_key).has_value();
}

bool email_exists(Snapshot& snapshot, std::string_view email_key) {
  constexpr Sql sql = "SELECT id FROM auth_users WHERE email_key = $1";
  return snapshot.find<UserId>(sql, email_key).has_value();
}

std::optional<UserId> find_by_invite_code(Snapshot& snapshot, std::string_view invite_code) {
  constexpr Sql sql = "SELECT id FROM auth_users WHERE invite_code = $1 AND status IN ('ACTIVE', 'SUSPENDED')";
  return snapshot.find<UserId>(sql, invite_code);
}

std::optional<UserId> find_invited_by(Snapshot& snapshot, UserId invitee) {
  constexpr Sql sql = "SELECT invited_by FROM auth_users WHERE id = $1";
  return snapshot.find<std::optional<UserId>>(sql, invitee).value_or(std::nullopt);
}

std::optional<UserId> find_holder_of(Snapshot& snapshot, Role role) {
  constexpr Sql sql = "SELECT id FROM auth_users WHERE (roles & $1) <> 0 AND status <> 'DELETED' LIMIT 1";
  return snapshot.find<UserId>(sql, RoleSet{role}.bits());
}

std::optional<PasswordRow> find_password_by_username(Snapshot& snapshot, std::string_view username_key) {
  constexpr Sql sql =
      "SELECT id, password_hash, password_version FROM auth_users"
      " WHERE username_key = $1 AND status IN ('ACTIVE', 'SUSPENDED')";
  return snapshot.find<PasswordRow>(sql, username_key);
}

std::optional<PasswordRow> find_password(Snapshot& snapshot, UserId id) {
  constexpr Sql sql =
      "SELECT id, password_hash, password_version FROM auth_users"
      " WHERE id = $1 AND status IN ('ACTIVE', 'SUSPENDED')";
  return snapshot.find<PasswordRow>(sql, id);
}

std::optional<PasswordRow> find_password_by_email(Snapshot& snapshot, std::string_view email_key) {
  constexpr Sql sql =
      "SELECT id, password_hash, password_version FROM auth_users"
      " WHERE email_key = $1 AND status IN ('ACTIVE', 'SUSPENDED')";
  return snapshot.find<PasswordRow>(sql, email_key);
}

std::optional<AccountRow> mark_login(Tx& tx, UserId id, std::int64_t password_version,
                                     const std::optional<std::string>& better_hash) {
  constexpr Sql sql =
      "UPDATE auth_users SET last_login_at = $3, password_hash = coalesce($4, password_hash)"
      " WHERE id = $1 AND password_version = $2 AND status = 'ACTIVE'"
      " RETURNING id, username, email, roles, status, version, profile, invite_code, created_at";
  return tx.find<AccountRow>(sql, id, password_version, tx.now(), better_hash);
}

void replace_session(Tx& tx, UserId user, SessionId session, Instant expires_at) {
  constexpr Sql sql =
      "INSERT INTO auth_sessions (user_id, session_id, refresh_counter, refreshed_at, created_at, expires_at)"
      " VALUES ($1, $2, 0, $3, $3, $4)"
      " ON CONFLICT (user_id) DO UPDATE SET session_id = excluded.session_id, refresh_counter = 0,"
      " refreshed_at = excluded.refreshed_at, created_at = excluded.created_at, expires_at = excluded.expires_at";
  tx.exec(sql, user, session, tx.now(), expires_at);
}

bool end_session(Tx& tx, UserId user) {
  constexpr Sql sql = "DELETE FROM auth_sessions WHERE user_id = $1";
  return tx.exec(sql, user) == 1;
}

std::optional<StateRow> find_state(Snapshot& snapshot, UserId id) {
  constexpr Sql sql = "SELECT status, roles FROM auth_users WHERE id = $1";
  return snapshot.find<StateRow>(sql, id);
}

std::optional<StateRow> lock_state(Tx& tx, UserId id) {
  constexpr Sql sql{"SELECT status, roles FROM auth_users WHERE id = $1",
                    "SELECT status, roles FROM auth_users WHERE id = $1 FOR UPDATE"};
  return tx.find<StateRow>(sql, id);
}

std::optional<StateRow> hold_state(Tx& tx, UserId id) {
  constexpr Sql sql{"SELECT status, roles FROM auth_users WHERE id = $1",
                    "SELECT status, roles FROM auth_users WHERE id = $1 FOR SHARE"};
  return tx.find<StateRow>(sql, id);
}

std::optional<Uuid> find_deleted_by(Snapshot& snapshot, UserId id) {
  constexpr Sql sql = "SELECT deleted_by FROM auth_users WHERE id = $1 AND status IN ('DELETING', 'DELETED')";
  return snapshot.find<std::optional<Uuid>>(sql, id).value_or(std::nullopt);
}

std::optional<StandingRow> find_standing(Snapshot& snapshot, UserId user) {
  constexpr Sql sql{
      "SELECT u.status, u.version, u.roles, s.session_id, s.expires_at"
      " FROM auth_sessions s JOIN auth_users u INDEXED BY auth_users_standing ON u.id = s.user_id AND u.version > 0"
      " WHERE s.user_id = $1",
      "SELECT u.status, u.version, u.roles, s.session_id, s.expires_at"
      " FROM auth_sessions s JOIN auth_users u ON u.id = s.user_id WHERE s.user_id = $1"};
  return snapshot.find<StandingRow>(sql, user);
}

}  // namespace guerdon::auth
