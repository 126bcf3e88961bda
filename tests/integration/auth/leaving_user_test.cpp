// At every point of a deletion, from its request on: whoever would write something of the user is refused, in words
// that say why, and nothing is written.
#include "integration/auth/fixture.hpp"
#include "modules/auth/accounts/administration.hpp"
#include "modules/auth/keys/keys.hpp"
#include "modules/auth/platforms/platforms.hpp"
#include "modules/progress/activities.hpp"
#include "modules/reward/closings.hpp"
#include "modules/reward/decisions.hpp"
#include "support/farewell.hpp"

using namespace guerdon;
using namespace guerdon::test;
using Lines = std::vector<std::string>;

namespace {

progress::ActivityInput activity_of(UserId user) {
  progress::ActivityInput input;
  input.user_id = user;
  input.type = event::ActivityType::trusted("purchase");
  return input;
}

/// What every one of them is answered; "none" would be a success.
Lines try_everything(Farewell& farewell, const Guest& guest) {
  const auto clerk = Campaign::as(farewell.operator_id, {Role::operator_});
  Lines codes;
  const auto note = [&](const auto& result) { codes.push_back(auth::code_of(result)); };
  const auto attempt = [&](auto what) { note(farewell.store->write(what)); };
  const auto reason = reward::Reason::parse("a gift");
  note(farewell.ask(guest.paid.id, guest.id));
  attempt([&](Tx& tx) { return progress::post_activity(tx, clerk, activity_of(guest.id)); });
  attempt([&](Tx& tx) {
    progress::ActivityBatch batch;
    batch.items.push_back(activity_of(farewell.operator_id));
    batch.items.push_back(activity_of(guest.id));
    return progress::post_activities(tx, clerk, batch);
  });
  for (const auto request : {guest.pending, guest.held}) {
    attempt([&](Tx& tx) { return reward::approve_request(tx, clerk, request, {}); });
    attempt([&](Tx& tx) { return reward::approve_request(tx, clerk, request, {.override_ = true, .reason = reason}); });
    attempt([&](Tx& tx) { return reward::reject_request(tx, clerk, request, {.reason = *reason}); });
  }
  const auto bulk = farewell.store->write([&](Tx& tx) -> Result<reward::BulkApproval> {
    return reward::approve_requests(tx, clerk, std::vector{guest.pending, guest.held});
  });
  for (const auto& failed : bulk->failed) codes.push_back(failed.code);
  if (!bulk->approved.empty()) codes.emplace_back("none");
  note(farewell.remove(farewell.boss(), guest.id));
  note(farewell.restore(farewell.boss(), guest.id));
  return codes;
}

/// What the server would do of its own accord.
void let_the_server_try(Farewell& farewell, const Guest& guest) {
  for (const auto& event : {guest.paid, guest.waiting, guest.manual}) {
    farewell.serve(event.id, guest.id);
    farewell.rebuild(event.id);
  }
  farewell.rebuild_users();
}

}  // namespace

TEST_CASE("at every point of a deletion nobody writes anything of the user, and each is told why") {
  Farewell farewell{GENERATE(from_range(engines()))};
  Guest guest{farewell};
  const bool fails = GENERATE(false, true);
  if (fails) farewell.trouble_hiding(auth::UserData::wallet, {Trouble::refuses});
  farewell.remove_account(guest.id);
  int passes = 0;
  while (farewell.status_of(guest.id) == auth::AccountStatus::deleting) {
    INFO("after " << passes++ << " passes");
    const auto before = farewell.rows();
    const auto codes = try_everything(farewell, guest);
    CHECK(codes == Lines(codes.size(), "user-deleted"));
    CHECK(codes.size() == 13);
    let_the_server_try(farewell, guest);
    CHECK(differences(before, farewell.rows()) == Lines{});
    farewell.step();
  }
  CHECK(passes >= 6);
  if (fails) {
    CHECK(auth::code_of(farewell.ask(guest.paid.id, guest.id)) == "already-requested");
    return;
  }
  const auto before = farewell.rows();
  const auto codes = try_everything(farewell, guest);
  CHECK(codes == Lines(codes.size(), "user-deleted"));
  let_the_server_try(farewell, guest);
  CHECK(differences(before, farewell.rows()) == Lines{});
}

TEST_CASE("requests of somebody who is gone are not closed with their event, and are once they are restored") {
  Farewell farewell{GENERATE(from_range(engines()))};
  const auto event = farewell.create_event(R"({"endAt": "2026-03-10T00:00:00Z"})");
  farewell.add_reward(event.id, 10);
  const auto gone = farewell.new_user();
  const auto stays = farewell.new_user();
  const auto frozen = farewell.ask(event.id, gone).value().id;
  const auto other = farewell.ask(event.id, stays).value().id;
  farewell.remove_account(gone);
  farewell.settle();
  REQUIRE(farewell.store->write([&](Tx& tx) -> Result<void> {
    reward::plan_closing(tx, event.id);
    return {};
  }));
  const auto close = [&] {
    bool more = true;
    while (more)
      more = farewell.store->write([](Tx& tx) -> Result<bool> { return reward::close_requests(tx).more; }).value();
  };
  const auto status = [&](reward::RequestId id) {
    return farewell.store->read([&](Snapshot& s) { return reward::find_request_or_deleted(s, id)->status; });
  };
  farewell.store.clock.set(at("2026-03-20T00:00:00Z"));
  close();
  CHECK(status(other) == reward::RequestStatus::rejected);
  CHECK(status(frozen) == reward::RequestStatus::pending);
  REQUIRE(farewell.restore_account(gone));
  farewell.advance(std::chrono::hours{48});
  close();
  CHECK(status(frozen) == reward::RequestStatus::rejected);
}

