// A user's event data: hidden with its mark, kept apart from what comes after, brought back to the row; on both
// engines.
#include <atomic>
#include <thread>

#include "integration/event/deletion_fixture.hpp"
#include "modules/progress/repository.hpp"
#include "modules/reward/model.hpp"
#include "progress/module.hpp"
#include "progress/ports.hpp"
#include "reward/module.hpp"

using namespace guerdon;
using namespace guerdon::test;
using reward::RequestStatus;
using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

namespace {

/// Every row of the user that may be hidden, as it is in sight.
Lines rows_of(Office& office, UserId user) {
  Lines lines;
  office.store->read([&](Snapshot& s) {
    for (const auto& [id, event, progress, met_at, state] :
         s.list<std::tuple<progress::ProgressId, event::EventId, std::int64_t, std::optional<Instant>, std::string>>(
             "SELECT id, event_id, progress, met_at, state FROM progress_states WHERE user_id = $1 ORDER BY id", user))
      lines.push_back(id.to_string() + event.to_string() + std::to_string(progress) +
                      (met_at ? to_rfc3339(*met_at) : "never") + state);
    for (const auto at : s.list<Instant>("SELECT at FROM progress_logins WHERE user_id = $1 ORDER BY at", user))
      lines.push_back(to_rfc3339(at));
    for (const auto& [id, status, updated_at] : s.list<std::tuple<reward::RequestId, std::string, Instant>>(
             "SELECT id, status, updated_at FROM reward_requests WHERE user_id = $1 AND deleted_at IS NULL ORDER BY id",
             user))
      lines.push_back(id.to_string() + status + to_rfc3339(updated_at));
  });
  return lines;
}

Lines violations(Office& office) {
  Lines lines;
  office.store->read([&](Snapshot& s) {
    for (const auto& all : {progress::invariants(), reward::invariants()})
      for (const auto& invariant : all)
        for (const auto& line : invariant.violations(s)) lines.push_back(std::string{invariant.name} + ": " + line);
  });
  return lines;
}

/// Two events: one whose condition of a day the user has met and been paid for, and one of three days in which they
/// wait.
struct Customer {
  explicit Customer(Office& in) : office(in) {
    office.add_reward(won.id, 10, 5);
    office.add_reward(waits.id, 100, 5);
    REQUIRE(office.ask(waits.id, user));
    office.log_in(user);
    office.serve(won.id, user);
    REQUIRE(office.points_of(user) == 10);
  }
  void next_day() {
    office.advance(24h);
    office.log_in(user);
  }

  Office& office;
  event::EventView won = office.create_event(R"({"conditionParams": {"days": 1}})");
  event::EventView waits = office.create_event();
  UserId user = office.new_user();
};

Result<progress::ProgressView> look(Office& office, const Caller& caller, event::EventId event, UserId user,
                                    bool include_deleted) {
  return office.store->read([&](Snapshot& s) {
    return office.progress.get_progress(s, caller, event, {.user_id = user, .include_deleted = include_deleted});
  });
}

}  // namespace

TEST_CASE("deleting a user's event data hides facts, progress and requests, and leaves wallet, stock and account") {
  Office office{GENERATE(from_range(engines()))};
  Customer customer{office};
  const auto user = customer.user;
  REQUIRE(office.remove(Campaign::as(user), user));
  CHECK(rows_of(office, user).empty());
  CHECK_FALSE(office.request_of(customer.won.id, user));
  CHECK(office.progress_of(customer.won.id, user).progress == 0);
  CHECK(office.points_of(user) == 10);
  const auto rewards = office.store->read([&](Snapshot& s) {
    return office.catalogue.list_rewards(s, Campaign::as(user), customer.won.id, {}).value().items;
  });
  CHECK(rewards.at(0).granted == 1);
  CHECK(rewards.at(0).remaining == 4);
  CHECK(office.audited("event-data.deleted", user.to_string()) == 1);
  CHECK(violations(office).empty());
}

TEST_CASE("restoring a user's event data brings back every row as it was, and no other deletion's") {
  Office office{GENERATE(from_range(engines()))};
  Customer customer{office};
  const auto user = customer.user;
  Uuid other_mark;
  other_mark.bytes.fill(9);
  const auto before = rows_of(office, user);
  REQUIRE(before.size() == 5);
  REQUIRE(office.remove(Campaign::as(user), user));
  REQUIRE(office.restore(office.boss(), user));
  CHECK(rows_of(office, user) == before);
  office.rebuild_users();
  CHECK(rows_of(office, user) == before);
  CHECK(office.audited("event-data.restored", user.to_string()) == 1);
  CHECK(violations(office).empty());

  REQUIRE(office.store->write([&](Tx& tx) -> Result<auth::RowCounts> {
    progress::hide_user_facts(tx, user, other_mark);
    progress::hide_user_states(tx, user, other_mark);
    return reward::hide_user_requests(tx, user, other_mark);
  }));
  REQUIRE(office.remove(Campaign::as(user), user));
  REQUIRE(office.restore(office.boss(), user));
  CHECK(rows_of(office, user).empty());
}

