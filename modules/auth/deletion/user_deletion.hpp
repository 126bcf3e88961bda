// How a user is deleted: a saga of four steps, each of which can be taken back. Nothing is removed, only hidden, some
// hundred rows a transaction.
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <string_view>

#include "auth/user_data.hpp"
#include "guerdon/codec.hpp"
#include "saga/ports.hpp"

namespace guerdon::auth {

/// Its State. What the deletion hides carries the saga's id.
struct UserDeletion {
  static constexpr std::string_view type = "user-deletion";

  saga::SagaId saga_id;
  UserId user_id;
  RowCounts hidden;  ///< the receipt
};
BOOST_DESCRIBE_STRUCT(UserDeletion, (), (saga_id, user_id, hidden))

/// Everything that other modules own of a user, in the order in which it is hidden.
inline constexpr std::array all_user_data{UserData::facts, UserData::progress, UserData::requests, UserData::wallet};

/// While wiring; the owners may register later. `limit` rows a transaction are hidden or shown. Publishes
/// UserDeletionSucceeded and UserDeleted, or UserDeletionFailed.
void define_user_deletion(saga::Sagas& sagas, const UserDataOwners& owners, std::int64_t limit = rows_a_portion);

}  // namespace guerdon::auth
