// The list of events: filters that contradict, pages while events change, and how much is read for a page.
#include "integration/event/deletion_fixture.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;
using event::EventListQuery;
using event::EventState;
using Names = std::vector<std::string>;

namespace {

std::string named(const std::string& name, const std::string& further = "") {
  return R"({"name": ")" + name + "\"" + (further.empty() ? "" : ", " + further) + "}";
}

EventListQuery in_state(EventState state, std::optional<bool> active = {}) {
  EventListQuery query;
  query.state = state;
  query.active = active;
  return query;
}

/// Events that are over, many enough that a page must not look at all of them.
void add_old_events(Office& office) {
  for (int i = 0; i < 10; ++i)
    REQUIRE(office.store->write([&](Tx& tx) -> Result<std::int64_t> {
      return tx.exec(
          "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
          " INSERT INTO event_events (id, name, condition_type, condition_params, start_at, end_at, is_active,"
          " was_active, time_zone, approval, created_by, created_at, updated_at)"
          " SELECT randomblob(16), 'Over', 'CONSECUTIVE_LOGIN', '{\"days\":3}', 0, 1000, 1, 1, 'UTC', 'AUTO',"
          " 'usr_01jd3q6p8hfvmt3e8zkx0v9c2a', 0, 0 FROM n");
    }));
}

}  // namespace

TEST_CASE("states and activity filter together, and what contradicts finds nothing") {
  Office office{GENERATE(from_range(engines()))};
  office.create_event(named("Draft", R"("isActive": false)"));
  office.create_event(named("Later", R"("startAt": "2026-05-01T00:00:00Z")"));
  office.create_event(named("Over", R"("startAt": "2026-01-01T00:00:00Z", "endAt": "2026-02-01T00:00:00Z")"));
  office.create_event(named("Now"));
  const auto paused = office.create_event(named("Paused"));
  office.edit_event(paused, named("Paused", R"("isActive": false)"));
  const auto staff = office.boss();
  const auto user = Campaign::as(office.new_user());
  for (const auto& [state, name, active] :
       {std::tuple{EventState::draft, "Draft", false}, std::tuple{EventState::paused, "Paused", false},
        std::tuple{EventState::scheduled, "Later", true}, std::tuple{EventState::ended, "Over", true},
        std::tuple{EventState::running, "Now", true}}) {
    INFO(name);
    const bool is_shown = state != EventState::draft;
    CHECK(office.names(staff, in_state(state)) == Names{name});
    CHECK(office.names(staff, in_state(state, active)) == Names{name});
    CHECK(office.names(staff, in_state(state, !active)).empty());
    CHECK(office.names(user, in_state(state)) == (is_shown ? Names{name} : Names{}));
    auto typed = in_state(state);
    typed.condition_type = Text<1, 40>::parse("CONSECUTIVE_LOGIN").value();
    CHECK(office.names(staff, typed) == Names{name});
    typed.q = Text<1, 100>::parse("nowhere").value();
    CHECK(office.names(staff, typed).empty());
  }
  EventListQuery inactive;
  inactive.active = false;
  CHECK(office.names(staff, inactive) == Names{"Paused", "Draft"});
  CHECK(office.names(user, inactive) == Names{"Paused"});
  EventListQuery typed;
  typed.condition_type = Text<1, 40>::parse("CONSECUTIVE_LOGIN").value();
  typed.to = at("2026-01-15T00:00:00Z");
  CHECK(office.names(staff, typed) == Names{"Over"});
}

TEST_CASE("pages neither miss nor repeat an event, whatever is changed, made or deleted between them") {
  Office office{GENERATE(from_range(engines()))};
  std::map<std::string, event::EventView> events;
  for (const std::string name : {"A", "B", "C", "D", "E", "F"}) events.emplace(name, office.create_event(named(name)));
  auto query = in_state(EventState::running);
  query.limit = Bounded<1, 100>::make(2);
  Names seen;
  const auto turn_page = [&] {
    const auto page = office.store->read(
        [&](Snapshot& s) { return office.events.list_events(s, Campaign::as(office.operator_id), query); });
    for (const auto& event : page.value().items) seen.push_back(event.name);
    query.cursor = page->next_cursor ? Text<1, 512>::parse(*page->next_cursor) : std::nullopt;
  };
  turn_page();
  office.edit_event(events.at("F"), named("F", R"("isActive": false)"));
  office.edit_event(events.at("D"), named("D renamed"));
  REQUIRE(office.remove(office.boss(), events.at("C").id));
  office.create_event(named("G"));
  turn_page();
  office.edit_event(events.at("D"), named("D again"));
  CHECK(query.cursor);
  turn_page();
  CHECK(seen == Names{"F", "E", "D renamed", "B", "A"});
  CHECK_FALSE(query.cursor);
}

TEST_CASE("a page of the few is found without a look at the many that are over") {
  Office office{Engine::sqlite};
  office.create_event(named("Draft", R"("isActive": false)"));
  office.create_event(named("Later", R"("startAt": "2026-05-01T00:00:00Z", "endAt": "2026-06-01T00:00:00Z")"));
  office.create_event(named("Now"));
  const auto paused = office.create_event(named("Paused"));
  office.edit_event(paused, named("Paused", R"("isActive": false)"));
  add_old_events(office);
  const auto reader = office.store->open_reader();
  const auto names = [&](const EventListQuery& query) {
    Names found;
    reader->run(
        [&](Snapshot& s) {
          for (const auto& event : office.events.list_events(s, office.boss(), query).value().items)
            found.push_back(event.name);
        },
        20'000);
    return found;
  };
  CHECK(names(in_state(EventState::draft)) == Names{"Draft"});
  CHECK(names(in_state(EventState::paused)) == Names{"Paused"});
  CHECK(names(in_state(EventState::scheduled)) == Names{"Later"});
  CHECK(names(in_state(EventState::running)) == Names{"Now"});
  CHECK(names(in_state(EventState::ended)).size() == 20);
  CHECK(names({}).size() == 20);
  EventListQuery typed;
  typed.condition_type = Text<1, 40>::parse("OTHER").value();
  CHECK(names(typed).empty());
  // That the budget is one: a part of a name that nobody has is looked for everywhere.
  EventListQuery everywhere;
  everywhere.q = Text<1, 100>::parse("nowhere").value();
  CHECK_THROWS_AS(names(everywhere), StoreError);
}
