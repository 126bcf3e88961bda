// Events through the module's transaction functions, on every engine.
#include <catch2/catch.hpp>

#include "event/conditions.hpp"
#include "event/messages.hpp"
#include "event/module.hpp"
#include "event/ports.hpp"
#include "event/topics.hpp"
#include "guerdon/bus.hpp"
#include "guerdon/cursor.hpp"
#include "modules/event/model.hpp"
#include "modules/event/service.hpp"
#include "support/databases.hpp"
#include "support/result.hpp"

namespace guerdon::event {
namespace {

using namespace std::chrono_literals;
using Names = std::vector<std::string>;

struct EventsOnDatabase {
  explicit EventsOnDatabase(Engine engine) : store(engine) {}

  static Caller as(RoleSet roles) {
    Uuid uuid;
    uuid.bytes.fill(7);
    Caller caller;
    caller.user = UserId{uuid};
    caller.roles = roles;
    return caller;
  }

  /// An event of three days in a row that has been running since noon yesterday, with `changes`.
  static Decoded<EventRegisterRequest> request(std::string_view changes = "{}") {
    json::object body{{"name", "A week"},
                      {"conditionType", "CONSECUTIVE_LOGIN"},
                      {"conditionParams", {{"days", 3}}},
                      {"startAt", "2026-03-01T12:00:00Z"}};
    const auto parsed = parse_json(changes).value();
    for (const auto& member : parsed.as_object()) body[member.key()] = member.value();
    return decode<Decoded<EventRegisterRequest>>(body).value();
  }

  Result<EventView> create(std::string_view changes = "{}") {
    return store->write([&](Tx& tx) { return service.create(tx, as({Role::operator_}), request(changes)); });
  }
  Result<EventView> update(EventId id, std::string_view changes = "{}") {
    return store->write([&](Tx& tx) { return service.update(tx, as({Role::operator_}), id, request(changes)); });
  }
  Result<EventView> get(EventId id, RoleSet roles) {
    return store->read([&](Snapshot& s) { return service.get_event(s, as(roles), id); });
  }
  Names names(const EventListQuery& query, RoleSet roles = {Role::operator_}) {
    const auto page = store->read([&](Snapshot& s) { return service.list_events(s, as(roles), query); });
    Names found;
    for (const auto& event : page.value().items) found.push_back(event.name);
    return found;
  }
  EventInfo info(EventId id) {
    return store->read([&](Snapshot& s) { return find_event(s, id); }).value();
  }
  std::size_t listening(Instant at) {
    return store->read([&](Snapshot& s) { return list_listening(s, {std::string{login_topic}}, at).size(); });
  }
  void progress(EventId id) {
    REQUIRE(store->write([&](Tx& tx) -> Result<bool> {
      mark_has_progress(tx, id);
      return true;
    }));
  }
  std::size_t said(std::string_view type) {
    std::size_t count = 0;
    for (const auto& message : store.outbox.messages()) count += message.type == type ? 1U : 0U;
    return count;
  }

