// What transactions of several connections must not do at once. SQLite has one writer and needs nothing; on PostgreSQL
// these are advisory locks, held to the end of the transaction.
#pragma once

#include "guerdon/ids.hpp"
#include "guerdon/store.hpp"

namespace guerdon::progress {

/// Until the end of this transaction nobody takes the user's facts out of sight or brings them back: what is folded now
/// is what a state made now may rest on.
void keep_in_sight(Tx& tx, UserId user);
/// Waits for those who keep the user's facts in sight, and keeps others from it.
void hold_user_data(Tx& tx, UserId user);

/// Registration and log-ins of an invited user are counted one after the other: each has to see what the other stored.
void hold_invitation(Tx& tx, UserId invitee);

/// Asked before a fact is stored and the events that listen to it are looked up.
void begin_counting(Tx& tx);
/// Waits until every fact that began to be counted before is committed. Whatever comes later finds the events of now.
void await_counting(Tx& tx);

}  // namespace guerdon::progress
