// Marks a user's rows, and takes that mark away again. Each statement names the mark: another deletion's rows stay.
#include "user_data.hpp"

namespace guerdon::reward {
namespace {

/// By id, as everybody locks them. How many there are is bounded by how often operators have rejected the user.
void lock_requests_of(Tx& tx, UserId user) {
  static constexpr Sql sql{"SELECT id FROM reward_requests WHERE user_id = $1 ORDER BY id",
                           "SELECT id FROM reward_requests WHERE user_id = $1 ORDER BY id FOR UPDATE"};
  tx.exec(sql, user);
}

}  // namespace

auth::RowCounts hide_user_requests(Tx& tx, UserId user, const Uuid& mark) {
  lock_requests_of(tx, user);
  const auto hidden =
      tx.exec("UPDATE reward_requests SET deleted_at = $3, deleted_by = $2 WHERE user_id = $1 AND deleted_at IS NULL",
              user, mark, tx.now());
  return {{"reward_requests", hidden}};
}

auth::RowCounts show_user_requests(Tx& tx, UserId user, const Uuid& mark) {
  lock_requests_of(tx, user);
  const auto shown =
      tx.exec("UPDATE reward_requests SET deleted_at = NULL, deleted_by = NULL WHERE user_id = $1 AND deleted_by = $2",
              user, mark);
  return {{"reward_requests", shown}};
}

auth::RowCounts hide_user_wallet(Tx& tx, UserId user, const Uuid& mark) {
  const auto grants =
      tx.exec("UPDATE reward_grants SET deleted_by = $2 WHERE user_id = $1 AND deleted_by IS NULL", user, mark);
  const auto entries =
      tx.exec("UPDATE reward_ledger SET deleted_by = $2 WHERE user_id = $1 AND deleted_by IS NULL", user, mark);
  const auto wallets =
      tx.exec("UPDATE reward_wallets SET deleted_by = $2 WHERE user_id = $1 AND deleted_by IS NULL", user, mark);
  return {{"reward_grants", grants}, {"reward_ledger", entries}, {"reward_wallets", wallets}};
}

auth::RowCounts show_user_wallet(Tx& tx, UserId user, const Uuid& mark) {
  const auto grants =
      tx.exec("UPDATE reward_grants SET deleted_by = NULL WHERE user_id = $1 AND deleted_by = $2", user, mark);
  const auto entries =
      tx.exec("UPDATE reward_ledger SET deleted_by = NULL WHERE user_id = $1 AND deleted_by = $2", user, mark);
  const auto wallets =
      tx.exec("UPDATE reward_wallets SET deleted_by = NULL WHERE user_id = $1 AND deleted_by = $2", user, mark);
  return {{"reward_grants", grants}, {"reward_ledger", entries}, {"reward_wallets", wallets}};
}

void own_user_data(auth::UserDataOwners& owners) {
  owners.add({.kind = auth::UserData::requests, .hide = hide_user_requests, .show = show_user_requests});
  owners.add({.kind = auth::UserData::wallet, .hide = hide_user_wallet, .show = show_user_wallet});
}

}  // namespace guerdon::reward
