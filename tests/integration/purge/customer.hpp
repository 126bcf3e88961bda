// A user who has something of everything that a hard delete removes or keeps.
#pragma once

#include "integration/purge/graveyard.hpp"

namespace guerdon::test {

/// Two events: one that paid the user, one in which a request of theirs waits and holds stock.
struct Customer {
  explicit Customer(Graveyard& in) : yard(in) {
    yard.add_reward(won.id, 10, 5);
    yard.add_reward(waits.id, 100, 5);
    REQUIRE(yard.ask(waits.id, user));
    yard.log_in(user);
    yard.serve(won.id, user);
    REQUIRE(yard.points_of(user) == 10);
    yard.write([&](Tx& tx) {
      tx.exec("INSERT INTO progress_sessions (user_id, at) VALUES ($1, $2)", user, tx.now());
      tx.exec(
          "INSERT INTO auth_platforms (id, user_id, platform, platform_user_id, connected_at)"
          " VALUES ($1, $2, 'steam', $3, $4)",
          tx.new_id<UserId>(), user, user.to_string(), tx.now());
    });
  }

  Graveyard& yard;
  event::EventView won = yard.create_event(R"({"conditionParams": {"days": 1}})");
  event::EventView waits = yard.create_event(R"({"approval": "MANUAL"})");
  UserId user = yard.new_user();
};

/// Of those that a hard delete removes.
inline std::int64_t rows_left(Graveyard& yard, UserId user) {
  return yard.count(
             "SELECT (SELECT count(*) FROM auth_users WHERE id = $1) + (SELECT count(*) FROM auth_sessions WHERE "
             "user_id"
             " = $1) + (SELECT count(*) FROM auth_platforms WHERE user_id = $1)",
             user.uuid()) +
         yard.count(
             "SELECT (SELECT count(*) FROM progress_logins WHERE user_id = $1) + (SELECT count(*) FROM "
             "progress_sessions"
             " WHERE user_id = $1) + (SELECT count(*) FROM progress_activities WHERE user_id = $1) + (SELECT count(*)"
             " FROM progress_states WHERE user_id = $1) + (SELECT count(*) FROM progress_deleted_logins WHERE user_id ="
             " $1) + (SELECT count(*) FROM progress_deleted_states WHERE user_id = $1) + (SELECT count(*) FROM"
             " progress_user_rebuilds WHERE user_id = $1) + (SELECT count(*) FROM progress_invitations WHERE inviter_id"
             " = $1)",
             user.uuid()) +
         yard.count(
             "SELECT (SELECT count(*) FROM reward_requests WHERE user_id = $1 AND status <> 'APPROVED') + (SELECT"
             " count(*) FROM event_user_deletions WHERE user_id = $1)",
             user.uuid());
}

}  // namespace guerdon::test
