// The invariants of rewards: they hold after everything was granted, and each can be broken and is then told.
#include "reward/module.hpp"

#include <functional>

#include "support/campaign.hpp"

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
       tx.exec("UPDATE reward_requests SET status = 'REJECTED', processed_at = $1 WHERE holds_stock", tx.now());
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
       tx.exec("UPDATE reward_ledger SET amount = amount + 1");
       tx.exec("UPDATE reward_wallets SET points = points + 1");
     }},
    {"a balance that is no sum", "A user's balance is the sum of the ledger.",
     [](Tx& tx) { tx.exec("UPDATE reward_wallets SET points = points + 1"); }},
    {"a grant of a request that was rejected", "Only an approved request grants.",
     [](Tx& tx) { tx.exec("UPDATE reward_requests SET status = 'REJECTED' WHERE status = 'APPROVED'"); }},
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
