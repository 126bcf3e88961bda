// The invariants of rewards: they hold after everything was granted, and each can be broken and is then told.
#include "reward/module.hpp"

#include <functional>

#include "modules/reward/decisions.hpp"
#include "support/decisions.hpp"

using namespace guerdon;
using namespace guerdon::test;

namespace {

std::vector<std::string> violations(Snapshot& snapshot) {
  std::vector<std::string> found;
  for (const auto& invariant : reward::invariants())
    for (const auto& line : invariant.violations(snapshot)) found.push_back(std::string{invariant.rule} + " " + line);
  return found;
}

/// Two users who were granted one reward of each type; a request that waits for an operator and holds stock.
struct Lived {
  explicit Lived(Engine engine) : campaign(engine) {
    const auto event = campaign.create_event(R"({"conditionParams": {"days": 1}})").id;
    campaign.add_reward(event, 50, 10);
    campaign.add_reward(event, {{"type", "ITEM"}, {"metadata", {{"itemId", "sword"}, {"quantity", 2}}}});
    campaign.add_reward(event, {{"type", "BADGE"}, {"metadata", {{"badgeId", "early-bird"}}}});
    campaign.add_reward(event, {{"type", "COUPON"}, {"metadata", {{"code", "SHARED-CODE"}}}});
    const auto pool = campaign.add_reward(event, {{"type", "COUPON"}, {"metadata", json::object{}}}).id;
    reward::CodesRequest codes;
    for (const char* code : {"POOL-1", "POOL-2", "POOL-3"})
      codes.codes.push_back(reward::CouponCode::parse(code).value());
    REQUIRE(campaign.store->write([&](Tx& tx) {
      return campaign.catalogue.add_codes(tx, Campaign::as(campaign.operator_id), event, pool, codes);
    }));
    for (int i = 0; i < 2; ++i) {
      const auto user = campaign.new_user();
      campaign.log_in(user);
      REQUIRE(campaign.ask(event, user));
    }
    const auto decided = campaign.create_event(R"({"approval": "MANUAL"})").id;
    campaign.add_reward(decided,
                        {{"type", "ITEM"}, {"metadata", {{"itemId", "axe"}, {"quantity", 1}}}, {"quantity", 4}});
    REQUIRE(campaign.ask(decided, campaign.new_user()));
    for (const bool approves : {true, false}) decide(campaign.ask(decided, campaign.new_user()).value().id, approves);
  }

  /// By an operator, who overrides.
  void decide(reward::RequestId id, bool approves) {
    const auto by = Campaign::as(campaign.operator_id, {Role::operator_});
    const auto words = reward::Reason::parse("a gift").value();
    REQUIRE(campaign.store->write([&](Tx& tx) {
      return approves ? reward::approve_request(tx, by, id, {.override_ = true, .reason = words})
                      : reward::reject_request(tx, by, id, {.reason = words});
    }));
  }

  /// What is told of the damage, which is then undone.
  std::vector<std::string> told(const std::function<void(Tx&)>& damage) {
    std::vector<std::string> found;
    const auto refused = campaign.store->write([&](Tx& tx) -> Result<void> {
      damage(tx);
      found = violations(tx);
      return problems::forbidden;
    });
    CHECK_FALSE(refused);
    REQUIRE(campaign.store->read([](Snapshot& snapshot) { return violations(snapshot); }).empty());
    return found;
  }