TEST_CASE("after the deletion the user begins anew, and once restored everything counts together") {
  Office office{GENERATE(from_range(engines()))};
  Customer customer{office};
  const auto user = customer.user;
  customer.next_day();
  REQUIRE(office.remove(Campaign::as(user), user));
  customer.next_day();
  CHECK(office.progress_of(customer.waits.id, user).progress == 1);
  CHECK(violations(office).empty());

  REQUIRE(office.restore(office.boss(), user));
  CHECK(violations(office).empty());
  const auto said = office.count_messages("ConditionMet");
  office.rebuild_users();
  CHECK(office.progress_of(customer.waits.id, user).eligible);
  CHECK(office.count_messages("ConditionMet") > said);
  CHECK(violations(office).empty());
  office.serve(customer.waits.id, user);
  CHECK(office.request_of(customer.waits.id, user)->status == RequestStatus::approved);
  CHECK(office.points_of(user) == 110);
}

TEST_CASE("a restored user's facts count in an event that was created while they were hidden") {
  Office office{GENERATE(from_range(engines()))};
  Customer customer{office};
  REQUIRE(office.remove(Campaign::as(customer.user), customer.user));
  const auto later = office.create_event(R"({"name": "Later", "startAt": "2026-03-01T00:00:00Z"})");
  office.rebuild(later.id);
  CHECK(office.progress_of(later.id, customer.user).progress == 0);
  REQUIRE(office.restore(office.boss(), customer.user));
  office.rebuild_users();
  CHECK(office.progress_of(later.id, customer.user).progress == 1);
}

TEST_CASE("a hidden request is the user's one live request still, frozen until it is restored") {
  Office office{GENERATE(from_range(engines()))};
  Customer customer{office};
  const auto user = customer.user;
  REQUIRE(office.remove(Campaign::as(user), user));
  for (const auto& event : {customer.won, customer.waits}) {
    const auto again = office.ask(event.id, user);
    REQUIRE_FALSE(again);
    CHECK(again.error().problem == reward::refusals::already_requested);
    CHECK(again.error().members.empty());
  }
  for (int day = 0; day < 3; ++day) customer.next_day();
  REQUIRE(office.progress_of(customer.waits.id, user).eligible);
  for (const auto& event : {customer.won, customer.waits}) office.serve(event.id, user);
  CHECK(office.points_of(user) == 10);

  REQUIRE(office.restore(office.boss(), user));
  CHECK(office.request_of(customer.waits.id, user)->status == RequestStatus::pending);
  const auto said = office.count_messages("ConditionMet");
  office.rebuild_users();
  CHECK(office.count_messages("ConditionMet") > said);  // met while hidden: said once more, so that it is served
  for (const auto& event : {customer.won, customer.waits}) office.serve(event.id, user);
  CHECK(office.points_of(user) == 110);
  CHECK(violations(office).empty());
}

TEST_CASE("what was met stays met through deletion and restoration, though the facts would no longer do") {
  Office office{GENERATE(from_range(engines()))};
  Customer customer{office};
  const auto met_at = [&] {
    return office.store->read([&](Snapshot& s) { return progress::met_at(s, customer.won.id, customer.user); });
  };
  const auto before = met_at();
  REQUIRE(before);
  REQUIRE(office.remove(Campaign::as(customer.user), customer.user));
  CHECK_FALSE(met_at());
  office.edit_event(customer.won, R"({"conditionParams": {"days": 1}, "startAt": "2026-03-02T13:00:00Z"})");
  office.advance(2h);
  REQUIRE(office.restore(office.boss(), customer.user));
  office.rebuild_users();
  CHECK(met_at() == before);
}

TEST_CASE("a second deletion takes along what has come since, and one restoration brings back all of it") {
  Office office{GENERATE(from_range(engines()))};
  Customer customer{office};
  const auto user = customer.user;
  REQUIRE(office.remove(Campaign::as(user), user));
  customer.next_day();
  REQUIRE(office.remove(office.boss(), user));
  CHECK(rows_of(office, user).empty());
  customer.next_day();
  REQUIRE(office.restore(office.boss(), user));
  office.rebuild_users();
  CHECK(office.progress_of(customer.waits.id, user).eligible);
  CHECK(office.restore(office.boss(), user).error().problem == problems::not_found);
}

