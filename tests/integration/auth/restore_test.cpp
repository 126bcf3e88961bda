// What a deletion has hidden comes back to the row, and nothing else does.
#include "auth/deletion_messages.hpp"
#include "modules/auth/repository.hpp"
#include "support/farewell.hpp"

using namespace guerdon;
using namespace guerdon::test;
using auth::AccountStatus;
using Lines = std::vector<std::string>;

TEST_CASE("restored, a user has every row again as it was, and no row that was hidden before") {
  Farewell farewell{GENERATE(from_range(engines()))};
  Guest guest{farewell};
  Guest other{farewell};
  const auto before = farewell.rows();
  for (const auto* const table : {"progress_deleted_logins", "progress_deleted_states"})
    REQUIRE_FALSE(before.at(table).empty());  // of the event data that was deleted before
  const auto saga = farewell.remove_account(guest.id);
  farewell.settle();
  REQUIRE_FALSE(differences(before, farewell.rows()).empty());
  farewell.advance(std::chrono::days{29});

  const auto restored = farewell.restore_account(guest.id);
  REQUIRE(restored);
  CHECK(restored->restored == farewell.record(saga).receipt);
  CHECK(differences(before, farewell.rows()) ==
        Lines{"+ progress_user_rebuilds: " + farewell.rows().at("progress_user_rebuilds").at(0)});
  const auto said = farewell.count_messages("ConditionMet");
  farewell.rebuild_users();
  CHECK(differences(before, farewell.rows()) == Lines{});
  CHECK(farewell.count_messages("ConditionMet") == said);
  CHECK(farewell.status_of(guest.id) == AccountStatus::active);
  CHECK(farewell.said() == Lines{"UserDeletionRequested", "UserDeletionSucceeded", "UserDeleted", "UserRestored"});
  CHECK(farewell.audited("account.restored", guest.id.to_string()) == 1);
  CHECK(farewell.violations() == Lines{});

  farewell.remove_account(other.id);
  farewell.settle();
  CHECK(farewell.restore_account(guest.id).error().problem == auth::not_deleted);
  CHECK(farewell.status_of(other.id) == AccountStatus::deleted);
  REQUIRE(farewell.restore(farewell.boss(), guest.id));  // the event data that was deleted before, still there
  CHECK(farewell.progress_of(guest.waiting.id, guest.id).progress >= 1);
}

TEST_CASE("a suspended account is suspended when it is restored, and its session stays dead") {
  Farewell farewell{GENERATE(from_range(engines()))};
  Guest guest{farewell};
  REQUIRE(farewell.store->write([&](Tx& tx) -> Result<bool> {
    auth::end_session(tx, guest.id);
    return tx.exec("UPDATE auth_users SET status = 'SUSPENDED' WHERE id = $1", guest.id) == 1;
  }));
  farewell.remove_account(guest.id);
  farewell.settle();
  REQUIRE(farewell.restore_account(guest.id));
  CHECK(farewell.status_of(guest.id) == AccountStatus::suspended);
  CHECK_FALSE(farewell.store->read([&](Snapshot& s) { return auth::find_standing(s, guest.id); }));
}

TEST_CASE("while the saga runs there is no restoration, and none of what is not deleted or not there") {
  Farewell farewell{GENERATE(from_range(engines()))};
  Guest guest{farewell};
  CHECK(farewell.restore_account(guest.id).error().problem == auth::not_deleted);
  CHECK(farewell.restore_account(UserId{}).error().problem == problems::not_found);
  farewell.remove_account(guest.id);
  while (farewell.status_of(guest.id) == AccountStatus::deleting) {
    const auto before = farewell.rows();
    CHECK(farewell.restore_account(guest.id).error().problem == auth::deletion_running);
    CHECK(differences(before, farewell.rows()) == Lines{});
    farewell.step();
  }
  REQUIRE(farewell.restore_account(guest.id));
}

TEST_CASE("an owner that refuses to show leaves the account deleted, whole") {
  Farewell farewell{GENERATE(from_range(engines()))};
  Guest guest{farewell};
  farewell.remove_account(guest.id);
  farewell.settle();
  const auto before = farewell.rows();
  farewell.trouble_showing(auth::UserData::wallet, {Trouble::refuses});
  CHECK_FALSE(farewell.restore_account(guest.id));
  CHECK(differences(before, farewell.rows()) == Lines{});
}

TEST_CASE("progress in an event that was changed meanwhile is right after the restoration") {
  Farewell farewell{GENERATE(from_range(engines()))};
  Guest guest{farewell};
  farewell.remove_account(guest.id);
  farewell.settle();
  farewell.edit_event(guest.waiting, R"({"name": "Waiting", "startAt": "2026-03-04T00:00:00Z"})");
  farewell.rebuild(guest.waiting.id);
  REQUIRE(farewell.restore_account(guest.id));
  farewell.rebuild_users();
  CHECK(farewell.progress_of(guest.waiting.id, guest.id).progress == 0);
  CHECK(farewell.violations() == Lines{});
}

TEST_CASE("restored again and again, everything is as it was") {
  Farewell farewell{GENERATE(from_range(engines()))};
  Guest guest{farewell};
  const auto before = farewell.rows();
  for (int round = 0; round < 3; ++round) {
    farewell.remove_account(guest.id);
    farewell.settle();
    REQUIRE(farewell.restore_account(guest.id));
    farewell.rebuild_users();
    CHECK(differences(before, farewell.rows()) == Lines{});
  }
}
