// The anomaly loop: the Nth statement or commit of a campaign fails, for N = 1, 2, … until none does. Whoever was told
// of a failure tries again, as a client and the bus would; whatever N was, everything is counted and paid exactly once.
#include "auth/module.hpp"
#include "event/module.hpp"
#include "modules/reward/model.hpp"
#include "progress/module.hpp"
#include "reward/module.hpp"
#include "support/campaign.hpp"
#include "support/nth_fault.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;
using What = NthFault::What;

namespace {

struct World {
  World(Engine engine, NthFault& faults) : campaign(engine, options(faults)) {}

  static store::DatabaseOptions options(NthFault& faults) {
    store::DatabaseOptions options;
    options.faults = &faults;
    options.connections = 2;
    options.on_fatal = [](int, const std::string&) {};
    return options;
  }

  /// Tries until it is done; a store that stopped is opened again, as after a restart.
  template <class F>
  void insist(F step) {
    for (int attempt = 0; attempt < 3; ++attempt) {
      try {
        step();
        return;
      } catch (const StoreError& error) {
        if (error.kind() == StoreError::Kind::commit_unknown) campaign.store.reopen();
        check_invariants();
      }
    }
    FAIL("three attempts failed, though only one operation was made to");
  }

  void check_invariants() {
    campaign.store->read([](Snapshot& snapshot) {
      for (auto* const of_module : {auth::invariants, event::invariants, progress::invariants, reward::invariants})
        for (const auto& invariant : of_module()) {
          INFO(invariant.name << ": " << invariant.rule);
          CHECK(invariant.violations(snapshot).empty());
        }
    });
  }

  void log_in(UserId user, Instant when) {
    insist([&] {
      const auto counted = campaign.store->write([&](Tx& tx) { return campaign.progress.count_login(tx, user, when); });
      REQUIRE(counted);
    });
  }

  /// The answer, or that an attempt whose outcome was unknown had been made after all.
  void ask(event::EventId event, UserId user) {
    insist([&] {
      const auto asked = campaign.ask(event, user);
      if (!asked) CHECK(asked.error().problem == reward::refusals::already_requested);
    });
  }

  void serve(event::EventId event, UserId user) {
    insist([&] {
      const auto served = campaign.store->write([&](Tx& tx) { return campaign.requests.serve(tx, event, user); });
      REQUIRE(served);
    });
  }

  void fill(event::EventId event, reward::RewardId pool, int count) {
    reward::CodesRequest request;
    for (int i = 0; i < count; ++i)
      request.codes.push_back(reward::CouponCode::parse("CODE-000" + std::to_string(i)).value());
    insist([&] {
      const auto added = campaign.store->write([&](Tx& tx) {
        return campaign.catalogue.add_codes(tx, Campaign::as(campaign.operator_id), event, pool, request);
      });
      REQUIRE(added);
    });
  }

  std::string code_of(UserId user) {
    const auto wallet =
        campaign.store->read([&](Snapshot& s) { return campaign.wallets.get_wallet(s, Campaign::as(user), {}); });
    REQUIRE(wallet->coupons.size() == 1);
    return wallet->coupons[0].code;
  }

  Campaign campaign;
};

/// Plays a small campaign with the Nth operation failing; true when it was reached.
bool play(Engine engine, What what, int n) {
  NthFault faults;
  World world{engine, faults};
  auto& campaign = world.campaign;
  const auto event = campaign.create_event(R"({"conditionParams": {"days": 2}})");
  const auto reward = campaign.add_reward(event.id, 10, 5);
  const auto pool = campaign.add_reward(event.id, {{"type", "COUPON"}, {"metadata", json::object{}}});
  const auto asks = campaign.new_user();
  const auto waits = campaign.new_user();

  faults.arm(what, n, StoreError::Kind::unavailable);
  world.fill(event.id, pool.id, 5);
  world.ask(event.id, asks);
  for (int day = 0; day < 2; ++day)
    for (const auto user : {asks, waits}) world.log_in(user, campaign.store.clock.now() + day * 24h);
  for (const auto user : {asks, waits}) world.serve(event.id, user);
  world.ask(event.id, waits);
  const bool reached = !faults.armed();
  faults.disarm();

  INFO("operation " << n);
  for (const auto user : {asks, waits}) {
    CHECK(campaign.points_of(user) == 10);
    CHECK(campaign.progress_of(event.id, user).eligible);
    CHECK(campaign.request_of(event.id, user)->status == reward::RequestStatus::approved);
  }
  CHECK(world.code_of(asks) != world.code_of(waits));
  for (const auto id : {reward.id, pool.id}) {
    const auto after = campaign.store->read(
        [&](Snapshot& s) { return campaign.catalogue.get_reward(s, Campaign::as(asks), event.id, id); });
    CHECK(after->granted == 2);
    CHECK(after->remaining == 3);
  }
  world.check_invariants();
  return reached;
}

void until_none_fails(Engine engine, What what, int at_least) {
  int n = 1;
  while (play(engine, what, n)) REQUIRE(++n < 1000);
  CHECK(n > at_least);
}

}  // namespace

TEST_CASE("any one statement may fail and everything is still counted and paid exactly once") {
  until_none_fails(Engine::sqlite, What::statement, 60);
}

TEST_CASE("any one commit may be refused and everything is still counted and paid exactly once") {
  until_none_fails(GENERATE(from_range(engines())), What::commit_refused, 7);
}

TEST_CASE("any one commit may be lost unnoticed and everything is still counted and paid exactly once") {
  until_none_fails(Engine::sqlite, What::commit_lost, 7);
}

TEST_CASE("any one commit may happen unconfirmed and everything is still counted and paid exactly once") {
  until_none_fails(Engine::sqlite, What::commit_unconfirmed, 7);
}
