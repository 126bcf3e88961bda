// When the hard delete refuses: a clock that has jumped, too many users at once; and what an ADMIN's confirmation does.
#include "integration/purge/graveyard.hpp"

using namespace guerdon;
using namespace guerdon::test;
using Outcome = PurgeStart::Outcome;

namespace {

HardDeleteRules careful() {
  HardDeleteRules rules;
  rules.most_users = 3;
  return rules;
}

std::vector<UserId> delete_users(Graveyard& yard, int number) {
  std::vector<UserId> users;
  for (int i = 0; i < number; ++i) {
    users.push_back(yard.new_user());
    yard.delete_softly(users.back());
  }
  return users;
}

bool look(Graveyard& yard, ClockGuard& guard) {
  return yard.store->write([&](Tx& tx) -> Result<bool> { return guard.is_sound(tx); }).value();
}

}  // namespace

TEST_CASE("more users than the bound and than one in twenty go only when an ADMIN confirms, and then exactly those") {
  Graveyard yard{GENERATE(from_range(engines())), careful()};
  const auto users = delete_users(yard, 4);
  yard.pass_time(30 * 24h);
  const auto refused = yard.begin();
  CHECK(refused.outcome == Outcome::refused);
  CHECK(refused.refusal == "too-many-users");
  CHECK(refused.due_users == 4);
  CHECK(yard.pass());
  CHECK(yard.has_account(users.front()));
  CHECK(yard.audited("hard-delete.refused", refused.run.to_string()) == 1);

  const auto later = yard.new_user();
  yard.write([&](Tx& tx) {
    tx.exec("UPDATE auth_users SET status = 'DELETED', deleted_at = $2 WHERE id = $1", later, tx.now() - 30 * 24h + 1h);
  });
  yard.pass_time(2h);
  const auto confirmed = yard.confirm();
  REQUIRE(confirmed);
  CHECK(confirmed->outcome == Outcome::started);
  CHECK(confirmed->due_users == 4);
  CHECK(yard.audited("hard-delete.confirmed", confirmed->run.to_string()) == 1);
  yard.finish();
  for (const auto user : users) CHECK_FALSE(yard.has_account(user));
  CHECK(yard.has_account(later));
  CHECK(yard.last_run().confirmed_by == yard.admin_id.to_string());
  CHECK(yard.confirm().error().problem == nothing_to_confirm);
}

TEST_CASE("a job that is asked for with a confirmation starts the run that was refused, and none that was not") {
  Graveyard yard{GENERATE(from_range(engines())), careful()};
  delete_users(yard, 4);
  yard.pass_time(30 * 24h);
  const auto begin_confirmed = [&] {
    return yard.store
        ->write([&](Tx& tx) -> Result<PurgeStart> { return yard.hard_delete.begin(tx, yard.boss().actor()); })
        .value();
  };
  CHECK(begin_confirmed().outcome == Outcome::refused);
  const auto started = begin_confirmed();
  CHECK(started.outcome == Outcome::started);
  CHECK(started.due_users == 4);
  CHECK(begin_confirmed().outcome == Outcome::running);
  yard.finish();
  CHECK(yard.last_run().users == 4);
  CHECK(yard.last_run().confirmed_by == yard.admin_id.to_string());
  CHECK(yard.audited("hard-delete.confirmed", started.run.to_string()) == 1);
  CHECK(yard.violations() == Lines{});
}

TEST_CASE("one user in twenty goes unasked, however many that are") {
  Graveyard yard{GENERATE(from_range(engines())), careful()};
  for (int i = 0; i < 76; ++i) yard.new_user();
  delete_users(yard, 4);
  yard.pass_time(30 * 24h);
  CHECK(yard.begin().outcome == Outcome::started);
}

TEST_CASE("nothing is confirmed that was not refused") {
  Graveyard yard{GENERATE(from_range(engines()))};
  CHECK(yard.confirm().error().problem == nothing_to_confirm);
  const auto run = yard.begin().run;
  const auto confirmed = yard.confirm();
  REQUIRE(confirmed);
  CHECK(confirmed->outcome == Outcome::running);
  CHECK(confirmed->run == run);
  yard.finish();
  CHECK(yard.confirm().error().problem == nothing_to_confirm);
}

TEST_CASE("a refusal of a clock that was ahead is an old one once another run has been, whatever their ids say") {
  Graveyard yard{GENERATE(from_range(engines()))};
  PurgeRun ahead;
  ahead.id = PurgeRunId::parse("prg_7zzzzzzzzzzzzzzzzzzzzzzzz0").value();
  ahead.state = PurgeState::refused;
  ahead.refusal = "clock-jumped";
  ahead.until_at = ahead.started_at = yard.store.clock.now() + 31 * 24h;
  ahead.finished_at = ahead.started_at;
  yard.write([&](Tx& tx) { REQUIRE(add_run(tx, ahead)); });
  REQUIRE(yard.last_run().id == ahead.id);
  const auto later = yard.begin().run;
  yard.finish();
  CHECK(yard.last_run().id == later);
  CHECK(yard.confirm().error().problem == nothing_to_confirm);
  const auto rest = yard.store->read([&](Snapshot& s) { return page_runs(s, later.uuid(), 10); });
  REQUIRE(rest.size() == 1);
  CHECK(rest.front().id == ahead.id);
}

