// Pools of coupon codes as rows, on both engines: every code is given once, whoever reaches for it at the same time.
#include <set>

#include "modules/reward/model.hpp"
#include "support/decisions.hpp"

using namespace guerdon;
using namespace guerdon::test;
using reward::RequestStatus;

namespace {

struct Pool : DecidedCampaign {
  explicit Pool(Engine engine, std::optional<std::int64_t> quantity = {}, const std::string& event_json = "{}")
      : DecidedCampaign(engine) {
    auto overrides = parse_json(event_json).value().as_object();
    overrides["conditionParams"] = {{"days", 1}};
    made_event = create_event(json::serialize(overrides));
    json::object body{{"type", "COUPON"}, {"metadata", json::object{}}};
    if (quantity) body["quantity"] = *quantity;
    id = Campaign::add_reward(made_event.id, body).id;
  }

  /// For threads, in which Catch may check nothing.
  Result<reward::CodesAdded> try_to_fill(const std::vector<std::string>& codes) {
    reward::CodesRequest request;
    for (const auto& code : codes) request.codes.push_back(reward::CouponCode::parse(code).value());
    return store->write([&](Tx& tx) {
      return catalogue.add_codes(tx, as(operator_id, {Role::operator_}), made_event.id, id, request);
    });
  }
  reward::CodesAdded fill(const std::vector<std::string>& codes) {
    const auto added = try_to_fill(codes);
    REQUIRE(added);
    return *added;
  }

  Result<reward::RewardView> set_quantity(std::optional<std::int64_t> quantity) {
    json::object body{{"metadata", json::object{}}};
    if (quantity) body["quantity"] = *quantity;
    const auto request = decode<Decoded<reward::RewardUpdateRequest>>(body).value();
    return store->write([&](Tx& tx) {
      return catalogue.update_reward(tx, as(operator_id, {Role::operator_}), made_event.id, id, request);
    });
  }

  reward::RewardView reward() {
    return store->read([&](Snapshot& s) { return catalogue.get_reward(s, as(operator_id), made_event.id, id); })
        .value();
  }

  UserId eligible_user() {
    const auto user = new_user();
    log_in(user);
    return user;
  }

  std::string code_of(UserId user) {
    const auto wallet = store->read([&](Snapshot& s) { return wallets.get_wallet(s, as(user), {}); }).value();
    REQUIRE(wallet.coupons.size() == 1);
    return wallet.coupons[0].code;
  }

  event::EventView made_event;
  reward::RewardId id;
};

std::vector<std::string> numbered(int count, const std::string& prefix = "CODE-") {
  std::vector<std::string> codes;
  for (int i = 0; i < count; ++i) codes.push_back(prefix + std::to_string(1000 + i));
  return codes;
}

}  // namespace

TEST_CASE("codes are added once each, whether repeated in a call or later") {
  Pool pool{GENERATE(from_range(engines()))};
  CHECK(pool.reward().remaining == 0);
  auto added = pool.fill({"AAAA-0001", "AAAA-0002", "AAAA-0001"});
  CHECK(added.added == 2);
  CHECK(added.duplicates == 1);
  added = pool.fill({"AAAA-0002", "AAAA-0003"});
  CHECK(added.added == 1);
  CHECK(added.duplicates == 1);
  CHECK(pool.reward().remaining == 3);
  CHECK_FALSE(pool.reward().quantity);

  const auto user = pool.eligible_user();
  REQUIRE(pool.ask(pool.made_event.id, user));
  added = pool.fill({pool.code_of(user)});  // given away, and still known
  CHECK(added.added == 0);
  CHECK(pool.reward().remaining == 2);
  CHECK(pool.reward().granted == 1);
  pool.check_invariants();
}

TEST_CASE("an empty pool is exhausted, and goes on when codes come") {
  Pool pool{GENERATE(from_range(engines()))};
  const auto user = pool.eligible_user();
  CHECK(pool.ask(pool.made_event.id, user).error().problem == reward::refusals::rewards_exhausted);
  pool.fill({"AAAA-0001"});
  CHECK(pool.ask(pool.made_event.id, user)->status == RequestStatus::approved);
  CHECK(pool.code_of(user) == "AAAA-0001");
  CHECK(pool.ask(pool.made_event.id, pool.eligible_user()).error().problem == reward::refusals::rewards_exhausted);
  pool.check_invariants();
}

