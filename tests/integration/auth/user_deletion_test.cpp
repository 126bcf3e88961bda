// The saga that deletes a user: what it hides, what it leaves, and that a step which fails leaves everything as it was.
#include "auth/deletion_messages.hpp"
#include "modules/auth/repository.hpp"
#include "support/farewell.hpp"

using namespace guerdon;
using namespace guerdon::test;
using auth::AccountStatus;
using auth::UserData;
using saga::SagaState;
using Lines = std::vector<std::string>;

namespace {

const Lines step_names{"event-data", "progress", "rewards", "account"};

Lines names_of(const saga::SagaRecord& record) {
  Lines names;
  for (const auto& step : record.steps) names.push_back(step.name);
  return names;
}

/// The kind whose owner's trouble stops the step of that number.
constexpr UserData kind_in_step[] = {UserData::facts, UserData::progress, UserData::wallet};

struct Failed {
  std::string step, reason;
};

Failed last_failure(Farewell& farewell) {
  const auto messages = farewell.store.outbox.messages();
  for (auto it = messages.rbegin(); it != messages.rend(); ++it)
    if (it->type == auth::UserDeletionFailed::type) {
      const auto failed = decode<auth::UserDeletionFailed>(json::parse(it->payload)).value();
      return {failed.step, failed.reason};
    }
  return {};
}

void set_status(Farewell& farewell, UserId user, AccountStatus status) {
  REQUIRE(farewell.store->write([&](Tx& tx) -> Result<std::int64_t> {
    return tx.exec("UPDATE auth_users SET status = $2 WHERE id = $1", user, status);
  }));
}

}  // namespace

TEST_CASE("a user who is deleted is out of sight in every table, step by step, and the receipt counts the rows") {
  Farewell farewell{GENERATE(from_range(engines()))};
  Guest guest{farewell};
  const auto before = farewell.rows_in_sight(guest.id);
  REQUIRE(before.size() == 12);
  const auto saga = farewell.remove_account(guest.id);
  CHECK(farewell.status_of(guest.id) == AccountStatus::deleting);
  CHECK(farewell.record(saga).state == SagaState::running);
  CHECK(farewell.record(saga).user_id == guest.id);
  CHECK(names_of(farewell.record(saga)) == step_names);

  std::size_t in_sight = farewell.rows_in_sight(guest.id).size();
  while (farewell.step()) {
    CHECK(farewell.rows_in_sight(guest.id).size() <= in_sight);
    in_sight = farewell.rows_in_sight(guest.id).size();
  }
  CHECK(farewell.rows_in_sight(guest.id) == Lines{});
  CHECK(farewell.status_of(guest.id) == AccountStatus::deleted);
  const auto record = farewell.record(saga);
  CHECK(record.state == SagaState::succeeded);
  CHECK(record.receipt == saga::Receipt{{"auth_platforms", 1},
                                        {"auth_users", 1},
                                        {"progress_activities", 1},
                                        {"progress_invitations", 1},
                                        {"progress_logins", 1},
                                        {"progress_sessions", 1},
                                        {"progress_states", 3},
                                        {"reward_grants", 4},
                                        {"reward_ledger", 1},
                                        {"reward_requests", 3},
                                        {"reward_wallets", 1}});
  CHECK(farewell.said() == Lines{"UserDeletionRequested", "UserDeletionSucceeded", "UserDeleted"});
  CHECK(farewell.audited("account.deleted", guest.id.to_string()) == 1);
  CHECK(farewell.violations() == Lines{});
}

TEST_CASE("whichever step refuses, and whenever, every row is as it was before") {
  Farewell farewell{GENERATE(from_range(engines()))};
  Guest guest{farewell};
  const auto status = GENERATE(AccountStatus::active, AccountStatus::suspended);
  if (status == AccountStatus::suspended) {
    farewell.store->write([&](Tx& tx) -> Result<bool> { return auth::end_session(tx, guest.id); }).value();
    set_status(farewell, guest.id, status);
  }
  const auto before = farewell.rows();
  for (std::size_t step = 0; step < std::size(kind_in_step); ++step) {
    for (const bool refuses : {true, false}) {
      INFO("step " << step_names[step] << ", refuses: " << refuses);
      farewell.trouble_hiding(kind_in_step[step],
                              std::vector(refuses ? 1 : 8, refuses ? Trouble::refuses : Trouble::throws));
      const auto saga = farewell.remove_account(guest.id);
      farewell.settle();
      CHECK(farewell.record(saga).state == SagaState::failed);
      CHECK(farewell.record(saga).receipt.empty());
      CHECK(farewell.status_of(guest.id) == status);
      CHECK(differences(before, farewell.rows()) == Lines{});
      CHECK(farewell.said() == Lines{"UserDeletionRequested", "UserDeletionFailed"});
      CHECK(last_failure(farewell).step == step_names[step]);
      CHECK(last_failure(farewell).reason == (refuses ? "no-farewell" : "step-failed"));
      CHECK(farewell.record(saga).steps[step].error == (refuses ? "no-farewell: not yet" : "a bug"));
      CHECK(farewell.violations() == Lines{});
    }
  }
  CHECK(farewell.audited("account.deletion-failed", guest.id.to_string()) == 6);
}

