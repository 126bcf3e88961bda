// The named readers of the feed: who they are, how far behind, since when; and what is kept for one that is forgotten.
#include "bus/feed_readers.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "integration/feed/site.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;

namespace {

const std::string readers_path = "/api/admin/feed";

std::string path_of(const std::string& consumer) { return notes_feed + "/consumers/" + consumer; }

testing::Response reset(FeedSite& site, const std::string& topic, const std::string& consumer) {
  return site.server->post("/api/admin/feed/" + topic + "/commit", {{"consumer", consumer}, {"reset", true}},
                           site.admin);
}

/// Topic and name of each reader of a page, in its order.
std::vector<std::string> names_of(const testing::Response& page) {
  INFO(page.body);
  REQUIRE(page.status == 200);
  std::vector<std::string> names;
  const auto body = page.json();
  for (const auto& item : body.at("items").as_array())
    names.push_back(std::string{item.at("topic").as_string()} + " " + std::string{item.at("consumer").as_string()});
  return names;
}

}  // namespace

TEST_CASE("the readers of the feed are listed with their place, how far behind it is, and their last commit") {
  FeedSite site{GENERATE(from_range(engines()))};
  CHECK(names_of(site.get(readers_path)).empty());
  site.publish_notes(0, 5);
  const auto page = site.get(notes_feed);
  const auto billing = site.commit("billing", page.text("/items/1/cursor"));
  REQUIRE(billing.status == 200);
  const auto billed_at = site.server->clock().now();
  site.server->clock().advance(1min);
  const auto archive = site.commit("archive", page.text("/cursor"));
  REQUIRE(archive.status == 200);

  const auto list = site.get(readers_path);
  REQUIRE(names_of(list) == std::vector<std::string>{"test.notes archive", "test.notes billing"});
  CHECK(list.at("/nextCursor").is_null());
  CHECK(list.at("/items/0/lag") == 0);
  CHECK(list.at("/items/0/oldestAt").is_null());
  CHECK(list.text("/items/0/cursor") == archive.text("/cursor"));
  CHECK(list.text("/items/0/committedAt") == to_rfc3339(site.server->clock().now()));
  CHECK(list.at("/items/1/lag") == 3);
  CHECK(list.text("/items/1/oldestAt") == page.text("/items/2/message/timestamp"));
  CHECK(list.text("/items/1/cursor") == billing.text("/cursor"));
  CHECK(list.text("/items/1/committedAt") == to_rfc3339(billed_at));
  CHECK(numbers_of(site.get(notes_feed + "?after=" + list.text("/items/1/cursor"))) == Numbers{2, 3, 4});

  const auto rows = site.server->database().read([](Snapshot& snapshot) { return bus::list_readers(snapshot); });
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].lag == 0);
  CHECK(rows[1].lag == 3);
  CHECK(json::value_from(rows[1].positions) == list.at("/items/1/positions"));
}

TEST_CASE("messages of other topics are no lag of a reader") {
  FeedSite site{GENERATE(from_range(engines()))};
  site.publish_notes(0, 1);
  REQUIRE(site.commit("billing", site.get(notes_feed).text("/cursor")).status == 200);
  site.publish_all(Other{"a"}, Other{"b"}, Other{"subject-0"});
  CHECK(site.get(readers_path).at("/items/0/lag") == 0);
  site.publish_notes(1, 2);
  CHECK(site.get(readers_path).at("/items/0/lag") == 2);
}

TEST_CASE("the readers come by topic and name, page by page") {
  FeedSite site{GENERATE(from_range(engines()))};
  site.publish_notes(0, 1);
  site.publish_all(Other{"a"});
  for (const std::string consumer : {"beta", "alpha", "gamma"})
    REQUIRE(reset(site, "test.notes", consumer).status == 200);
  REQUIRE(reset(site, "test.other", "alpha").status == 200);
  const std::vector<std::string> all{"test.notes alpha", "test.notes beta", "test.notes gamma", "test.other alpha"};
  CHECK(names_of(site.get(readers_path)) == all);
  std::vector<std::string> found;
  std::string after;
  for (;;) {
    const auto page = site.get(readers_path + "?limit=1" + after);
    for (const auto& name : names_of(page)) found.push_back(name);
    if (page.at("/nextCursor").is_null() || found.size() > all.size()) break;
    after = "&cursor=" + page.text("/nextCursor");
  }
  CHECK(found == all);
  const auto refused = site.get(readers_path + "?cursor=" + site.get(notes_feed).text("/cursor"));
  CHECK(refused.status == 400);
  CHECK(refused.text("/errors/0/parameter") == "cursor");
}

TEST_CASE("a reader that is forgotten leaves the list, and begins anew should it come back") {
  FeedSite site{GENERATE(from_range(engines()))};
  site.publish_notes(0, 4);
  const auto place = site.get(notes_feed).text("/items/2/cursor");
  for (const std::string consumer : {"billing", "archive"}) REQUIRE(site.commit(consumer, place).status == 200);
  CHECK(site.server->del(path_of("billing"), site.auditor).status == 403);
  CHECK(site.server->del(path_of("billing"), site.admin).status == 204);
  CHECK(names_of(site.get(readers_path)) == std::vector<std::string>{"test.notes archive"});
  CHECK(site.server->del(path_of("billing"), site.admin).status == 404);
  CHECK(site.server->del("/api/admin/feed/test.other/consumers/archive", site.admin).status == 404);
  CHECK(numbers_of(site.get(notes_feed + "?consumer=billing")) == Numbers{0, 1, 2, 3});
  CHECK(numbers_of(site.get(notes_feed + "?consumer=archive")) == Numbers{3});

  const auto audit = site.get("/api/admin/audit?action=feed.consumer-removed");
  REQUIRE(audit.at("/items").as_array().size() == 1);
  CHECK(audit.text("/items/0/subjectId") == "test.notes");
  CHECK(audit.text("/items/0/details/consumer") == "billing");
}

TEST_CASE("messages are not kept any longer for a reader that was forgotten") {
  FeedSite site{GENERATE(from_range(engines()))};
  site.publish_notes(0, 3);
  const auto first = site.get(notes_feed).text("/items/0/cursor");
  REQUIRE(site.commit("billing", first).status == 200);
  forget_old_messages(site, std::chrono::days{8});
  REQUIRE(numbers_of(site.get(notes_feed + "?after=" + first)) == Numbers{1, 2});
  REQUIRE(site.server->del(path_of("billing"), site.admin).status == 204);
  forget_old_messages(site, 1h);
  CHECK(site.get(notes_feed + "?after=" + first).text("/code") == "cursor-expired");
}
