// Every type of reward as it is granted, shown and owned, on both engines: through the functions.
#include <algorithm>

#include "modules/reward/model.hpp"
#include "support/campaign.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;
using reward::RequestStatus;

namespace {

const std::string one_day = R"({"conditionParams": {"days": 1}})";

json::object item(const char* id, int quantity) {
  return {{"type", "ITEM"}, {"metadata", {{"itemId", id}, {"quantity", quantity}}}};
}
json::object badge(const char* id) { return {{"type", "BADGE"}, {"metadata", {{"badgeId", id}}}}; }
json::object coupon(json::object metadata) { return {{"type", "COUPON"}, {"metadata", std::move(metadata)}}; }

/// A campaign in which a log-in is all that is asked for.
struct Giving : Campaign {
  using Campaign::Campaign;

  event::EventId giving(const std::vector<json::object>& rewards) {
    const auto event = create_event(one_day).id;
    for (const auto& body : rewards) {
      const auto made = add_reward(event, body);
      if (made.type == reward::RewardType::coupon && made.remaining == 0) fill(event, made.id, {"POOL-CODE-0001"});
    }
    return event;
  }

  void fill(event::EventId event, reward::RewardId id, const std::vector<std::string>& codes) {
    reward::CodesRequest request;
    for (const auto& code : codes) request.codes.push_back(reward::CouponCode::parse(code).value());
    REQUIRE(store->write([&](Tx& tx) { return catalogue.add_codes(tx, as(operator_id), event, id, request); }));
  }

  /// Meets the event's condition and asks.
  reward::RequestView earn(event::EventId event, UserId user) {
    log_in(user);
    const auto asked = ask(event, user);
    REQUIRE(asked);
    REQUIRE(asked->status == RequestStatus::approved);
    return *asked;
  }

  reward::WalletView wallet_of(UserId user, const Caller& reader) {
    reward::WalletQuery query;
    query.user_id = user;
    return store->read([&](Snapshot& s) { return wallets.get_wallet(s, reader, query); }).value();
  }
  reward::WalletView wallet_of(UserId user) { return wallet_of(user, as(user)); }

  std::vector<json::object> granted_messages() const {
    std::vector<json::object> found;
    for (const auto& message : store.outbox.messages())
      if (message.type == "RewardGranted") found.push_back(parse_json(message.payload).value().as_object());
    return found;
  }
};

std::vector<std::string> texts(const std::vector<reward::WalletItem>& items) {
  std::vector<std::string> found;
  for (const auto& one : items) found.push_back(std::to_string(one.quantity) + " " + one.item_id);
  return found;
}

}  // namespace

TEST_CASE("one approval grants rewards of every type, with their metadata as it was written") {
  Giving giving{GENERATE(from_range(engines()))};
  const auto event = giving.giving(
      {{{"type", "POINT"}, {"name", "Some points"}, {"metadata", {{"amount", 50}, {"why", {{"season", "spring"}}}}}},
       item("sword", 2),
       coupon({{"code", "SHARED-CODE-2026"}, {"expiresAt", "2026-12-31T23:59:59+09:00"}}),
       coupon({{"partner", "a cafe"}}),
       badge("early-bird")});
  const auto user = giving.new_user();
  const auto request = giving.earn(event, user);

  REQUIRE(request.grants.size() == 5);
  CHECK(request.grants[0].name == "Some points");
  CHECK(request.grants[0].metadata == json::object{{"amount", 50}, {"why", {{"season", "spring"}}}});
  CHECK(request.grants[1].metadata == json::object{{"itemId", "sword"}, {"quantity", 2}});
  CHECK(request.grants[2].metadata.at("code") == "SHARED-CODE-2026");
  CHECK(request.grants[3].metadata == json::object{{"partner", "a cafe"}, {"code", "POOL-CODE-0001"}});
  CHECK(request.grants[4].metadata == json::object{{"badgeId", "early-bird"}});

  const auto wallet = giving.wallet_of(user);
  CHECK(wallet.points == 50);
  CHECK(texts(wallet.items) == std::vector<std::string>{"2 sword"});
  REQUIRE(wallet.coupons.size() == 2);
  CHECK(wallet.coupons[0].code == "POOL-CODE-0001");
  CHECK_FALSE(wallet.coupons[0].expires_at);
  CHECK(wallet.coupons[1].code == "SHARED-CODE-2026");
  CHECK(wallet.coupons[1].expires_at == at("2026-12-31T14:59:59Z"));
  CHECK(wallet.coupons[1].event_id == event);
  CHECK(wallet.coupons[1].granted_at == giving.store.clock.now());
  REQUIRE(wallet.badges.size() == 1);
  CHECK(wallet.badges[0].badge_id == "early-bird");
  CHECK(wallet.badges[0].event_id == event);
}