  Campaign campaign;
};

/// As somebody could who has the database: the tables themselves refuse.
void let_decisions_change(Tx& tx) {
  tx.exec({"DROP TRIGGER reward_requests_keep_decisions",
           "DROP TRIGGER reward_requests_keep_decisions ON reward_requests"});
}

struct Damage {
  const char* what;
  const char* rule;  ///< how one complaint begins
  std::function<void(Tx&)> make;
};

const Damage damages[] = {
    {"stock that was given twice", "What is missing from a reward's stock",
     [](Tx& tx) { tx.exec("UPDATE reward_rewards SET remaining = remaining + 1 WHERE quantity = 10"); }},
    {"stock that went nowhere", "What is missing from a reward's stock",
     [](Tx& tx) { tx.exec("UPDATE reward_rewards SET remaining = remaining - 1 WHERE quantity = 10"); }},
    {"stock that nobody holds any more", "What is missing from a reward's stock",
     [](Tx& tx) { tx.exec("DELETE FROM reward_holds"); }},
    {"stock that is held for a request that was decided", "Only a request that waits for a decision holds stock.",
     [](Tx& tx) {
       tx.exec(
           "UPDATE reward_requests SET status = 'REJECTED', processed_at = $1 WHERE holds_stock AND status = 'PENDING'",
           tx.now());
     }},
    {"a free code that is not offered", "What is missing from a reward's stock",
     [](Tx& tx) { tx.exec("UPDATE reward_rewards SET remaining = 0 WHERE codes IS NOT NULL"); }},
    {"a grant that is not counted", "A reward counts exactly its grants.",
     [](Tx& tx) { tx.exec("UPDATE reward_rewards SET granted = granted - 1 WHERE type = 'BADGE'"); }},
    {"a code that vanished", "A pool counts exactly its codes.",
     [](Tx& tx) { tx.exec("DELETE FROM reward_codes WHERE request_id IS NULL"); }},
    {"a code of what is no pool", "Every code that nobody was given belongs to a pool.",
     [](Tx& tx) {
       tx.exec(
           "INSERT INTO reward_codes (reward_id, code, added_at) SELECT id, 'STRAY', $1 FROM reward_rewards"
           " WHERE type = 'BADGE'",
           tx.now());
     }},
    {"a code that belongs to nobody's request", "Every code that was given belongs to a grant.",
     [](Tx& tx) {
       tx.exec("UPDATE reward_codes SET request_id = $1 WHERE request_id IS NULL", tx.new_id<reward::RequestId>());
     }},
    {"a second code for one grant", "A grant has one code of a pool at most.",
     [](Tx& tx) {
       tx.exec("DROP INDEX reward_codes_by_request");
       tx.exec(
           "UPDATE reward_codes SET request_id = (SELECT request_id FROM reward_codes WHERE code = 'POOL-1')"
           " WHERE code = 'POOL-3'");
     }},
    {"a coupon whose code was taken away", "Every coupon that was granted has a code.",
     [](Tx& tx) { tx.exec("UPDATE reward_codes SET request_id = NULL WHERE code = 'POOL-1'"); }},
    {"a coupon without the code of everybody", "Every coupon that was granted has a code.",
     [](Tx& tx) { tx.exec("UPDATE reward_grants SET metadata = '{}' WHERE metadata->>'code' = 'SHARED-CODE'"); }},
    {"an item that turned into a badge", "A grant has the type of its reward.",
     [](Tx& tx) {
       tx.exec("UPDATE reward_grants SET type = 'BADGE', metadata = '{\"badgeId\":\"x\"}' WHERE type = 'ITEM'");
     }},
    {"an item that is no item", "Every granted item and badge says which it is.",
     [](Tx& tx) { tx.exec("UPDATE reward_grants SET metadata = '{\"quantity\":2}' WHERE type = 'ITEM'"); }},
    {"items that are none", "Every granted item and badge says which it is.",
     [](Tx& tx) {
       tx.exec("UPDATE reward_grants SET metadata = '{\"itemId\":\"sword\",\"quantity\":0}' WHERE type = 'ITEM'");
     }},
    {"a badge that is no badge", "Every granted item and badge says which it is.",
     [](Tx& tx) { tx.exec("UPDATE reward_grants SET metadata = '{}' WHERE type = 'BADGE'"); }},
    {"points that were never granted", "Every ledger entry has the amount of its grant.",
     [](Tx& tx) {
       tx.exec("UPDATE reward_ledger SET amount = amount + 1, balance = balance + 1");
       tx.exec("UPDATE reward_wallets SET points = points + 1");
     }},
    {"a balance that is no sum", "A user's balance is the sum of the ledger.",
     [](Tx& tx) { tx.exec("UPDATE reward_wallets SET points = points + 1"); }},
    {"a grant of a request that was rejected", "Only an approved request grants.",
     [](Tx& tx) {
       let_decisions_change(tx);
       tx.exec("UPDATE reward_requests SET status = 'REJECTED' WHERE status = 'APPROVED' AND operator_id IS NULL");
     }},
    {"a ledger whose wallet is gone", "Whoever has a ledger has a wallet.",
     [](Tx& tx) { tx.exec("DELETE FROM reward_wallets"); }},
    {"a wallet that counts an entry too many", "A wallet counts exactly the entries of its ledger.",
     [](Tx& tx) { tx.exec("UPDATE reward_wallets SET entries = entries + 1"); }},
    {"an entry that shows another balance", "Every entry shows the sum of the ledger up to it.",
     [](Tx& tx) { tx.exec("UPDATE reward_ledger SET balance = balance + 1"); }},
    {"an approval that was made a rejection", "A decision that the audit log tells of stands as it was made.",
     [](Tx& tx) {
       let_decisions_change(tx);
       tx.exec(
           "DELETE FROM reward_grants WHERE request_id IN (SELECT id FROM reward_requests"
           " WHERE status = 'APPROVED' AND operator_id IS NOT NULL)");
       tx.exec("UPDATE reward_rewards SET granted = 0, remaining = remaining + 1 WHERE quantity = 4");
       tx.exec(
           "UPDATE reward_requests SET status = 'REJECTED', operator_id = NULL"
           " WHERE status = 'APPROVED' AND operator_id IS NOT NULL");
     }},
    {"a rejection that was revived", "A decision that the audit log tells of stands as it was made.",
     [](Tx& tx) {
       let_decisions_change(tx);
       tx.exec(
           "UPDATE reward_requests SET status = 'PENDING', processed_at = NULL, operator_id = NULL, holds_stock = FALSE"
           " WHERE status = 'REJECTED'");
     }},
    {"an operator's decision that nobody recorded", "Every decision of an operator is in the audit log.",
     [](Tx& tx) {
       tx.exec("UPDATE reward_requests SET operator_id = $1 WHERE status = 'APPROVED' AND operator_id IS NULL",
               tx.new_id<UserId>());
     }},
    {"a grant of another time than its approval", "What a request granted was granted when it was approved.",
     [](Tx& tx) {
       tx.exec("UPDATE reward_requests SET processed_at = $1 WHERE status = 'APPROVED'",
               tx.now() + std::chrono::hours{1});
     }},
    {"a request from before its event", "A request was made while its event took requests.",
     [](Tx& tx) { tx.exec("UPDATE reward_requests SET requested_at = $1", tx.now() - std::chrono::hours{1}); }},
};

}  // namespace