TEST_CASE("a clock that jumped a month ahead removes nobody, until it is set right or an ADMIN says that it is") {
  Graveyard yard{GENERATE(from_range(engines()))};
  const auto user = delete_users(yard, 1).front();
  REQUIRE(look(yard, yard.guard));
  yard.pass_time(24h);
  REQUIRE(look(yard, yard.guard));
  const auto jump = 31 * 24h;
  yard.system.advance(jump);
  yard.store.clock.advance(jump);
  const auto refused = yard.begin();
  CHECK(refused.outcome == Outcome::refused);
  CHECK(refused.refusal == "clock-jumped");
  yard.pass_time(24h);
  CHECK(yard.begin().refusal == "clock-jumped");
  CHECK(yard.has_account(user));

  SECTION("set right, it is believed again") {
    yard.system.advance(-jump);
    yard.store.clock.advance(-jump);
    CHECK(yard.begin().outcome == Outcome::started);
    yard.finish();
    CHECK(yard.has_account(user));
  }
  SECTION("a refusal of the wrong time, confirmed at the right one, removes nobody before their time") {
    yard.system.advance(-jump);
    yard.store.clock.advance(-jump);
    const auto confirmed = yard.confirm();
    REQUIRE(confirmed);
    CHECK(confirmed->due_users == 0);
    yard.finish();
    CHECK(yard.has_account(user));
  }
  SECTION("confirmed, it is the time from then on") {
    REQUIRE(yard.confirm());
    yard.finish();
    CHECK_FALSE(yard.has_account(user));
    yard.pass_time(24h);
    CHECK(yard.begin().outcome == Outcome::started);
  }
}

TEST_CASE("a clock that is an hour off either way is noticed, and one that is minutes off is not") {
  Graveyard yard{GENERATE(from_range(engines()))};
  const auto off = GENERATE(-1h, 1h);
  REQUIRE(look(yard, yard.guard));
  yard.system.advance(5min);
  CHECK(look(yard, yard.guard));
  yard.system.advance(off);
  CHECK_FALSE(look(yard, yard.guard));
  yard.system.advance(-off);
  CHECK(look(yard, yard.guard));
}

TEST_CASE("a server that was off for a weekend believes its clock, one that finds a month gone asks") {
  Graveyard yard{GENERATE(from_range(engines()))};
  REQUIRE(look(yard, yard.guard));
  yard.system.advance(60h);
  ClockGuard after_the_weekend{yard.system, yard.uptime};
  CHECK(look(yard, after_the_weekend));
  yard.system.advance(31 * 24h);
  ClockGuard after_a_month{yard.system, yard.uptime};
  CHECK_FALSE(look(yard, after_a_month));
  CHECK_FALSE(look(yard, after_a_month));
  yard.system.advance(-32 * 24h);
  ClockGuard in_the_past{yard.system, yard.uptime};
  CHECK_FALSE(look(yard, in_the_past));
}

TEST_CASE("a jump that was noticed is one after a restart as well, until the clock is right or trusted") {
  Graveyard yard{GENERATE(from_range(engines()))};
  REQUIRE(look(yard, yard.guard));
  const auto jump = 48h;  // less than a server may be off
  yard.system.advance(jump);
  REQUIRE_FALSE(look(yard, yard.guard));
  ClockGuard restarted{yard.system, yard.uptime};
  CHECK_FALSE(look(yard, restarted));
  yard.pass_time(10min);
  CHECK_FALSE(look(yard, restarted));

  SECTION("set right") {
    yard.system.advance(-jump);
    ClockGuard again{yard.system, yard.uptime};
    CHECK(look(yard, again));
  }
  SECTION("trusted") {
    yard.write([&](Tx& tx) { restarted.trust(tx); });
    CHECK(look(yard, restarted));
  }
  yard.system.advance(60h);
  ClockGuard after_the_weekend{yard.system, yard.uptime};
  CHECK(look(yard, after_the_weekend));
}

TEST_CASE("a sandbox's lead is no jump: there a month passes in a moment, and the deleted go") {
  Graveyard yard{GENERATE(from_range(engines()))};
  const auto user = delete_users(yard, 1).front();
  yard.begin();
  yard.finish();
  yard.store.clock.advance(31 * 24h);
  CHECK(yard.begin().outcome == Outcome::started);
  yard.finish();
  CHECK_FALSE(yard.has_account(user));
}