TEST_CASE("a RewardGranted is said for each type, and no message holds a code") {
  Giving giving{GENERATE(from_range(engines()))};
  const auto event = giving.giving({item("sword", 2), coupon({{"code", "SHARED-CODE-2026"}, {"partner", "a cafe"}}),
                                    coupon({{"partner", "a cinema"}}), badge("early-bird")});
  giving.earn(event, giving.new_user());

  const auto messages = giving.granted_messages();
  REQUIRE(messages.size() == 4);
  CHECK(messages[0].at("rewardType") == "ITEM");
  CHECK(messages[0].at("metadata") == json::object{{"itemId", "sword"}, {"quantity", 2}});
  CHECK(messages[1].at("rewardType") == "COUPON");
  CHECK(messages[1].at("metadata") == json::object{{"partner", "a cafe"}});
  CHECK(messages[2].at("metadata") == json::object{{"partner", "a cinema"}});
  CHECK(messages[3].at("rewardType") == "BADGE");
  for (const auto& message : giving.store.outbox.messages())
    CHECK_THAT(message.payload, !Catch::Contains("SHARED-CODE") && !Catch::Contains("POOL-CODE"));
}

TEST_CASE("items are summed over events, and a badge is owned once, as it was granted first") {
  Giving giving{GENERATE(from_range(engines()))};
  const auto user = giving.new_user();
  const auto first = giving.giving({item("sword", 2), badge("early-bird")});
  giving.earn(first, user);
  const auto since = giving.store.clock.now();
  giving.advance(1h);
  const auto second = giving.giving({item("sword", 3), item("arrow", 100), badge("early-bird"), badge("night-owl")});
  CHECK(giving.earn(second, user).grants.size() == 4);

  const auto wallet = giving.wallet_of(user);
  CHECK(texts(wallet.items) == std::vector<std::string>{"100 arrow", "5 sword"});
  REQUIRE(wallet.badges.size() == 2);
  CHECK(wallet.badges[0].badge_id == "night-owl");
  CHECK(wallet.badges[1].badge_id == "early-bird");
  CHECK(wallet.badges[1].event_id == first);
  CHECK(wallet.badges[1].granted_at == since);
  CHECK(giving.wallet_of(giving.new_user()).items.empty());
}

TEST_CASE("a coupon's code is in clear for its owner alone, and in no list of requests") {
  Giving giving{GENERATE(from_range(engines()))};
  const auto event = giving.giving({coupon({{"code", "SHARED-CODE-2026"}}), coupon({})});
  const auto user = giving.new_user();
  const auto request = giving.earn(event, user);
  const auto codes_seen_by = [&](const Caller& reader) {
    const auto view =
        giving.store->read([&](Snapshot& s) { return giving.requests.get_request(s, reader, request.id); });
    std::vector<std::string> codes;
    for (const auto& grant : view.value().grants) codes.push_back(grant.metadata.at("code").as_string().c_str());
    for (const auto& one : giving.wallet_of(user, reader).coupons) codes.push_back(one.code);
    return codes;
  };
  using Strings = std::vector<std::string>;
  CHECK(codes_seen_by(Campaign::as(user)) ==
        Strings{"SHARED-CODE-2026", "POOL-CODE-0001", "POOL-CODE-0001", "SHARED-CODE-2026"});
  for (const Role role : {Role::operator_, Role::auditor, Role::admin})
    CHECK(codes_seen_by(Campaign::as(giving.operator_id, {role})) ==
          Strings{"****2026", "****0001", "****0001", "****2026"});

  const auto listed = giving.request_of(event, user);
  REQUIRE(listed);
  CHECK(listed->grants[0].metadata.at("code") == "****2026");
  CHECK(listed->grants[1].metadata.at("code") == "****0001");
}

TEST_CASE("what was granted stays as it was when the reward is changed or deleted") {
  Giving giving{GENERATE(from_range(engines()))};
  const auto event = giving.create_event(one_day).id;
  const auto reward = giving.add_reward(event, item("sword", 2));
  const auto user = giving.new_user();
  giving.earn(event, user);

  const auto change = decode<Decoded<reward::RewardUpdateRequest>>(item("axe", 9)).value();
  const auto editor = Campaign::as(giving.operator_id, {Role::operator_});
  REQUIRE(giving.store->write(
      [&](Tx& tx) { return giving.catalogue.update_reward(tx, editor, event, reward.id, change); }));
  CHECK(texts(giving.wallet_of(user).items) == std::vector<std::string>{"2 sword"});
  const auto later = giving.new_user();
  giving.earn(event, later);
  CHECK(texts(giving.wallet_of(later).items) == std::vector<std::string>{"9 axe"});

  REQUIRE(giving.store->write([&](Tx& tx) { return giving.catalogue.delete_reward(tx, editor, event, reward.id); }));
  CHECK(texts(giving.wallet_of(user).items) == std::vector<std::string>{"2 sword"});
  const auto last = giving.new_user();
  giving.log_in(last);
  CHECK(giving.ask(event, last).error().problem == reward::refusals::no_rewards);
}