TEST_CASE("the invariants of rewards hold after every type was granted, and each violation is told without a code") {
  Lived lived{GENERATE(from_range(engines()))};
  CHECK(lived.told([](Tx&) {}).empty());
  for (const auto& [what, rule, make] : damages) {
    INFO(what);
    const auto told = lived.told(make);
    REQUIRE_FALSE(told.empty());
    for (const auto& line : told) {
      CHECK_THAT(line, Catch::StartsWith(rule));
      CHECK_THAT(line, !Catch::Contains("POOL-") && !Catch::Contains("SHARED-CODE"));
    }
  }
}

TEST_CASE("a decision never changes, whoever writes to the table") {
  Lived lived{GENERATE(from_range(engines()))};
  for (const Sql sql :
       {Sql{"UPDATE reward_requests SET status = 'REJECTED' WHERE status = 'APPROVED'"},
        Sql{"UPDATE reward_requests SET status = 'PENDING', processed_at = NULL WHERE status = 'REJECTED'"}})
    CHECK_THROWS(lived.campaign.store->write([&](Tx& tx) -> Result<std::int64_t> { return tx.exec(sql); }));
}

TEST_CASE("requests of a time at which their event took none are told: paused, deleted, not begun, over") {
  DecidedCampaign campaign{GENERATE(from_range(engines()))};
  const auto terms =
      R"({"conditionParams": {"days": 1}, "startAt": "2026-03-04T12:00:00Z", "endAt": "2026-03-10T12:00:00Z"})";
  const auto event = campaign.create_event(terms);
  campaign.add_reward(event.id, 10);
  campaign.store.clock.set(at("2026-03-05T12:00:00Z"));
  const auto early = campaign.waiting(event.id);
  const auto met = campaign.waiting_and_met(event.id);
  campaign.check_invariants();

  const auto told = [&](reward::RequestId id, const char* time) {
    std::vector<std::string> lines;
    (void)campaign.store->write([&](Tx& tx) -> Result<void> {
      tx.exec("UPDATE reward_requests SET requested_at = $2 WHERE id = $1", id, at(time));
      for (const auto& invariant : reward::invariants())
        if (invariant.name == "I14") lines = invariant.violations(tx);
      return problems::forbidden;
    });
    return !lines.empty() && lines == std::vector<std::string>(lines.size(), id.to_string());
  };
  CHECK(told(early.id, "2026-03-04T11:59:59Z"));  // before it began
  CHECK_FALSE(told(early.id, "2026-03-04T12:00:00Z"));
  CHECK_FALSE(told(met.id, "2026-03-17T11:59:59Z"));  // late, but met in time
  CHECK(told(met.id, "2026-03-17T12:00:00Z"));        // too late
  CHECK(told(early.id, "2026-03-18T12:00:00Z"));

  REQUIRE(campaign.store->write([&](Tx& tx) -> Result<std::int64_t> {
    return tx.exec("UPDATE progress_states SET met_at = $1", at("2026-03-10T12:00:00Z"));
  }));
  CHECK(told(met.id, "2026-03-11T12:00:00Z"));  // met when it was over

  campaign.store.clock.set(at("2026-03-06T12:00:00Z"));
  campaign.edit_event(event, R"({"conditionParams": {"days": 1}, "isActive": false, "endAt": "2026-03-10T12:00:00Z"})");
  CHECK(told(early.id, "2026-03-06T12:30:00Z"));  // while it was paused
  CHECK_FALSE(told(early.id, "2026-03-05T12:30:00Z"));
  campaign.execute("UPDATE event_events SET deleted_at = updated_at WHERE id = $1", event.id.uuid());
  CHECK(told(early.id, "2026-03-07T12:30:00Z"));
}
