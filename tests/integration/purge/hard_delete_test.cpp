// The hard delete through its functions, on both engines: who goes, when, in what batches, and what stays.
#include <atomic>
#include <thread>

#include "auth/ports.hpp"
#include "integration/purge/customer.hpp"

using namespace guerdon;
using namespace guerdon::test;
using Outcome = PurgeStart::Outcome;

namespace {

std::int64_t remaining(Graveyard& yard, event::EventId event) {
  return yard.count("SELECT remaining FROM reward_rewards WHERE event_id = $1", event.uuid());
}

}  // namespace

TEST_CASE(
    "a deleted user is there for thirty days and gone for good at the next midnight, and the books still balance") {
  Graveyard yard{GENERATE(from_range(engines()))};
  Customer customer{yard};
  const auto user = customer.user;
  const auto stays = yard.new_user();
  REQUIRE(remaining(yard, customer.waits.id) == 4);
  yard.delete_softly(user);
  for (int day = 1; day <= 29; ++day) {
    yard.pass_time(24h);
    CHECK(yard.begin().outcome == Outcome::started);
    yard.finish();
    REQUIRE(yard.has_account(user));
  }
  CHECK(yard.erasures == 0);
  yard.pass_time(24h);
  const auto begun = yard.begin();
  CHECK(begun.due_users == 1);
  yard.finish();

  CHECK_FALSE(yard.has_account(user));
  CHECK(yard.has_account(stays));
  CHECK(rows_left(yard, user) == 0);
  CHECK(yard.count("SELECT points FROM reward_wallets WHERE user_id = $1", user.uuid()) == 10);
  CHECK(yard.count("SELECT CAST(sum(amount) AS BIGINT) FROM reward_ledger WHERE user_id = $1", user.uuid()) == 10);
  CHECK(remaining(yard, customer.waits.id) == 5);
  CHECK(remaining(yard, customer.won.id) == 4);
  CHECK(yard.violations() == Lines{});
  CHECK(yard.erasures == 1);
}

TEST_CASE("what was removed can't be restored: there is no such user and no such event") {
  Graveyard yard{GENERATE(from_range(engines()))};
  Customer customer{yard};
  yard.delete_softly(customer.user);
  REQUIRE(yard.remove(yard.boss(), customer.won.id));
  yard.pass_time(30 * 24h);
  yard.begin();
  yard.finish();
  CHECK(yard.restore(yard.boss(), customer.user).error().problem == problems::not_found);
  CHECK(yard.restore(yard.boss(), customer.won.id).error().problem == problems::not_found);
  CHECK(yard.store->write([&](Tx& tx) { return auth::check_present(tx, customer.user); }).error().problem ==
        problems::not_found);
  CHECK_FALSE(yard.store->read([&](Snapshot& s) { return event::find_event_or_deleted(s, customer.won.id); }));
}

TEST_CASE("a run is audited in counts, and a user's saga gets the receipt") {
  Graveyard yard{GENERATE(from_range(engines()))};
  Customer customer{yard};
  yard.delete_softly(customer.user);
  yard.write([&](Tx& tx) {
    tx.exec(
        "INSERT INTO saga_sagas (id, type, state, user_id, position, data, failures, lost, receipt, created_at,"
        " finished_at) VALUES ($1, 'user-deletion', 'SUCCEEDED', $2, 0, $3, 0, 0, $4, $5, $5)",
        tx.new_id<saga::SagaId>(), customer.user, json::object{}, json::object{{"progress_logins", 1}}, tx.now());
  });
  yard.pass_time(31 * 24h);
  const auto run = yard.begin().run;
  yard.finish();
  const auto details = yard.store->read([&](Snapshot& s) {
    return parse_json(
               s.get<std::string>("SELECT details FROM audit_log WHERE action = 'hard-delete.done' AND subject = $1",
                                  run.to_string()))
        .value();
  });
  CHECK(details.at("users") == 1);
  CHECK(details.at("events") == 0);
  const auto rows = details.at("rows").as_object();
  CHECK(rows.at("auth_users") == 1);
  CHECK(rows.at("auth_platforms") == 1);
  CHECK(rows.at("progress_deleted_logins") == 1);
  CHECK(rows.at("progress_sessions") == 1);
  CHECK(rows.at("progress_deleted_states") == 2);
  CHECK(rows.at("reward_requests") == 1);
  CHECK(rows.at("reward_holds") == 1);
  const auto receipt = yard.store->read([&](Snapshot& s) {
    return s.get<json::object>("SELECT receipt FROM saga_sagas WHERE user_id = $1", customer.user);
  });
  CHECK(receipt.at("progress_logins") == 1);
  CHECK(receipt.at("removed.progress_sessions") == 1);
  CHECK(receipt.at("removed.auth_users") == 1);
  CHECK(yard.last_run().counts == rows);
}