  test::TestDatabase store;
  CursorCodec cursors{"a key of the tests"};
  Service service{cursors, TimeZone::find("Asia/Seoul").value()};
};

TEST_CASE("A created event has its defaults, is read back the same and is announced under its id") {
  EventsOnDatabase events{GENERATE(from_range(test::engines()))};
  const auto made = events.create();
  REQUIRE(made);
  CHECK(made->is_active);
  CHECK(made->state == EventState::running);
  CHECK(made->approval == Approval::auto_);
  CHECK(made->time_zone.name() == "Asia/Seoul");
  // As values: PostgreSQL keeps the members of an object in an order of its own.
  CHECK(parse_json(to_json(events.get(made->id, {Role::user}).value())).value() == parse_json(to_json(*made)).value());
  REQUIRE(events.said("EventCreated") == 1);
  CHECK(events.store.outbox.messages().front().key == made->id.to_string());
}

TEST_CASE("Faults of the body, the period and the parameters are told at once") {
  EventsOnDatabase events{GENERATE(from_range(test::engines()))};
  const auto refused = events.create(
      R"({"name":"","conditionParams":{"days":0,"x":1},"endAt":"2026-02-01T00:00:00Z","createdBy":"usr_x"})");
  REQUIRE_FALSE(refused);
  Names pointers;
  for (const auto& fault : refused.error().faults) pointers.push_back(fault.where);
  CHECK_THAT(pointers, Catch::UnorderedEquals(
                           Names{"/name", "/createdBy", "/endAt", "/conditionParams/days", "/conditionParams/x"}));
  CHECK(events.store.outbox.messages().empty());
}

TEST_CASE("Only staff see drafts, and an event that was active once is paused for everybody") {
  EventsOnDatabase events{GENERATE(from_range(test::engines()))};
  const auto id = events.create(R"({"isActive":false})").value().id;
  CHECK(events.get(id, {Role::user}).error().problem == problems::not_found);
  CHECK(events.names({}, {Role::user}).empty());
  for (const Role role : {Role::operator_, Role::auditor, Role::admin})
    CHECK(events.get(id, {role}).value().state == EventState::draft);
  REQUIRE(events.update(id));
  REQUIRE(events.update(id, R"({"isActive":false})"));
  CHECK(events.get(id, {Role::user}).value().state == EventState::paused);
}

TEST_CASE("Every pause is kept, and being a draft is none") {
  EventsOnDatabase events{GENERATE(from_range(test::engines()))};
  const auto id = events.create(R"({"isActive":false})").value().id;
  events.store.clock.advance(1h);
  CHECK(events.listening(events.store.clock.now()) == 0);
  REQUIRE(events.update(id));
  CHECK(events.info(id).pauses.empty());
  const auto paused = events.store.clock.now() + 1h;
  events.store.clock.advance(1h);
  REQUIRE(events.update(id, R"({"isActive":false})"));
  REQUIRE(events.update(id, R"({"isActive":false,"name":"Still paused"})"));
  CHECK(events.listening(events.store.clock.now()) == 1);  // a fact may be older than the pause: the window decides
  events.store.clock.advance(1h);
  REQUIRE(events.update(id));
  const auto pauses = events.info(id).pauses;
  REQUIRE(pauses.size() == 1);
  CHECK(pauses[0].from == paused);
  CHECK(pauses[0].to == paused + 1h);
  CHECK(events.said("EventUpdated") == 4);
}

TEST_CASE("Progress freezes the condition and the zone and nothing else, and defaults are no change") {
  EventsOnDatabase events{GENERATE(from_range(test::engines()))};
  const auto id = events.create().value().id;
  REQUIRE(events.update(id, R"({"conditionParams":{"days":4}})"));
  REQUIRE(events.update(id));
  events.progress(id);
  events.progress(id);
  for (const auto* frozen : {R"({"conditionParams":{"days":4}})", R"({"timeZone":"UTC"})"})
    CHECK(events.update(id, frozen).error().problem == refusals::has_progress);
  CHECK(events.update(id, R"({"conditionParams":{"days":3,"freezeDays":0}})"));
  CHECK(events.update(id, R"({"name":"Renamed","approval":"MANUAL"})"));
}

TEST_CASE("An event listens inside its period only, the end excluded") {
  EventsOnDatabase events{GENERATE(from_range(test::engines()))};
  const auto made = events.create(R"({"endAt":"2026-03-10T12:00:00Z"})").value();
  CHECK(events.listening(made.start_at - 1ms) == 0);
  CHECK(events.listening(made.start_at) == 1);
  CHECK(events.listening(*made.end_at - 1ms) == 1);
  CHECK(events.listening(*made.end_at) == 0);
}

TEST_CASE("Lists filter by state, activity, condition, part of the name and period") {
  EventsOnDatabase events{GENERATE(from_range(test::engines()))};
  REQUIRE(events.create(R"({"name":"Draft","isActive":false})"));
  REQUIRE(events.create(R"({"name":"Later 100%","startAt":"2026-05-01T00:00:00Z"})"));
  REQUIRE(events.create(R"({"name":"Over","startAt":"2026-01-01T00:00:00Z","endAt":"2026-02-01T00:00:00Z"})"));
  REQUIRE(events.create(R"({"name":"Été now"})"));
  const auto query = [](auto change) {
    EventListQuery filter;
    change(filter);
    return filter;
  };
  const auto part = [&](const std::string& text) {
    return events.names(query([&](EventListQuery& q) { q.q = Text<1, 100>::parse(text).value(); }));
  };
  CHECK(events.names({}) == Names{"Été now", "Over", "Later 100%", "Draft"});
  CHECK(events.names({}, {Role::user}) == Names{"Été now", "Over", "Later 100%"});
  CHECK(events.names(query([](auto& q) { q.state = EventState::draft; })) == Names{"Draft"});
  CHECK(events.names(query([](auto& q) { q.state = EventState::scheduled; })) == Names{"Later 100%"});
  CHECK(events.names(query([](auto& q) { q.state = EventState::ended; })) == Names{"Over"});
  CHECK(events.names(query([](auto& q) { q.state = EventState::running; })) == Names{"Été now"});
  CHECK(events.names(query([](auto& q) { q.active = false; })) == Names{"Draft"});
  CHECK(events.names(query([](auto& q) { q.condition_type = Text<1, 40>::parse("OTHER").value(); })).empty());
  CHECK(events.names(query([](auto& q) { q.to = parse_rfc3339("2026-01-15T00:00:00Z"); })) == Names{"Over"});
  CHECK(events.names(query([](auto& q) { q.from = parse_rfc3339("2026-02-01T00:00:00Z"); })).size() == 3);
  CHECK(part("LATER") == Names{"Later 100%"});
  CHECK(part("Été") == Names{"Été now"});
  CHECK(part("0%") == Names{"Later 100%"});
  CHECK(part("_").empty());
}

TEST_CASE("Pages follow one another without gaps or repeats") {
  EventsOnDatabase events{GENERATE(from_range(test::engines()))};
  for (int i = 0; i < 5; ++i) REQUIRE(events.create(R"({"name":"Event )" + std::to_string(i) + "\"}"));
  EventListQuery query;
  query.limit = Bounded<1, 100>::make(2);
  Names seen;
  for (int pages = 0; pages < 3; ++pages) {
    const auto page = events.store->read(
        [&](Snapshot& s) { return events.service.list_events(s, EventsOnDatabase::as({Role::user}), query); });
    REQUIRE(page);
    for (const auto& event : page->items) seen.push_back(event.name);
    CHECK(page->next_cursor.has_value() == (pages < 2));
    if (page->next_cursor) query.cursor = Text<1, 512>::parse(*page->next_cursor);
  }
  CHECK(seen == Names{"Event 4", "Event 3", "Event 2", "Event 1", "Event 0"});
}

TEST_CASE("The invariant of pauses holds after use, and is able to fail") {
  EventsOnDatabase events{GENERATE(from_range(test::engines()))};
  const auto id = events.create().value().id;
  REQUIRE(events.update(id, R"({"isActive":false})"));
  const auto violations = [&] {
    return events.store->read([](Snapshot& s) { return invariants().front().violations(s); });
  };
  CHECK(violations().empty());
  REQUIRE(events.store->write(
      [&](Tx& tx) -> Result<std::int64_t> { return tx.exec("DELETE FROM event_pauses WHERE event_id = $1", id); }));
  CHECK(violations() == Names{id.to_string()});
}

}  // namespace
}  // namespace guerdon::event