TEST_CASE("a saga whose end can't be told is tried again, and told once") {
  Farewell farewell{GENERATE(from_range(engines()))};
  Guest guest{farewell};
  const auto before = farewell.rows();
  farewell.trouble_hiding(UserData::facts, {Trouble::refuses});  // nothing is applied: only the hook shows anything
  farewell.trouble_showing(UserData::wallet, {Trouble::throws, Trouble::refuses, Trouble::throws});
  const auto saga = farewell.remove_account(guest.id);
  farewell.settle();
  CHECK(farewell.record(saga).state == SagaState::failed);
  CHECK(farewell.said() == Lines{"UserDeletionRequested", "UserDeletionFailed"});
  CHECK(differences(before, farewell.rows()) == Lines{});
}

TEST_CASE("a second request joins the first, and one after a failure begins anew") {
  Farewell farewell{GENERATE(from_range(engines()))};
  Guest guest{farewell};
  farewell.trouble_hiding(UserData::wallet, {Trouble::throws});
  const auto first = farewell.remove_account(guest.id);
  for (int i = 0; i < 5; ++i) {
    CHECK(farewell.remove_account(guest.id) == first);
    farewell.step();
  }
  farewell.settle();
  CHECK(farewell.remove_account(guest.id) == first);
  CHECK(farewell.said() == Lines{"UserDeletionRequested", "UserDeletionSucceeded", "UserDeleted"});

  REQUIRE(farewell.restore_account(guest.id));
  farewell.trouble_hiding(UserData::progress, {Trouble::refuses});
  const auto second = farewell.remove_account(guest.id);
  CHECK(second != first);
  farewell.settle();
  const auto third = farewell.remove_account(guest.id);
  CHECK(third != second);
  farewell.settle();
  CHECK(farewell.record(third).state == SagaState::succeeded);
}

TEST_CASE("a deleted user's wallet is shown to AUDITOR and ADMIN who ask for it, and rewards count what they counted") {
  Farewell farewell{GENERATE(from_range(engines()))};
  Guest guest{farewell};
  const auto auditor = Campaign::as(farewell.new_user({Role::auditor}), {Role::auditor});
  const auto clerk = Campaign::as(farewell.operator_id, {Role::operator_});
  const auto wallet = [&](const Caller& caller, bool with_deleted) {
    const reward::WalletQuery query{.user_id = guest.id, .include_deleted = with_deleted};
    return farewell.store->read([&](Snapshot& s) { return farewell.wallets.get_wallet(s, caller, query); });
  };
  const auto ledger = [&](const Caller& caller, bool with_deleted) {
    reward::LedgerQuery query;
    query.user_id = guest.id;
    query.include_deleted = with_deleted;
    return farewell.store->read([&](Snapshot& s) { return farewell.wallets.list_ledger(s, caller, query); });
  };
  const auto rewards = [&](const event::EventView& event) {
    return to_json(
        farewell.store->read([&](Snapshot& s) { return farewell.catalogue.list_rewards(s, clerk, event.id, {}); })
            .value());
  };
  const auto before = to_json(wallet(auditor, false).value());
  const auto paid = rewards(guest.paid);
  const auto manual = rewards(guest.manual);
  farewell.remove_account(guest.id);
  farewell.settle();

  for (const auto& caller : {auditor, farewell.boss(), clerk}) {
    CHECK(to_json(wallet(caller, false).value()) == R"({"points":0,"items":[],"coupons":[],"badges":[]})");
    CHECK(ledger(caller, false)->items.empty());
  }
  for (const auto& caller : {auditor, farewell.boss()}) {
    CHECK(to_json(wallet(caller, true).value()) == before);
    CHECK(ledger(caller, true)->items.size() == 1);
  }
  CHECK(wallet(clerk, true).error().problem == problems::forbidden);
  CHECK(ledger(clerk, true).error().problem == problems::forbidden);
  CHECK(rewards(guest.paid) == paid);
  CHECK(rewards(guest.manual) == manual);  // the stock that a waiting request holds stays held
}