TEST_CASE("the receipt of a removal goes to the saga that deleted the user, whatever other sagas there were since") {
  Graveyard yard{GENERATE(from_range(engines()))};
  const auto user = yard.new_user();
  yard.delete_softly(user);
  for (const char* const type : {"user-deletion", "user-deletion", "journey"})
    yard.write([&](Tx& tx) {
      yard.store.clock.advance(1s);
      tx.exec(
          "INSERT INTO saga_sagas (id, type, state, user_id, position, data, failures, lost, created_at, finished_at)"
          " VALUES ($1, $2, 'SUCCEEDED', $3, 0, $4, 0, 0, $5, $5)",
          tx.new_id<saga::SagaId>(), type, user, json::object{}, yard.store.clock.now());
    });
  yard.pass_time(31 * 24h);
  yard.begin();
  yard.finish();
  std::vector<bool> have_receipt;
  yard.store->read([&](Snapshot& s) {
    for (const auto& receipt : s.list<std::optional<json::object>>(
             "SELECT receipt FROM saga_sagas WHERE user_id = $1 ORDER BY finished_at", user))
      have_receipt.push_back(receipt.has_value());
  });
  CHECK(have_receipt == std::vector<bool>{false, true, false});
}

TEST_CASE("why an earlier deletion of a user failed goes with them, in words and as a code") {
  Graveyard yard{GENERATE(from_range(engines()))};
  const auto user = yard.new_user(), stays = yard.new_user();
  for (const auto one : {user, stays})
    yard.write([&](Tx& tx) {
      const auto saga = tx.new_id<saga::SagaId>();
      tx.exec(
          "INSERT INTO saga_sagas (id, type, state, user_id, position, data, failures, lost, failed_step, reason,"
          " created_at, finished_at) VALUES ($1, 'user-deletion', 'FAILED', $2, -1, $3, 0, 0, 'rewards', 'a name', $4,"
          " $4)",
          saga, one, json::object{}, tx.now());
      tx.exec(
          "INSERT INTO saga_steps (saga_id, position, name, state, attempts, error)"
          " VALUES ($1, 0, 'rewards', 'FAILED', 8, 'a name')",
          saga);
    });
  yard.delete_softly(user);
  yard.pass_time(31 * 24h);
  yard.begin();
  yard.finish();
  for (const auto one : {user, stays}) {
    const std::int64_t left = one == user ? 0 : 1;
    CHECK(yard.count("SELECT count(reason) FROM saga_sagas WHERE user_id = $1", one.uuid()) == left);
    CHECK(yard.count("SELECT count(t.error) FROM saga_sagas s JOIN saga_steps t ON t.saga_id = s.id"
                     " WHERE s.user_id = $1",
                     one.uuid()) == left);
  }
}

