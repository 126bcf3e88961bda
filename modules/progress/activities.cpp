// Decides what may be posted. Nothing is counted here: that is for whoever hears ActivityPosted.
#include "activities.hpp"

#include <cmath>
#include <cstdint>
#include <map>
#include <vector>

#include "auth/ports.hpp"
#include "fact_repository.hpp"
#include "guerdon/bus.hpp"
#include "progress/messages.hpp"

namespace guerdon::progress {
namespace {

/// Who the items are about, each looked up once.
class Users {
 public:
  explicit Users(Tx& tx) : tx_(tx) {}

  /// Was one of them going, or gone?
  [[nodiscard]] std::optional<UserId> gone() const { return gone_; }

  void check(UserId user, const Place& at) {
    auto known = status_.find(user);
    if (known == status_.end()) known = status_.emplace(user, auth::find_status(tx_, user)).first;
    const auto& status = known->second;
    if (!status) return at.fault("unknown-user", "there is no such user");
    if (*status == auth::AccountStatus::suspended) return at.fault("user-suspended", "this user is suspended");
    if (*status != auth::AccountStatus::active) gone_ = user;
  }

 private:
  Tx& tx_;
  std::map<UserId, std::optional<auth::AccountStatus>> status_;
  std::optional<UserId> gone_;
};

void check_time(Instant occurred_at, Instant now, const Place& at) {
  if (occurred_at > now + furthest_ahead) at.fault("too-large", "must be at most 5 minutes ahead");
  if (occurred_at < now - furthest_back) at.fault("too-small", "must be at most 7 days ago");
}

/// The same number however it is written, 100 for 1e2 and for 100.0: the engines would not agree on it later.
json::value normalised(const json::value& value) {
  if (const auto* const object = value.if_object()) {
    json::object result;
    for (const auto& [key, member] : *object) result.emplace(key, normalised(member));
    return result;
  }
  if (const auto* const array = value.if_array()) {
    json::array result;
    for (const auto& item : *array) result.push_back(normalised(item));
    return result;
  }
  constexpr double end = 18'446'744'073'709'551'616.0;  // 2^64
  const auto* const number = value.if_double();
  if (number == nullptr || std::trunc(*number) != *number || *number >= end || *number < -end / 2) return value;
  if (*number < end / 2) return static_cast<std::int64_t>(*number);
  return static_cast<std::uint64_t>(*number);
}

json::object attributes_of(const ActivityInput& input) {
  return input.attributes ? normalised(input.attributes->value).get_object() : json::object{};
}

void check_numbers(const json::object& attributes, const Place& at) {
  for (const auto& member : attributes)
    if (member.value().is_uint64()) at.member(member.key()).fault("too-large", "must be at most 2^63 - 1");
}

/// The activity's attributes, as they are stored.
json::object check(const ActivityInput& input, Users& users, Instant now, const Place& at) {
  users.check(input.user_id, at.member("userId"));
  if (input.occurred_at) check_time(*input.occurred_at, now, at.member("occurredAt"));
  auto attributes = attributes_of(input);
  check_numbers(attributes, at.member("attributes"));
  return attributes;
}

Error refusal_of(UserId gone) {
  return Error{problems::user_deleted, "The account " + gone.to_string() + " is gone, or about to be."};
}

struct Posted {
  std::string id;
  bool is_new = false;
};

Posted post(Tx& tx, const Caller& caller, const ActivityInput& input, json::object attributes) {
  const auto id = tx.new_id<ActivityId>();
  const ActivityRow row{.id = id,
                        .source = caller.actor(),
                        .external_id = input.id ? input.id->value() : id.to_string(),
                        .user_id = input.user_id,
                        .type = input.type.value(),
                        .at = input.occurred_at.value_or(tx.now()),
                        .attributes = std::move(attributes)};
  if (!add_activity(tx, row)) return {.id = row.external_id, .is_new = false};
  publish(tx, ActivityPosted{.activity_id = row.id, .user_id = row.user_id, .occurred_at = row.at});
  return {.id = row.external_id, .is_new = true};
}

}  // namespace

Result<ActivityAccepted> post_activity(Tx& tx, const Caller& caller, const ActivityInput& input) {
  std::vector<Fault> faults;
  Users users{tx};
  auto attributes = check(input, users, tx.now(), Place{faults});
  if (!faults.empty()) return Error{std::move(faults)};
  if (users.gone()) return refusal_of(*users.gone());
  return ActivityAccepted{.id = post(tx, caller, input, std::move(attributes)).id};
}

Result<BatchAccepted> post_activities(Tx& tx, const Caller& caller, const ActivityBatch& batch) {
  std::vector<Fault> faults;
  Users users{tx};
  const Place whole{faults};
  const Place items = whole.member("items");
  std::vector<json::object> attributes;
  for (std::size_t i = 0; i < batch.items.size(); ++i)
    attributes.push_back(check(batch.items[i], users, tx.now(), items.item(i)));
  if (!faults.empty()) return Error{std::move(faults)};
  if (users.gone()) return refusal_of(*users.gone());

  BatchAccepted answer;
  for (std::size_t i = 0; i < batch.items.size(); ++i)
    ++(post(tx, caller, batch.items[i], std::move(attributes[i])).is_new ? answer.accepted : answer.duplicates);
  return answer;
}

}  // namespace guerdon::progress
