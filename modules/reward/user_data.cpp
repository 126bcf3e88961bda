// Marks a user's rows, and takes that mark away again, some a transaction. Each statement names the mark: another
// deletion's rows stay.
#include "user_data.hpp"

namespace guerdon::reward {
namespace {

/// By id, as everybody locks them. How many there are is bounded by how often operators have rejected the user.
void lock_requests_of(Tx& tx, UserId user) {
  static constexpr Sql sql{"SELECT id FROM reward_requests WHERE user_id = $1 ORDER BY id",
                           "SELECT id FROM reward_requests WHERE user_id = $1 ORDER BY id FOR UPDATE"};
  tx.exec(sql, user);
}

std::int64_t hide_grants(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit) {
  constexpr Sql sql =
      "UPDATE reward_grants SET deleted_by = $2 WHERE (request_id, reward_id) IN"
      " (SELECT request_id, reward_id FROM reward_grants WHERE user_id = $1 AND deleted_by IS NULL"
      " ORDER BY request_id, reward_id LIMIT $3)";
  return tx.exec(sql, user, mark, limit);
}

std::int64_t show_grants(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit) {
  constexpr Sql sql =
      "UPDATE reward_grants SET deleted_by = NULL WHERE (request_id, reward_id) IN"
      " (SELECT request_id, reward_id FROM reward_grants WHERE user_id = $1 AND deleted_by = $2"
      " ORDER BY request_id, reward_id LIMIT $3)";
  return tx.exec(sql, user, mark, limit);
}

std::int64_t hide_entries(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit) {
  constexpr Sql sql =
      "UPDATE reward_ledger SET deleted_by = $2 WHERE id IN"
      " (SELECT id FROM reward_ledger WHERE user_id = $1 AND deleted_by IS NULL ORDER BY number LIMIT $3)";
  return tx.exec(sql, user, mark, limit);
}

std::int64_t show_entries(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit) {
  constexpr Sql sql =
      "UPDATE reward_ledger SET deleted_by = NULL WHERE id IN"
      " (SELECT id FROM reward_ledger WHERE user_id = $1 AND deleted_by = $2 ORDER BY number LIMIT $3)";
  return tx.exec(sql, user, mark, limit);
}

std::int64_t hide_wallet(Tx& tx, UserId user, const Uuid& mark) {
  return tx.exec("UPDATE reward_wallets SET deleted_by = $2 WHERE user_id = $1 AND deleted_by IS NULL", user, mark);
}

std::int64_t show_wallet(Tx& tx, UserId user, const Uuid& mark) {
  return tx.exec("UPDATE reward_wallets SET deleted_by = NULL WHERE user_id = $1 AND deleted_by = $2", user, mark);
}

}  // namespace

auth::RowCounts hide_user_requests(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit) {
  lock_requests_of(tx, user);
  constexpr Sql sql =
      "UPDATE reward_requests SET deleted_at = $3, deleted_by = $2 WHERE id IN"
      " (SELECT id FROM reward_requests WHERE user_id = $1 AND deleted_at IS NULL ORDER BY id LIMIT $4)";
  return {{"reward_requests", tx.exec(sql, user, mark, tx.now(), limit)}};
}

auth::RowCounts show_user_requests(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit) {
  lock_requests_of(tx, user);
  constexpr Sql sql =
      "UPDATE reward_requests SET deleted_at = NULL, deleted_by = NULL WHERE id IN"
      " (SELECT id FROM reward_requests WHERE user_id = $1 AND deleted_by = $2 ORDER BY id LIMIT $3)";
  return {{"reward_requests", tx.exec(sql, user, mark, limit)}};
}

auth::RowCounts hide_user_wallet(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit) {
  return auth::TableByTable{limit}
      .in("reward_grants", [&](std::int64_t left) { return hide_grants(tx, user, mark, left); })
      .in("reward_ledger", [&](std::int64_t left) { return hide_entries(tx, user, mark, left); })
      .in("reward_wallets", [&](std::int64_t) { return hide_wallet(tx, user, mark); })
      .counts();
}

auth::RowCounts show_user_wallet(Tx& tx, UserId user, const Uuid& mark, std::int64_t limit) {
  return auth::TableByTable{limit}
      .in("reward_grants", [&](std::int64_t left) { return show_grants(tx, user, mark, left); })
      .in("reward_ledger", [&](std::int64_t left) { return show_entries(tx, user, mark, left); })
      .in("reward_wallets", [&](std::int64_t) { return show_wallet(tx, user, mark); })
      .counts();
}

void own_user_data(auth::UserDataOwners& owners) {
  owners.add({.kind = auth::UserData::requests, .hide = hide_user_requests, .show = show_user_requests});
  owners.add({.kind = auth::UserData::wallet, .hide = hide_user_wallet, .show = show_user_wallet});
}

}  // namespace guerdon::reward
