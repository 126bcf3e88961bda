// The steps of a campaign, each a transaction of its own.
#include "support/campaign.hpp"

#include "auth/ports.hpp"
#include "guerdon/routes.hpp"

namespace guerdon::test {
namespace {

/// Waits for the transaction and insists on its success.
template <class F>
auto done(store::ManagedDatabase& database, F fn) {
  auto result = database.write(fn);
  INFO("transaction refused: " << (result ? "" : problem_document(result.error(), {})));
  REQUIRE(result);
  return *std::move(result);
}

Decoded<event::EventRegisterRequest> registration(Instant start, const std::string& json_overrides) {
  json::object body{{"name", "A week"},
                    {"conditionType", "CONSECUTIVE_LOGIN"},
                    {"conditionParams", {{"days", 3}}},
                    {"startAt", to_rfc3339(start)}};
  const auto overrides = parse_json(json_overrides).value();
  for (const auto& member : overrides.as_object()) body[member.key()] = member.value();
  return decode<Decoded<event::EventRegisterRequest>>(body).value();
}

}  // namespace

UserId Campaign::new_user(RoleSet roles) {
  static int number = 0;
  const auto name = "user" + std::to_string(++number);
  return done(*store, [&](Tx& tx) {
    return auth::add_account(tx, {.username = name,
                                  .username_key = name,
                                  .email = name + "@example.com",
                                  .email_key = name + "@example.com",
                                  .password_hash = "no password fits this",
                                  .roles = roles,
                                  .invite_code = "INVITE" + std::to_string(number),
                                  .profile = {},
                                  .invited_by = std::nullopt});
  });
}

Caller Campaign::as(UserId user, RoleSet roles) {
  Caller caller;
  caller.user = user;
  caller.roles = roles;
  return caller;
}

event::EventView Campaign::create_event(const std::string& json_overrides) {
  const auto request = registration(store.clock.now(), json_overrides);
  return done(*store, [&](Tx& tx) {
    auto made = events.create(tx, as(operator_id, {Role::operator_}), request);
    if (made) progress.request_rebuild(tx, made->id);
    return made;
  });
}

void Campaign::edit_event(const event::EventView& event, const std::string& json_overrides) {
  const auto request = registration(event.start_at, json_overrides);
  done(*store, [&](Tx& tx) -> Result<bool> {
    const auto edited = events.update(tx, as(operator_id, {Role::operator_}), event.id, request);
    if (!edited) return edited.error();
    return requests.request_backlog(tx, event.id);
  });
}

reward::RewardView Campaign::add_reward(event::EventId event, std::int64_t points,
                                        std::optional<std::int64_t> quantity) {
  json::object body{{"type", "POINT"}, {"metadata", {{"amount", points}}}};
  if (quantity) body["quantity"] = *quantity;
  return add_reward(event, body);
}

reward::RewardView Campaign::add_reward(event::EventId event, const json::object& body) {
  const auto request = decode<Decoded<reward::RewardRegisterRequest>>(body).value();
  return done(*store, [&](Tx& tx) {
    return catalogue.register_reward(tx, as(operator_id, {Role::operator_}), event, request);
  });
}

void Campaign::log_in(UserId user, Instant when) {
  const auto counted = store->write([&](Tx& tx) { return progress.count_login(tx, user, when); });
  REQUIRE(counted);
}

void Campaign::rebuild(event::EventId event) {
  REQUIRE(store->write([&](Tx& tx) -> Result<void> {
    progress.request_rebuild(tx, event);
    return {};
  }));
  bool more = true;
  while (more)
    REQUIRE(store->write([&](Tx& tx) -> Result<void> {
      more = progress.rebuild(tx).more;
      return {};
    }));
}

void Campaign::serve_backlog() {
  bool more = true;
  while (more)
    REQUIRE(store->write([&](Tx& tx) -> Result<void> {
      more = requests.serve_backlog(tx).more;
      return {};
    }));
}

progress::ProgressView Campaign::progress_of(event::EventId event, UserId user) {
  return store->read([&](Snapshot& s) { return progress.get_progress(s, as(user), event, {}); }).value();
}

Result<reward::RequestView> Campaign::ask(event::EventId event, UserId user) {
  return store->write([&](Tx& tx) { return requests.ask(tx, as(user), event); });
}

void Campaign::serve(event::EventId event, UserId user) {
  REQUIRE(store->write([&](Tx& tx) { return requests.serve(tx, event, user); }));
}

std::optional<reward::RequestView> Campaign::request_of(event::EventId event, UserId user) {
  reward::RequestListQuery query;
  query.event_id = event;
  const auto page = store->read([&](Snapshot& s) { return requests.list_requests(s, as(user), query); }).value();
  if (page.items.empty()) return std::nullopt;
  return page.items.front();
}

std::int64_t Campaign::points_of(UserId user) {
  return store->read([&](Snapshot& s) { return wallets.get_wallet(s, as(user), {}); }).value().points;
}

std::size_t Campaign::count_messages(std::string_view type) const {
  std::size_t count = 0;
  for (const auto& message : store.outbox.messages()) count += message.type == type ? 1 : 0;
  return count;
}

}  // namespace guerdon::test