TEST_CASE("facts that were on their way when the deletion was requested are kept out of sight, and come back with it") {
  Farewell farewell{GENERATE(from_range(engines()))};
  Guest guest{farewell};
  const bool fails = GENERATE(true, false);
  const auto inviter = guest.id;
  const auto invitee = farewell.new_user();
  REQUIRE(farewell.store->write([&](Tx& tx) -> Result<std::int64_t> {
    return tx.exec("UPDATE auth_users SET invited_by = $2 WHERE id = $1", invitee, inviter);
  }));
  const auto late = farewell.store.clock.now() + std::chrono::hours{24};
  if (fails) farewell.trouble_hiding(UserData::wallet, {Trouble::refuses});
  farewell.remove_account(guest.id);
  int passes = 0;
  do {
    REQUIRE(farewell.store->write([&](Tx& tx) -> Result<void> {
      const auto at = late + passes * std::chrono::minutes{15};
      if (auto counted = farewell.progress.count_login(tx, guest.id, at); !counted) return counted;
      if (auto counted = farewell.progress.count_session(tx, guest.id, at); !counted) return counted;
      return farewell.progress.count_signup(tx, invitee, at);
    }));
    ++passes;
  } while (farewell.step());
  if (!fails) {
    CHECK(farewell.rows_in_sight(guest.id) == Lines{});
    REQUIRE(farewell.restore_account(guest.id));
  }
  farewell.rebuild_users();
  const auto count = [&](Sql sql) {
    return farewell.store->read([&](Snapshot& s) { return s.get<std::int64_t>(sql, guest.id); });
  };
  CHECK(count("SELECT count(*) FROM progress_logins WHERE user_id = $1") == 1 + passes);
  CHECK(count("SELECT count(*) FROM progress_sessions WHERE user_id = $1 AND deleted_by IS NULL") == 1 + passes);
  CHECK(count("SELECT count(*) FROM progress_invitations WHERE inviter_id = $1 AND deleted_by IS NULL") == 2);
  CHECK(farewell.progress_of(guest.waiting.id, guest.id).progress == 2);
  CHECK(farewell.violations() == Lines{});
}

TEST_CASE("a friend's first log-in while who invited them is leaving is noted, and counts once they are back") {
  Farewell farewell{GENERATE(from_range(engines()))};
  const auto event = farewell.create_event(R"({"conditionType": "INVITE_FRIENDS", "conditionParams": {"count": 2}})");
  const auto inviter = farewell.new_user(), invitee = farewell.new_user();
  REQUIRE(farewell.store->write([&](Tx& tx) -> Result<void> {
    tx.exec("UPDATE auth_users SET invited_by = $2 WHERE id = $1", invitee, inviter);
    return farewell.progress.count_signup(tx, invitee, tx.now());
  }));
  const bool is_gone = GENERATE(true, false);
  farewell.remove_account(inviter);
  if (is_gone) farewell.settle();
  farewell.log_in(invitee);
  CHECK(farewell.progress_of(event.id, inviter).progress == 0);
  farewell.settle();
  CHECK(farewell.rows_in_sight(inviter) == Lines{});
  REQUIRE(farewell.restore_account(inviter));
  farewell.rebuild_users();
  CHECK(farewell.progress_of(event.id, inviter).progress == 1);
  CHECK(farewell.violations() == Lines{});
}

TEST_CASE("a condition that was met just before is served once the deletion has failed, not once it is restored") {
  Farewell farewell{GENERATE(from_range(engines()))};
  const auto event = farewell.create_event(R"({"conditionParams": {"days": 1}})");
  farewell.add_reward(event.id, 10);
  const auto user = farewell.new_user();
  const auto count = [&] { return farewell.count_messages("ConditionMet"); };
  farewell.log_in(user);
  REQUIRE(count() == 1);
  const bool fails = GENERATE(true, false);
  if (fails) farewell.trouble_hiding(UserData::facts, {Trouble::refuses});
  farewell.remove_account(user);
  farewell.serve(event.id, user);  // the message comes too late
  CHECK_FALSE(farewell.request_of(event.id, user));
  farewell.settle();
  if (!fails) REQUIRE(farewell.restore_account(user));
  farewell.rebuild_users();
  CHECK(count() == (fails ? 2 : 1));
}