namespace guerdon::auth {
namespace {

TEST_CASE("What was under way in auth when a deletion is requested is refused, and leaves nothing") {
  AuthOnDatabase auth{GENERATE(from_range(test::engines()))};
  const auto cursors = CursorCodec{"a key for the cursors of this test"};
  const PasswordResets resets{auth.config, *auth.random};
  const Administration administration{auth.config, *auth.random, resets};
  const Platforms platforms{cursors};
  const Keys keys{*auth.random, cursors};
  auto admin = auth.caller;
  admin.user = auth.register_user("ada").value().id;
  admin.roles = {Role::admin};
  auth.execute("UPDATE auth_users SET roles = 9 WHERE id = $1", *admin.user);
  const auto bob = auth.register_user("bob").value().id;
  auth.execute("UPDATE auth_users SET roles = 9 WHERE id = $1", bob);
  const auto tokens = auth.log_in("bob").value();
  const auto as_bob = auth.bearer_of(tokens.access_token);

  // Read before, written after.
  const auto login = AuthOnDatabase::login_request("bob");
  const auto check = auth.check(login);
  const auto update = decode<Decoded<UpdateInfoRequest>>(
                          json::parse(R"({"profile":{"city":"Seoul"},"currentPassword":"a fine password"})"))
                          .value();
  const auto change = auth.store->read([&](Snapshot& s) { return auth.own_account.prepare_change(s, as_bob, update); });
  const auto ticket = auth.store->write([&](Tx& tx) { return resets.start(tx, admin, bob); }).value();
  const SetPasswordRequest set{.reset_token = Secret{Text<1, 128>::parse(ticket.reset_token).value()},
                               .password = Secret<Password>{Password::parse("another fine password of mine").value()}};
  const auto prepared = auth.store->read([&](Snapshot& s) { return resets.prepare(s, set); });
  REQUIRE(prepared);
  REQUIRE(change);
  REQUIRE(auth.delete_user(admin, bob));

  const auto rows = [&] { return test::all_rows(auth.store, {.tables = {"auth_throttle"}, .columns = {}}); };
  const auto before = rows();
  const auto attempt = [&](auto what) { return code_of(auth.store->write(what)); };
  CHECK(code_of(auth.finish_login(login, check)) == "bad-credentials");
  CHECK(code_of(auth.log_in("bob")) == "bad-credentials");
  CHECK(code_of(auth.refresh(tokens.refresh_token)) == "token-revoked");
  CHECK(attempt([&](Tx& tx) { return auth.own_account.change(tx, as_bob, *change); }) == "token-revoked");
  CHECK(attempt([&](Tx& tx) { return auth.sessions.log_out(tx, as_bob); }) == "token-revoked");
  CHECK(attempt([&](Tx& tx) { return resets.set_password(tx, auth.caller, *prepared); }) == "reset-token-invalid");
  CHECK(attempt([&](Tx& tx) { return resets.start(tx, admin, bob); }) == "user-deleted");
  CHECK(attempt([&](Tx& tx) { return administration.change_roles(tx, admin, bob, {Role::user}); }) == "user-deleted");
  CHECK(attempt([&](Tx& tx) {
          return administration.change_status(tx, admin, bob, {.status = SettableStatus::suspended, .reason = {}});
        }) == "user-deleted");
  CHECK(attempt([&](Tx& tx) {
          UpdateAccountRequest request;
          request.profile = FreeForm{{{"city", "Busan"}}};
          return administration.update(tx, admin, bob, request);
        }) == "user-deleted");
  CHECK(attempt([&](Tx& tx) {
          return platforms.connect(
              tx, as_bob, decode<ConnectRequest>(json::parse(R"({"platform":"steam","platformUserId":"7"})")).value());
        }) == "token-revoked");
  CHECK(attempt([&](Tx& tx) { return platforms.disconnect(tx, as_bob, PlatformName::parse("steam").value()); }) ==
        "token-revoked");
  CHECK(attempt([&](Tx& tx) {
          return keys.create(
              tx, as_bob, decode<Decoded<KeyRequest>>(json::parse(R"({"name":"shop","roles":["OPERATOR"]})")).value());
        }) == "token-revoked");
  CHECK(test::differences(before, rows()) == std::vector<std::string>{});
}

}  // namespace
}  // namespace guerdon::auth