TEST_CASE("what remains of a pool is the number of its free codes, bounded by the quantity") {
  Pool pool{GENERATE(from_range(engines())), 3};
  pool.fill(numbered(2));
  CHECK(pool.reward().remaining == 2);
  pool.fill(numbered(10));
  CHECK(pool.reward().remaining == 3);
  REQUIRE(pool.ask(pool.made_event.id, pool.eligible_user()));
  CHECK(pool.reward().remaining == 2);
  REQUIRE(pool.set_quantity(std::nullopt));
  CHECK(pool.reward().remaining == 9);
  REQUIRE(pool.set_quantity(5));
  CHECK(pool.reward().remaining == 4);
  REQUIRE(pool.set_quantity(1));
  CHECK(pool.reward().remaining == 0);
  CHECK(pool.set_quantity(0).error().problem == reward::refusals::quantity_below_granted);
  pool.fill(numbered(5, "MORE-"));
  CHECK(pool.reward().remaining == 0);
  CHECK(pool.reward().granted == 1);
  pool.check_invariants();
}

TEST_CASE("a MANUAL request holds a code that the pool then no longer has to give") {
  Pool pool{GENERATE(from_range(engines())), std::nullopt, R"({"approval": "MANUAL"})"};
  pool.fill(numbered(2));
  const auto holder = pool.eligible_user();
  REQUIRE(pool.ask(pool.made_event.id, holder));
  CHECK(pool.reward().remaining == 1);
  CHECK(pool.reward().granted == 0);
  REQUIRE(pool.ask(pool.made_event.id, pool.eligible_user()));
  CHECK(pool.ask(pool.made_event.id, pool.eligible_user()).error().problem == reward::refusals::rewards_exhausted);
  const auto refused = pool.set_quantity(1);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().members.at("reserved") == 2);
  CHECK(refused.error().members.at("granted") == 0);

  pool.edit_event(pool.made_event, R"({"approval": "AUTO", "conditionParams": {"days": 1}})");
  pool.serve_backlog();
  CHECK(pool.code_of(holder) == "CODE-1000");
  CHECK(pool.reward().granted == 2);
  CHECK(pool.reward().remaining == 0);
  pool.check_invariants();
}

TEST_CASE("a rejected request gives its code back, an approved one gets one, which the operator sees masked") {
  Pool pool{GENERATE(from_range(engines())), std::nullopt, R"({"approval": "MANUAL"})"};
  pool.fill(numbered(1));
  const auto refused = pool.waiting_and_met(pool.made_event.id);
  CHECK(pool.reward().remaining == 0);
  REQUIRE(pool.reject(refused.id));
  CHECK(pool.reward().remaining == 1);

  const auto user = pool.eligible_user();
  const auto asked = pool.ask(pool.made_event.id, user);
  REQUIRE(asked);
  const auto approved = pool.approve(asked->id);
  REQUIRE(approved);
  CHECK(approved->grants.at(0).metadata.at("code") == "****1000");
  CHECK(pool.code_of(user) == "CODE-1000");
  CHECK(pool.reward().remaining == 0);
  CHECK(pool.reward().granted == 1);
  pool.check_invariants();
}

TEST_CASE("what waiting requests hold of an unlimited reward counts when it gets a quantity") {
  Campaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event(R"({"approval": "MANUAL"})").id;
  const auto made = campaign.add_reward(event, 10);
  for (int i = 0; i < 2; ++i) REQUIRE(campaign.ask(event, campaign.new_user()));
  const auto set_quantity = [&](int quantity) {
    const json::object body{{"metadata", {{"amount", 10}}}, {"quantity", quantity}};
    const auto request = decode<Decoded<reward::RewardUpdateRequest>>(body).value();
    return campaign.store->write([&](Tx& tx) {
      return campaign.catalogue.update_reward(tx, Campaign::as(campaign.operator_id, {Role::operator_}), event, made.id,
                                              request);
    });
  };
  CHECK(set_quantity(1).error().problem == reward::refusals::quantity_below_granted);
  CHECK(set_quantity(3)->remaining == 1);
  REQUIRE(campaign.ask(event, campaign.new_user()));
  CHECK(campaign.ask(event, campaign.new_user()).error().problem == reward::refusals::rewards_exhausted);
}

