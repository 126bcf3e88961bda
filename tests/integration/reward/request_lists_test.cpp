// The list of requests: every filter alone and with others, page by page, on both engines.
#include <functional>

#include "support/decisions.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;
using reward::RequestListQuery;
using reward::RequestStatus;
using reward::RequestView;

namespace {

struct Desk : DecidedCampaign {
  explicit Desk(Engine engine) : DecidedCampaign(engine) {
    for (int i = 0; i < 2; ++i) {
      events_.push_back(create_event(manual_day).id);
      add_reward(events_.back(), 10);
    }
    for (int i = 0; i < 4; ++i) users_.push_back(new_user());
    // Two of the same instant each, so that a page may end between them.
    for (std::size_t round = 0; round < 12; ++round) {
      const auto asked = ask(events_[round % 2], users_[round / 2 % 4]);
      if (!asked) continue;
      if (round % 3 == 0) REQUIRE(reject(asked->id));
      if (round % 3 == 1) REQUIRE(override_(asked->id, "for the list"));
      if (round % 2 == 1) advance(1h);
      all_.insert(all_.begin(), get(asked->id));
    }
    REQUIRE(all_.size() > 8);
  }

  Result<Page<RequestView>> page(const RequestListQuery& query, const Caller& caller) {
    return store->read([&](Snapshot& s) { return requests.list_requests(s, caller, query); });
  }

  /// All pages of two, as ids.
  std::vector<std::string> list(RequestListQuery query, const Caller& caller) {
    std::vector<std::string> ids;
    query.limit = Bounded<1, 100>::make(2);
    for (int pages = 0; pages < 20; ++pages) {
      const auto found = page(query, caller).value();
      for (const auto& request : found.items) ids.push_back(request.id.to_string());
      if (!found.next_cursor) return ids;
      CHECK(found.items.size() == 2);
      query.cursor = Text<1, 512>::trusted(*found.next_cursor);
    }
    FAIL("the pages do not end");
    return ids;
  }
  std::vector<std::string> list(const RequestListQuery& query) { return list(query, by_operator()); }

  /// What the list must be: newest first.
  std::vector<std::string> expected(const std::function<bool(const RequestView&)>& fits) {
    std::vector<std::string> ids;
    for (const auto& request : all_)
      if (fits(request)) ids.push_back(request.id.to_string());
    return ids;
  }

  std::vector<event::EventId> events_;
  std::vector<UserId> users_;
  std::vector<RequestView> all_;  // newest first
};

}  // namespace

TEST_CASE("every combination of filters lists what fits all of them, newest first and each once") {
  Desk desk{GENERATE(from_range(engines()))};
  const auto from = desk.all_[desk.all_.size() - 3].requested_at;
  const auto to = desk.all_[1].requested_at;
  for (unsigned chosen = 0; chosen < 32; ++chosen) {
    RequestListQuery query;
    if (chosen & 1U) query.event_id = desk.events_[1];
    if (chosen & 2U) query.user_id = desk.users_[2];
    if (chosen & 4U) query.from = from;
    if (chosen & 8U) query.to = to;
    for (const auto status : {RequestStatus::pending, RequestStatus::approved, RequestStatus::rejected}) {
      if (chosen & 16U) query.status = status;
      INFO("filters " << chosen << " with " << wire_name(status));
      CHECK(desk.list(query) == desk.expected([&](const RequestView& request) {
        return (!query.event_id || request.event_id == *query.event_id) &&
               (!query.user_id || request.user_id == *query.user_id) &&
               (!query.status || request.status == *query.status) &&
               (!query.from || request.requested_at >= *query.from) && (!query.to || request.requested_at < *query.to);
      }));
    }
  }
}

TEST_CASE("a user lists their own requests only, whatever the filter") {
  Desk desk{GENERATE(from_range(engines()))};
  const auto user = desk.users_[1];
  const auto own = [&](const RequestView& request) { return request.user_id == user; };
  CHECK_FALSE(desk.expected(own).empty());
  CHECK(desk.list({}, Campaign::as(user)) == desk.expected(own));
  RequestListQuery query;
  query.user_id = user;
  CHECK(desk.list(query, Campaign::as(user)) == desk.expected(own));
  query.user_id = desk.users_[2];
  CHECK(desk.page(query, Campaign::as(user)).error().problem == problems::not_found);
  CHECK(desk.list({}, Campaign::as(desk.new_user(), {Role::auditor})) ==
        desk.expected([](const auto&) { return true; }));
}

TEST_CASE("a cursor of another list is refused") {
  Desk desk{Engine::sqlite};
  RequestListQuery query;
  for (const std::string payload : {"", "2026-03-02T12:00:00.000Z", "req_01jd3q6p8hfvmt3e8zkx0v9c2a"}) {
    query.cursor = Text<1, 512>::trusted(desk.cursors.seal(payload));
    const auto page = desk.page(query, desk.by_operator());
    REQUIRE_FALSE(page);
    CHECK(page.error().faults.at(0).where == "cursor");
  }
}