TEST_CASE("a user with many rows goes in batches that are bounded by count, from the first of them beyond restoring") {
  Graveyard yard{GENERATE(from_range(engines())), {.rows_a_pass = 40}};
  Customer customer{yard};
  const auto user = customer.user;
  const auto start = yard.store.clock.now();
  yard.write([&](Tx& tx) {
    for (int i = 0; i < 150; ++i) {
      tx.exec("INSERT INTO progress_sessions (user_id, at) VALUES ($1, $2)", user, start - (i + 1) * 15min);
      tx.exec(
          "INSERT INTO progress_activities (id, source, external_id, user_id, type, at, attributes, counted)"
          " VALUES ($1, 'key_x', $2, $3, 'purchase', $4, $5, TRUE)",
          tx.new_id<progress::ActivityId>(), std::to_string(i), user, start, json::object{});
    }
  });
  yard.delete_softly(user);
  yard.pass_time(30 * 24h);
  yard.begin();
  auto before = rows_left(yard, user);
  REQUIRE(before > 300);
  int passes = 0;
  for (bool is_done = false; !is_done; ++passes) {
    is_done = yard.pass();
    const auto now = rows_left(yard, user);
    CHECK(before - now <= 45);
    before = now;
    CHECK_FALSE(yard.has_account(user));
    CHECK(yard.violations() == Lines{});
  }
  CHECK(before == 0);
  CHECK(passes >= 8);
  CHECK(yard.count("SELECT count(*) FROM purge_subjects WHERE id <> $1", Uuid{}) == 0);
}

TEST_CASE("who is restored while a run is under way stays, with everything that is theirs") {
  Graveyard yard{GENERATE(from_range(engines())), {.subjects_a_pass = 1}};
  Customer first{yard};
  const auto second = yard.new_user();
  yard.log_in(second);
  yard.delete_softly(first.user);
  yard.pass_time(1ms);
  yard.delete_softly(second);
  yard.pass_time(31 * 24h);
  CHECK(yard.begin().due_users == 2);
  REQUIRE_FALSE(yard.pass());
  REQUIRE_FALSE(yard.has_account(first.user));
  yard.restore_account(second);
  yard.finish();
  CHECK(yard.has_account(second));
  CHECK(rows_left(yard, second) > 1);
  CHECK(yard.last_run().users == 1);
}

TEST_CASE("an event goes with its rewards, requests, progress and free codes, and what users were given stays theirs") {
  Graveyard yard{GENERATE(from_range(engines())), {.rows_a_pass = 7}};
  const auto event = yard.create_event(R"({"conditionParams": {"days": 1}})");
  const auto other = yard.create_event(R"({"conditionParams": {"days": 1}})");
  yard.add_reward(event.id, 10, 50);
  const auto pool = yard.add_reward(event.id, json::object{{"type", "COUPON"}, {"metadata", json::object{}}});
  yard.add_reward(other.id, 5);
  json::array codes;
  for (int i = 0; i < 30; ++i) codes.emplace_back("SPRING-" + std::to_string(1000 + i));
  REQUIRE(yard.store->write([&](Tx& tx) {
    return yard.catalogue.add_codes(tx, Campaign::as(yard.operator_id, {Role::operator_}), event.id, pool.id,
                                    decode<reward::CodesRequest>(json::object{{"codes", codes}}).value());
  }));
  const auto owner = yard.new_user();
  yard.log_in(owner);
  yard.serve(event.id, owner);
  yard.serve(other.id, owner);
  for (int i = 0; i < 10; ++i) REQUIRE(yard.ask(event.id, yard.new_user()));
  const auto wallet = [&] {
    return to_json(
        yard.store->read([&](Snapshot& s) { return yard.wallets.get_wallet(s, Campaign::as(owner), {}); }).value());
  };
  const auto before = wallet();
  REQUIRE(before.find("SPRING-1000") != std::string::npos);

  REQUIRE(yard.remove(yard.boss(), event.id));
  yard.pass_time(30 * 24h);
  CHECK(yard.begin().due_events == 1);
  for (bool is_done = false; !is_done;) {
    is_done = yard.pass();
    CHECK(yard.violations() == Lines{});
  }
  CHECK(yard.count("SELECT (SELECT count(*) FROM event_events WHERE id = $1) + (SELECT count(*) FROM event_topics WHERE"
                   " event_id = $1) + (SELECT count(*) FROM reward_rewards WHERE event_id = $1)",
                   event.id.uuid()) == 0);
  CHECK(yard.count("SELECT (SELECT count(*) FROM progress_states WHERE event_id = $1) + (SELECT count(*) FROM"
                   " progress_deleted_states WHERE event_id = $1)",
                   event.id.uuid()) == 0);
  CHECK(yard.count("SELECT count(*) FROM reward_requests WHERE event_id = $1", event.id.uuid()) == 1);
  CHECK(yard.count("SELECT count(*) FROM reward_codes WHERE reward_id = $1", pool.id.uuid()) == 1);
  CHECK(wallet() == before);
  CHECK(yard.progress_of(other.id, owner).eligible);
  CHECK(yard.last_run().events == 1);
}

