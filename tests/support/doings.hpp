// What users do in a campaign, at the level of transactions: activities posted and counted, friends invited, sessions
// that go on. Posting and counting are apart, so that a test decides in what order and how often a fact is counted.
#pragma once

#include <string>
#include <vector>

#include "modules/progress/activities.hpp"
#include "support/campaign.hpp"

namespace guerdon::test {

struct Doings : Campaign {
  using Campaign::Campaign;

  /// Stores an activity that happened at `when`; it is not counted yet.
  progress::ActivityId post(UserId user, const std::string& type, Instant when, const std::string& attributes = "{}",
                            const std::string& id = {}) {
    progress::ActivityInput input;
    input.user_id = user;
    input.type = event::ActivityType::trusted(type);
    if (!id.empty()) input.id = Text<1, 100>::trusted(id);
    input.occurred_at = when;
    input.attributes = FreeForm{json::parse(attributes).as_object()};
    REQUIRE(store->write([&](Tx& tx) { return progress::post_activity(tx, as(operator_id), input); }));
    return last_posted();
  }
  void count(progress::ActivityId activity) {
    REQUIRE(store->write([&](Tx& tx) { return progress.count_activity(tx, activity); }));
  }
  /// Both, now.
  void act(UserId user, const std::string& type, const std::string& attributes = "{}") {
    count(post(user, type, store.clock.now(), attributes));
  }
  void go_on(UserId user) {
    REQUIRE(store->write([&](Tx& tx) { return progress.count_session(tx, user, tx.now()); }));
  }
  /// A new user whom `inviter` invited. That they registered is not counted yet.
  UserId invited_by(UserId inviter) {
    const auto invitee = new_user();
    REQUIRE(store->write([&](Tx& tx) -> Result<bool> {
      return tx.exec("UPDATE auth_users SET invited_by = $2 WHERE id = $1", invitee, inviter) == 1;
    }));
    return invitee;
  }
  void count_signup(UserId invitee) {
    REQUIRE(store->write([&](Tx& tx) { return progress.count_signup(tx, invitee, tx.now()); }));
  }
  event::EventView create(const std::string& type, const std::string& params, const std::string& start) {
    return create_event(R"({"conditionType": ")" + type + R"(", "conditionParams": )" + params + R"(, "startAt": ")" +
                        start + R"("})");
  }

 private:
  [[nodiscard]] progress::ActivityId last_posted() const {
    const auto messages = store.outbox.messages();
    for (auto message = messages.rbegin(); message != messages.rend(); ++message)
      if (message->type == "ActivityPosted")
        return progress::ActivityId::parse(parse_json(message->payload)->at("activityId").as_string()).value();
    throw std::logic_error("no activity was posted");
  }
};

}  // namespace guerdon::test