TEST_CASE("a user's event data is deleted and restored by them or an ADMIN, and by nobody else") {
  Office office{GENERATE(from_range(engines()))};
  const auto user = office.new_user();
  const auto other = Campaign::as(office.new_user());
  const auto clerk = Campaign::as(office.operator_id, {Role::operator_});
  CHECK(office.remove(other, user).error().problem == problems::not_found);
  CHECK(office.remove(clerk, user).error().problem == problems::forbidden);
  CHECK(office.restore(office.boss(), user).error().problem == problems::not_found);
  REQUIRE(office.remove(office.boss(), user));
  CHECK(office.restore(clerk, user).error().problem == problems::forbidden);
  CHECK(office.restore(other, user).error().problem == problems::not_found);
  REQUIRE(office.restore(office.boss(), user));
  REQUIRE(office.remove(Campaign::as(user), user));
  REQUIRE(office.restore(Campaign::as(user), user));
  CHECK(office.remove(office.boss(), UserId{}).error().problem == problems::not_found);
  REQUIRE(office.store->write([&](Tx& tx) -> Result<std::int64_t> {
    return tx.exec("UPDATE auth_users SET status = 'DELETING' WHERE id = $1", user);
  }));
  CHECK(office.remove(office.boss(), user).error().problem == problems::user_deleted);
}

TEST_CASE("what is hidden of a user is shown to AUDITOR and ADMIN who ask for it, with the time of its deletion") {
  Office office{GENERATE(from_range(engines()))};
  Customer customer{office};
  const auto user = customer.user;
  const auto request = office.request_of(customer.won.id, user)->id;
  REQUIRE(office.remove(Campaign::as(user), user));
  const auto when = office.store.clock.now();
  customer.next_day();

  const auto auditor = Campaign::as(office.new_user({Role::auditor}), {Role::auditor});
  for (const auto& caller : {auditor, office.boss()}) {
    CHECK(look(office, caller, customer.won.id, user, false)->deleted_at == std::nullopt);
    progress::ProgressListQuery listed;
    listed.user_id = user;
    listed.include_deleted = true;
    const auto page =
        office.store->read([&](Snapshot& s) { return office.progress.list_progress(s, caller, listed); }).value();
    CHECK(page.items.size() == 4);
    listed.event_id = customer.won.id;
    listed.user_id.reset();
    const auto of_event =
        office.store->read([&](Snapshot& s) { return office.progress.list_progress(s, caller, listed); }).value();
    REQUIRE(of_event.items.size() == 2);
    CHECK(of_event.items[1].deleted_at == when);
    CHECK(of_event.items[1].eligible);
    const auto shown = office.store->read(
        [&](Snapshot& s) { return office.requests.get_request(s, caller, request, {.include_deleted = true}); });
    CHECK(shown->deleted_at == when);
    for (const bool with_deleted : {false, true}) {
      reward::RequestListQuery query;
      query.include_deleted = with_deleted;
      for (const auto& filter : {1, 2, 3, 4}) {
        query.user_id = filter == 1 ? std::optional{user} : std::nullopt;
        query.event_id = filter == 2 ? std::optional{customer.waits.id} : std::nullopt;
        query.status = filter == 3 ? std::optional{RequestStatus::pending} : std::nullopt;
        const auto found =
            office.store->read([&](Snapshot& s) { return office.requests.list_requests(s, caller, query); }).value();
        CHECK(found.items.empty() == !with_deleted);
      }
    }
  }
  CHECK(look(office, office.boss(), customer.waits.id, user, true)->progress == 1);
  for (const auto& caller : {Campaign::as(user), Campaign::as(office.operator_id, {Role::operator_})}) {
    CHECK(look(office, caller, customer.won.id, user, true).error().problem == problems::forbidden);
    const auto shown = office.store->read([&](Snapshot& s) { return office.requests.get_request(s, caller, request); });
    CHECK(shown.error().problem == problems::not_found);
  }
}

TEST_CASE("log-ins that are counted while the data is deleted are hidden or in sight, and none is lost") {
  Office office{GENERATE(from_range(engines()))};
  Customer customer{office};
  const auto user = customer.user;
  std::atomic<bool> go{false};
  std::vector<std::thread> threads;
  const auto start = office.store.clock.now();
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      while (!go) std::this_thread::yield();
      for (int day = 1; day <= 10; ++day) {
        const auto counted = office.store->write(
            [&](Tx& tx) { return office.progress.count_login(tx, user, start + day * 24h + i * 15min); });
        if (!counted) std::terminate();
      }
    });
  go = true;
  for (int i = 0; i < 5; ++i) CHECK(office.remove(office.boss(), user));
  for (auto& thread : threads) thread.join();
  REQUIRE(office.restore(office.boss(), user));
  office.rebuild_users();
  const auto facts = office.store->read([&](Snapshot& s) {
    return s.get<std::int64_t>("SELECT count(*) FROM progress_logins WHERE user_id = $1", user);
  });
  CHECK(facts == 41);
  CHECK(office.progress_of(customer.waits.id, user).eligible);
  CHECK(violations(office).empty());
}