TEST_CASE("whoever invited a removed user keeps the friend, and a removed inviter's friends keep their account") {
  Graveyard yard{GENERATE(from_range(engines()))};
  const auto event =
      yard.create_event(R"({"conditionType": "INVITE_FRIENDS", "conditionParams": {"count": 2, "qualify": "SIGNUP"}})");
  const auto inviter = yard.new_user();
  const auto gone = yard.new_user();
  const auto friend_of_gone = yard.new_user();
  const auto invite = [&](UserId invitee, UserId by) {
    yard.write([&](Tx& tx) {
      tx.exec("UPDATE auth_users SET invited_by = $2 WHERE id = $1", invitee, by);
      (void)yard.progress.count_signup(tx, invitee, tx.now());
    });
  };
  invite(gone, inviter);
  invite(friend_of_gone, gone);
  REQUIRE(yard.progress_of(event.id, inviter).progress == 1);
  yard.delete_softly(gone);
  yard.pass_time(30 * 24h);
  yard.begin();
  yard.finish();
  CHECK(rows_left(yard, gone) == 0);
  CHECK(yard.progress_of(event.id, inviter).progress == 1);
  CHECK(yard.has_account(friend_of_gone));
  CHECK(yard.violations() == Lines{});
}

TEST_CASE("claims go on while deleted users are removed, and every one of them is paid once") {
  Graveyard yard{GENERATE(from_range(engines())), {.rows_a_pass = 20}};
  const auto event = yard.create_event(R"({"conditionParams": {"days": 1}})");
  yard.add_reward(event.id, 10, 1000);
  for (int i = 0; i < 60; ++i) {
    const auto user = yard.new_user();
    yard.log_in(user);
    if (i % 2 == 0) yard.serve(event.id, user);
    yard.delete_softly(user);
  }
  yard.pass_time(30 * 24h);
  std::vector<UserId> claimants;
  for (int i = 0; i < 40; ++i) claimants.push_back(yard.new_user());
  yard.begin();
  std::atomic<bool> go{false};
  std::atomic<int> paid{0};
  std::vector<std::thread> threads;
  for (int part = 0; part < 4; ++part)
    threads.emplace_back([&, part] {
      while (!go) std::this_thread::yield();
      for (int i = part; i < 40; i += 4) {
        const auto user = claimants[static_cast<std::size_t>(i)];
        const auto claimed = yard.store->write([&](Tx& tx) -> Result<void> {
          const auto counted = yard.progress.count_login(tx, user, tx.now());
          return counted ? yard.requests.serve(tx, event.id, user) : counted;
        });
        if (claimed) ++paid;
      }
    });
  go = true;
  yard.finish();
  for (auto& thread : threads) thread.join();
  CHECK(paid == 40);
  for (const auto user : claimants) CHECK(yard.points_of(user) == 10);
  CHECK(yard.last_run().users == 60);
  CHECK(yard.count("SELECT granted FROM reward_rewards WHERE event_id = $1", event.id.uuid()) == 70);
  CHECK(yard.violations() == Lines{});
}
