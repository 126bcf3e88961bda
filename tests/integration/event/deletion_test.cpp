// Soft deletion of events and its undoing, through the modules' functions, on both engines.
#include "integration/event/deletion_fixture.hpp"
#include "modules/event/model.hpp"
#include "modules/reward/model.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;
using Names = std::vector<std::string>;

namespace {

Caller someone(Office& office) { return Campaign::as(office.new_user()); }

Caller auditor(Office& office) { return Campaign::as(office.new_user({Role::auditor}), {Role::auditor}); }

Caller an_operator(const Office& office) { return Campaign::as(office.operator_id, {Role::operator_}); }

event::EventListQuery with_deleted() {
  event::EventListQuery query;
  query.include_deleted = true;
  return query;
}

}  // namespace

TEST_CASE("a deleted event is gone for everybody, and there for AUDITOR and ADMIN who ask for it") {
  Office office{GENERATE(from_range(engines()))};
  const auto event = office.create_event();
  REQUIRE(office.remove(an_operator(office), event.id));
  for (const auto& caller : {someone(office), an_operator(office), auditor(office), office.boss()}) {
    CHECK(office.get(event.id, caller).error().problem == problems::not_found);
    CHECK(office.names(caller).empty());
  }
  for (const auto& caller : {auditor(office), office.boss()}) {
    CHECK(office.get(event.id, caller, true)->deleted_at == office.store.clock.now());
    CHECK(office.names(caller, with_deleted()) == Names{"A week"});
  }
  for (const auto& caller : {someone(office), an_operator(office)}) {
    CHECK(office.get(event.id, caller, true).error().problem == problems::forbidden);
    const auto list =
        office.store->read([&](Snapshot& s) { return office.events.list_events(s, caller, with_deleted()); });
    CHECK(list.error().problem == problems::forbidden);
  }
}

TEST_CASE("deleting and restoring an event are said and recorded once, however often they are asked for") {
  Office office{GENERATE(from_range(engines()))};
  const auto event = office.create_event();
  const auto caller = an_operator(office);
  REQUIRE(office.restore(caller, event.id));  // there is nothing to undo
  CHECK(office.count_messages("EventRestored") == 0);
  REQUIRE(office.remove(caller, event.id));
  CHECK(office.remove(caller, event.id).error().problem == problems::not_found);
  REQUIRE(office.restore(caller, event.id));
  REQUIRE(office.restore(caller, event.id));
  CHECK(office.count_messages("EventDeleted") == 1);
  CHECK(office.count_messages("EventRestored") == 1);
  CHECK(office.audited("event.deleted", event.id.to_string()) == 1);
  CHECK(office.audited("event.restored", event.id.to_string()) == 1);
  CHECK(to_json(office.get(event.id, someone(office)).value()) ==
        to_json(office.get(event.id, office.boss(), true).value()));
  CHECK_FALSE(office.get(event.id, office.boss(), true)->deleted_at);
}

TEST_CASE("only OPERATOR and ADMIN delete an event, and one that is not there is not found") {
  Office office{GENERATE(from_range(engines()))};
  const auto event = office.create_event();
  CHECK(office.remove(someone(office), event.id).error().problem == problems::forbidden);
  CHECK(office.remove(office.boss(), event::EventId{}).error().problem == problems::not_found);
  CHECK(office.restore(office.boss(), event::EventId{}).error().problem == problems::not_found);
  CHECK(office.remove(office.boss(), event.id));
}

TEST_CASE("a deleted event can't be changed, given rewards or asked for progress") {
  Office office{GENERATE(from_range(engines()))};
  const auto event = office.create_event();
  const auto user = office.new_user();
  REQUIRE(office.remove(office.boss(), event.id));
  json::object body{{"name", "A week"},
                    {"conditionType", "CONSECUTIVE_LOGIN"},
                    {"conditionParams", {{"days", 3}}},
                    {"startAt", to_rfc3339(event.start_at)}};
  const auto request = decode<Decoded<event::EventRegisterRequest>>(body).value();
  const auto changed =
      office.store->write([&](Tx& tx) { return office.events.update(tx, office.boss(), event.id, request); });
  CHECK(changed.error().problem == problems::not_found);
  const json::object points{{"type", "POINT"}, {"metadata", {{"amount", 5}}}};
  const auto reward = decode<Decoded<reward::RewardRegisterRequest>>(points).value();
  const auto given = office.store->write(
      [&](Tx& tx) { return office.catalogue.register_reward(tx, office.boss(), event.id, reward); });
  CHECK(given.error().problem == problems::not_found);
  const auto progress = office.store->read(
      [&](Snapshot& s) { return office.progress.get_progress(s, Campaign::as(user), event.id, {}); });
  CHECK(progress.error().problem == problems::not_found);
}

