// The row goes in one transaction with all that refers to it: there is little of it for any one account.
#include "removal.hpp"

#include <utility>

#include "../repository.hpp"
#include "../throttle/throttle.hpp"

namespace guerdon::auth {
namespace {

struct Names {
  std::string username, email;
};
BOOST_DESCRIBE_STRUCT(Names, (), (username, email))

/// Of an account that is due, which nobody restores until the commit.
std::optional<Names> lock_due(Tx& tx, UserId user, Instant until) {
  constexpr Sql sql{
      "SELECT username, email FROM auth_users WHERE id = $1 AND status = 'DELETED' AND deleted_at <= $2",
      "SELECT username, email FROM auth_users WHERE id = $1 AND status = 'DELETED' AND deleted_at <= $2 FOR UPDATE"};
  return tx.find<Names>(sql, user, until);
}

bool take(Tx& tx, const Tombstones& tombstones, UserId user, Instant until, PurgeBatch& batch) {
  const auto names = lock_due(tx, user, until);
  if (!names) return false;
  tombstones.add(tx, names->username, names->email);
  clear_throttle(tx, user);
  batch.add("auth_sessions", tx.exec("DELETE FROM auth_sessions WHERE user_id = $1", user));
  batch.add("auth_password_resets", tx.exec("DELETE FROM auth_password_resets WHERE user_id = $1", user));
  batch.add("auth_platforms", tx.exec("DELETE FROM auth_platforms WHERE user_id = $1", user));
  batch.add("auth_users", tx.exec("DELETE FROM auth_users WHERE id = $1", user));
  return true;
}

std::vector<std::string> message_keys(Snapshot& snapshot, const NameKeys& keys, UserId user) {
  const auto names = snapshot.find<Names>("SELECT username, email FROM auth_users WHERE id = $1", user);
  if (!names) return {};
  auto all = keys.all_of(names->username);
  for (auto& key : keys.all_of(names->email)) all.push_back(std::move(key));
  return all;
}

std::vector<Uuid> list_due(Snapshot& snapshot, Instant until, std::int64_t limit) {
  constexpr Sql sql =
      "SELECT id FROM auth_users WHERE status = 'DELETED' AND deleted_at <= $1 ORDER BY deleted_at, id LIMIT $2";
  return snapshot.list<Uuid>(sql, until, limit);
}

}  // namespace

PurgeSource account_source(const Tombstones& tombstones, const NameKeys& keys) {
  return {
      .exists = [](Snapshot& snapshot, const Uuid& id) { return find_state(snapshot, UserId{id}).has_value(); },
      .count_all = [](Snapshot& snapshot) { return snapshot.get<std::int64_t>("SELECT count(*) FROM auth_users"); },
      .count_due =
          [](Snapshot& snapshot, Instant until) {
            return snapshot.get<std::int64_t>(
                "SELECT count(*) FROM auth_users WHERE status = 'DELETED' AND deleted_at <= $1", until);
          },
      .list_due = list_due,
      .message_keys = [&keys](Snapshot& snapshot, const Uuid& id) { return message_keys(snapshot, keys, UserId{id}); },
      .take = [&tombstones](Tx& tx, const Uuid& id, Instant until,
                            PurgeBatch& batch) { return take(tx, tombstones, UserId{id}, until, batch); }};
}

PurgeOwner account_owner() {
  return {.columns = {{"auth_users", "username", Fate::removed},
                      {"auth_users", "username_key", Fate::removed},
                      {"auth_users", "email", Fate::removed},
                      {"auth_users", "email_key", Fate::removed},
                      {"auth_users", "profile", Fate::removed},
                      {"auth_users", "invite_code", Fate::removed},
                      {"auth_users", "status_reason", Fate::removed},
                      {"auth_users", "status_before", Fate::removed},
                      {"auth_users", "deleted_by", Fate::removed},
                      {"auth_users", "invited_by", Fate::pseudonym},
                      {"auth_sessions", "user_id", Fate::removed},
                      {"auth_password_resets", "user_id", Fate::removed},
                      {"auth_password_resets", "issued_by", Fate::pseudonym},
                      {"auth_platforms", "user_id", Fate::removed},
                      {"auth_platforms", "platform_user_id", Fate::removed},
                      {"auth_platforms", "deleted_by", Fate::removed},
                      {"auth_keys", "created_by", Fate::pseudonym},
                      {"auth_keys", "revoked_by", Fate::pseudonym},
                      {"auth_throttle", "key", Fate::removed}},
          .tidy = [](Tx& tx, PurgeBatch& batch) { batch.add("auth_tombstones", prune_tombstones(tx, batch.room())); }};
}

}  // namespace guerdon::auth