TEST_CASE("only a coupon without a code of its own has a pool") {
  Campaign campaign{GENERATE(from_range(engines()))};
  const auto event = campaign.create_event().id;
  const auto editor = Campaign::as(campaign.operator_id, {Role::operator_});
  const auto points = campaign.add_reward(event, 10).id;
  const auto shared = campaign.add_reward(event, {{"type", "COUPON"}, {"metadata", {{"code", "SHARED-CODE"}}}}).id;
  reward::CodesRequest request;
  request.codes.push_back(reward::CouponCode::parse("AAAA-0001").value());
  for (const auto id : {points, shared}) {
    const auto refused =
        campaign.store->write([&](Tx& tx) { return campaign.catalogue.add_codes(tx, editor, event, id, request); });
    CHECK(refused.error().problem == reward::refusals::no_code_pool);
  }
}

TEST_CASE(
    "of 60 users who reach for 20 codes at the same time, 20 get one each, while more are added and none is lost") {
  Pool pool{GENERATE(from_range(engines()))};
  pool.fill(numbered(10));
  std::vector<UserId> users;
  for (int i = 0; i < 60; ++i) users.push_back(pool.eligible_user());
  std::atomic<int> approved{0};
  std::atomic<int> exhausted{0};
  std::atomic<int> filled{0};
  in_parallel(62, [&](int i) {
    if (i >= 60) {
      if (pool.try_to_fill(numbered(5, i == 60 ? "LATE-" : "LAST-"))) ++filled;
      return;
    }
    const auto asked = pool.ask(pool.made_event.id, users[static_cast<std::size_t>(i)]);
    if (asked && asked->status == RequestStatus::approved)
      ++approved;
    else if (!asked && asked.error().problem == reward::refusals::rewards_exhausted)
      ++exhausted;
  });
  CHECK(filled == 2);
  CHECK(approved + exhausted == 60);
  CHECK(approved >= 10);
  for (const auto user : users) {
    if (pool.reward().remaining == 0) break;
    if (!pool.request_of(pool.made_event.id, user)) REQUIRE(pool.ask(pool.made_event.id, user));
  }
  std::set<std::string> given;
  for (const auto user : users)
    if (pool.request_of(pool.made_event.id, user)) given.insert(pool.code_of(user));
  CHECK(given.size() == 20);
  CHECK(pool.reward().granted == 20);
  CHECK(pool.reward().remaining == 0);
  pool.check_invariants();
}

TEST_CASE("while the quantity is changed up and down users ask, and never more are granted than it says") {
  Pool pool{GENERATE(from_range(engines())), 5};
  pool.fill(numbered(60));
  std::vector<UserId> users;
  for (int i = 0; i < 30; ++i) users.push_back(pool.eligible_user());
  std::atomic<int> approved{0};
  std::atomic<int> exhausted{0};
  std::atomic<int> edits{0};
  in_parallel(31, [&](int i) {
    if (i == 30) {
      for (const std::int64_t quantity : {20, 4, 12, 8, 16}) {
        const auto set = pool.set_quantity(quantity);
        if (set || set.error().problem == reward::refusals::quantity_below_granted) ++edits;
      }
      return;
    }
    const auto asked = pool.ask(pool.made_event.id, users[static_cast<std::size_t>(i)]);
    if (asked)
      ++approved;
    else if (asked.error().problem == reward::refusals::rewards_exhausted)
      ++exhausted;
  });
  CHECK(edits == 5);
  CHECK(approved + exhausted == 30);
  const auto after = pool.reward();
  CHECK(after.granted == approved);
  CHECK(after.granted + after.remaining.value() == after.quantity);
  pool.check_invariants();
}