TEST_CASE("nothing is counted in a deleted event, and once it is restored what was done meanwhile counts") {
  Office office{GENERATE(from_range(engines()))};
  const auto event = office.create_event();
  const auto user = office.new_user();
  office.log_in(user);
  REQUIRE(office.remove(office.boss(), event.id));
  office.advance(24h);
  office.log_in(user);
  office.rebuild(event.id);
  REQUIRE(office.restore(office.boss(), event.id));
  CHECK(office.progress_of(event.id, user).progress == 1);
  office.rebuild(event.id);
  CHECK(office.progress_of(event.id, user).progress == 2);
  office.advance(24h);
  office.log_in(user);
  CHECK(office.progress_of(event.id, user).eligible);
}

TEST_CASE("a deleted event takes no request and serves nobody until it is restored") {
  Office office{GENERATE(from_range(engines()))};
  const auto event = office.create_event(R"({"conditionParams": {"days": 1}})");
  const auto draft = office.create_event(R"({"isActive": false})");
  office.add_reward(event.id, 10);
  const auto waiting = office.new_user();
  const auto silent = office.new_user();
  REQUIRE(office.ask(event.id, waiting));
  office.log_in(waiting);
  office.log_in(silent);
  REQUIRE(office.remove(office.boss(), event.id));
  REQUIRE(office.remove(office.boss(), draft.id));
  for (const auto user : {waiting, silent}) {
    office.serve(event.id, user);
    CHECK(office.ask(event.id, user).error().problem == reward::refusals::event_deleted);
    CHECK(office.ask(draft.id, user).error().problem == problems::not_found);
    CHECK(office.points_of(user) == 0);
  }
  CHECK(office.request_of(event.id, waiting)->status == reward::RequestStatus::pending);
  CHECK_FALSE(office.request_of(event.id, silent));
  CHECK_FALSE(office.store->write([&](Tx& tx) -> Result<bool> { return office.requests.request_backlog(tx, event.id); })
                  .value());

  REQUIRE(office.restore(office.boss(), event.id));
  CHECK(office.store->write([&](Tx& tx) -> Result<bool> { return office.requests.request_backlog(tx, event.id); })
            .value());
  office.serve_backlog();
  CHECK(office.points_of(waiting) == 10);
  CHECK(office.points_of(silent) == 10);
}

TEST_CASE("a pause goes on through deletion and restoration") {
  Office office{GENERATE(from_range(engines()))};
  const auto event = office.create_event();
  office.advance(1h);
  office.edit_event(event, R"({"isActive": false})");
  REQUIRE(office.remove(office.boss(), event.id));
  office.advance(1h);
  REQUIRE(office.restore(office.boss(), event.id));
  const auto info = office.store->read([&](Snapshot& s) { return event::find_event(s, event.id); }).value();
  CHECK(info.state == event::EventState::paused);
  REQUIRE(info.pauses.size() == 1);
  CHECK_FALSE(info.pauses[0].to);
}

TEST_CASE("every change of an event is recorded with what changed") {
  Office office{GENERATE(from_range(engines()))};
  const auto event = office.create_event();
  office.edit_event(event, R"({"name": "Two days", "conditionParams": {"days": 2}, "description": "Short."})");
  CHECK(office.audited("event.created", event.id.to_string()) == 1);
  const auto details = office.store->read([&](Snapshot& s) {
    return s.get<std::string>("SELECT details FROM audit_log WHERE action = 'event.updated' AND subject = $1",
                              event.id.to_string());
  });
  const auto changes = parse_json(details).value().as_object();
  CHECK(changes.size() == 3);
  CHECK(changes.at("NAME") == json::value{{"from", "A week"}, {"to", "Two days"}});
  CHECK(changes.at("CONDITION").at("to").at("params").at("days") == 2);
  CHECK(changes.at("DESCRIPTION") == json::object{});
}
