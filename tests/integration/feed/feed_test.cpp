// The feed of a topic and the outbox over HTTP: what an item is, pages from any place, committed offsets, and what is
// told of a place that the log does not have any more.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <thread>

#include "auth/messages.hpp"
#include "bus/log_epoch.hpp"
#include "integration/feed/site.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;
using testing::Response;

namespace {

constexpr auto week = std::chrono::days{7};

Numbers counted(int first, int count) {
  Numbers numbers;
  for (int n = first; n < first + count; ++n) numbers.push_back(n);
  return numbers;
}

void check_fault(const Response& answer, const std::string& where, const std::string& code) {
  INFO(answer.body);
  CHECK(answer.status == 400);
  const auto fault = answer.at("/errors/0");
  const auto* place = fault.as_object().if_contains("parameter");
  if (place == nullptr) place = fault.as_object().if_contains("pointer");
  REQUIRE(place != nullptr);
  CHECK(place->as_string() == where);
  CHECK(fault.at("code").as_string() == code);
}

/// Reads on by nextCursor until there is no more.
std::vector<json::value> read_all(FeedSite& site, const std::string& path, int limit) {
  std::vector<json::value> items;
  std::string after;
  for (;;) {
    const auto page = site.get(path + "limit=" + std::to_string(limit) + after);
    INFO(page.body);
    REQUIRE(page.status == 200);
    const auto body = page.json();
    for (const auto& item : body.at("items").as_array()) items.push_back(item);
    if (body.at("nextCursor").is_null()) return items;
    after = "&after=" + std::string{body.at("nextCursor").as_string()};
  }
}

/// The numbers of each subject, in the order of the items.
std::map<std::string, Numbers> by_subject(const std::vector<json::value>& items) {
  std::map<std::string, Numbers> found;
  for (const auto& item : items)
    found[std::string{item.at("key").as_string()}].push_back(item.at("message").at("payload").at("number").as_int64());
  return found;
}

}  // namespace

TEST_CASE("an item of the feed is the message as every reader gets it, with its place and its headers") {
  FeedSite site{GENERATE(from_range(engines()))};
  site.publish_all(Noted{"subject", 7});
  const auto page = site.get(notes_feed);
  INFO(page.body);
  REQUIRE(page.status == 200);
  const auto item = page.at("/items/0");
  CHECK(item.at("topic") == "test.notes");
  CHECK(item.at("key") == "subject");
  const auto& message = item.at("message");
  CHECK(message.at("eventType") == "Noted");
  CHECK(message.at("version") == 1);
  CHECK(message.at("timestamp").as_string() == to_rfc3339(site.server->clock().now()));
  CHECK(message.at("payload") == json::parse(R"({"subject":"subject","number":7})"));
  CHECK(message.at("partition") == item.at("partition"));
  CHECK(message.at("position") == item.at("position"));
  CHECK(item.at("headers").at("id") == message.at("id"));
  CHECK(item.at("headers").at("type") == "Noted");
  CHECK(page.at("/nextCursor").is_null());
  for (const auto& place : {page.text("/cursor"), std::string{item.at("cursor").as_string()}})  // nothing comes after
    CHECK(site.get(notes_feed + "?after=" + place).at("/items") == json::array{});
}

TEST_CASE("the trace of the request that published a message is in its headers") {
  FeedSite site{GENERATE(from_range(engines()))};
  auto call = testing::json_call(
      "POST", "/api/auth/register",
      {{"username", "trace"}, {"email", "trace@example.com"}, {"password", std::string{testing::Server::password}}});
  call.headers.emplace_back("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  REQUIRE(site.server->send(call).status == 201);
  const auto all = read_all(site, "/api/admin/feed/auth.events.user?", 100);
  const auto traced = std::count_if(all.begin(), all.end(), [](const json::value& item) {
    const auto* header = item.at("headers").as_object().if_contains("traceparent");
    return header != nullptr && header->as_string().find("0af7651916cd43dd8448eb211c80319c") != json::string::npos;
  });
  CHECK(traced == 1);
}

TEST_CASE("the feed goes on after the cursor of any item, and after that of any page") {
  FeedSite site{GENERATE(from_range(engines()))};
  site.publish_notes(0, 30);
  const auto whole = site.get(notes_feed + "?limit=100");
  REQUIRE(numbers_of(whole) == counted(0, 30));
  const auto body = whole.json();
  const auto& items = body.at("items").as_array();
  for (std::size_t i = 0; i < items.size(); ++i) {
    INFO("after item " << i);
    const auto rest = site.get(notes_feed + "?limit=100&after=" + std::string{items[i].at("cursor").as_string()});
    CHECK(numbers_of(rest) == counted(static_cast<int>(i) + 1, 29 - static_cast<int>(i)));
  }
  CHECK(numbers_of(site.get(notes_feed + "?after=" + whole.text("/cursor"))).empty());
  for (const int limit : {1, 7, 10, 29, 30}) {
    INFO("pages of " << limit);
    const auto found = read_all(site, notes_feed + "?", limit);
    REQUIRE(found.size() == 30);
    CHECK(std::is_sorted(found.begin(), found.end(), [](const json::value& a, const json::value& b) {
      return a.at("message").at("payload").at("number").as_int64() <
             b.at("message").at("payload").at("number").as_int64();
    }));
  }
}

TEST_CASE("a feed may begin at its oldest message or with what comes next") {
  FeedSite site{GENERATE(from_range(engines()))};
  site.publish_notes(0, 3);
  const auto next = site.get(notes_feed + "?after=latest");
  CHECK(numbers_of(next).empty());
  CHECK(numbers_of(site.get(notes_feed + "?after=earliest")) == counted(0, 3));
  site.publish_notes(3, 2);
  CHECK(numbers_of(site.get(notes_feed + "?after=" + next.text("/cursor"))) == counted(3, 2));
}

TEST_CASE("the place of a quiet topic moves on with the log") {
  FeedSite site{GENERATE(from_range(engines()))};
  site.publish_notes(0, 1);
  const auto before = site.get(notes_feed).text("/cursor");
  site.publish_all(Other{"a"}, Other{"b"}, Other{"subject-0"});
  const auto after = site.get(notes_feed + "?after=" + before);
  CHECK(numbers_of(after).empty());
  CHECK(after.text("/cursor") != before);
  CHECK(after.at("/nextCursor").is_null());
}

TEST_CASE("while many write at once, a reader gets everything once and each key in order") {
  FeedSite site{GENERATE(from_range(engines()))};
  constexpr int writers = 6, each = 40, subjects = 5;
  site.write([&](Tx& tx) {
    tx.exec({"CREATE TABLE test_numbers (subject TEXT PRIMARY KEY, number INTEGER)",
             "CREATE TABLE test_numbers (subject TEXT PRIMARY KEY, number BIGINT)"});
    for (int n = 0; n < subjects; ++n)
      tx.exec("INSERT INTO test_numbers (subject, number) VALUES ($1, -1)", "subject-" + std::to_string(n));
  });
  std::vector<std::thread> threads;
  for (int w = 0; w < writers; ++w)
    threads.emplace_back([&site, w] {
      for (int n = 0; n < each; ++n) {
        const auto subject = "subject-" + std::to_string((w + n) % subjects);
        static_cast<void>(site.server->database().write([&](Tx& tx) -> Result<void> {
          const auto number = tx.get<std::int64_t>(
              "UPDATE test_numbers SET number = number + 1 WHERE subject = $1 RETURNING number", subject);
          publish(tx, Noted{subject, number});
          return {};
        }));
      }
    });
  std::vector<json::value> items;
  std::string after;
  while (items.size() < static_cast<std::size_t>(writers * each)) {
    const auto page = site.get(notes_feed + "?limit=17" + after);
    INFO(page.body);
    REQUIRE(page.status == 200);
    const auto body = page.json();
    for (const auto& item : body.at("items").as_array()) items.push_back(item);
    after = "&after=" + std::string{body.at("cursor").as_string()};
  }
  for (auto& thread : threads) thread.join();
  CHECK(numbers_of(site.get(notes_feed + "?limit=17" + after)).empty());
  std::size_t total = 0;
  for (const auto& [subject, numbers] : by_subject(items)) {
    INFO(subject);
    CHECK(numbers == counted(0, static_cast<int>(numbers.size())));
    total += numbers.size();
  }
  CHECK(total == static_cast<std::size_t>(writers * each));
}

TEST_CASE("a consumer goes on where it has committed, also after a restart, and never backwards") {
  FeedSite site{GENERATE(from_range(engines()))};
  site.publish_notes(0, 10);
  const auto path = notes_feed + "?consumer=billing&limit=";
  const auto four = site.get(path + "4");
  REQUIRE(numbers_of(four) == counted(0, 4));
  CHECK(numbers_of(site.get(path + "4")) == counted(0, 4));
  const auto committed = site.commit("billing", four.text("/cursor"));
  INFO(committed.body);
  REQUIRE(committed.status == 200);
  CHECK(committed.text("/consumer") == "billing");
  CHECK(committed.text("/cursor") == four.text("/cursor"));
  site.restart();
  CHECK(numbers_of(site.get(path + "100")) == counted(4, 6));
  CHECK(numbers_of(site.get(notes_feed + "?consumer=another&limit=100")) == counted(0, 10));

  const auto first = four.text("/items/0/cursor");
  REQUIRE(site.commit("billing", first).status == 200);
  CHECK(numbers_of(site.get(path + "100")) == counted(4, 6));
  // What is asked for by cursor is given, whatever is committed.
  CHECK(numbers_of(site.get(path + "100&after=" + first)) == counted(1, 9));
}

TEST_CASE("a consumer is set back only when it says so, and that is recorded") {
  FeedSite site{GENERATE(from_range(engines()))};
  site.publish_notes(0, 5);
  const auto page = site.get(notes_feed);
  REQUIRE(site.commit("billing", page.text("/cursor")).status == 200);
  CHECK(site.read<std::int64_t>("SELECT COUNT(*) FROM audit_log WHERE action = 'feed.reset'") == 0);
  const auto back = site.server->post(
      notes_feed + "/commit", {{"consumer", "billing"}, {"cursor", page.text("/items/2/cursor")}, {"reset", true}},
      site.admin);
  INFO(back.body);
  REQUIRE(back.status == 200);
  CHECK(numbers_of(site.get(notes_feed + "?consumer=billing")) == counted(3, 2));
  REQUIRE(site.server->post(notes_feed + "/commit", {{"consumer", "billing"}, {"reset", true}}, site.admin).status ==
          200);
  CHECK(numbers_of(site.get(notes_feed + "?consumer=billing")) == counted(0, 5));
  CHECK(site.read<std::int64_t>("SELECT COUNT(*) FROM audit_log WHERE action = 'feed.reset'") == 2);
}

TEST_CASE("messages are kept for a consumer that has not seen them, until it has been away too long") {
  FeedSite site{GENERATE(from_range(engines())), {}, [](Config& config) {
                  config.feed.forget_readers.value = std::chrono::days{20};
                }};
  site.publish_notes(0, 3);
  const auto first = site.get(notes_feed).text("/items/0/cursor");
  const auto unnamed = site.get(notes_feed + "?after=" + first).text("/cursor");
  REQUIRE(site.commit("billing", first).status == 200);
  site.publish_notes(3, 2);

  forget_old_messages(site, week + 24h);
  CHECK(numbers_of(site.get(notes_feed + "?consumer=billing")) == counted(1, 4));
  CHECK(numbers_of(site.get(notes_feed + "?after=" + unnamed)) == counted(3, 2));

  forget_old_messages(site, std::chrono::days{14});
  const auto late = site.get(notes_feed + "?consumer=billing");
  CHECK(late.status == 410);
  CHECK(late.text("/code") == "cursor-expired");
  CHECK(site.get(notes_feed + "?after=" + unnamed).text("/code") == "cursor-expired");
  CHECK(site.commit("billing", unnamed).text("/code") == "cursor-expired");
  site.publish_notes(9, 1);
  REQUIRE(site.server->post(notes_feed + "/commit", {{"consumer", "billing"}, {"reset", true}}, site.admin).status ==
          200);
  CHECK(numbers_of(site.get(notes_feed + "?consumer=billing")) == counted(9, 1));
}

TEST_CASE("after a backup was restored, cursors of before are refused") {
  FeedSite site{GENERATE(from_range(engines()))};
  site.publish_notes(0, 3);
  const auto before = site.get(notes_feed).text("/cursor");
  site.write([](Tx& tx) { bus::renew_epoch(tx); });
  const auto refused = site.get(notes_feed + "?after=" + before);
  CHECK(refused.status == 410);
  CHECK(refused.text("/code") == "log-restored");
  CHECK(site.commit("billing", before).text("/code") == "log-restored");
  const auto anew = site.get(notes_feed + "?after=earliest");
  CHECK(numbers_of(anew) == counted(0, 3));
  CHECK(numbers_of(site.get(notes_feed + "?after=" + anew.text("/items/1/cursor"))) == counted(2, 1));
}

TEST_CASE("a cursor that is ahead of the log betrays a restored backup by itself") {
  FeedSite site{GENERATE(from_range(engines()))};
  site.publish_notes(0, 3);
  const auto ahead = site.get(notes_feed).text("/cursor");
  site.write([](Tx& tx) {
    tx.exec("DELETE FROM outbox WHERE topic = 'test.notes'");
    tx.exec("UPDATE outbox_head SET next = 1");
  });
  CHECK(site.get(notes_feed + "?after=" + ahead).text("/code") == "log-restored");
}

TEST_CASE("bad parameters of the feed are refused by name") {
  FeedSite site{GENERATE(from_range(engines()))};
  site.publish_notes(0, 1);
  site.publish_all(Other{"a"});
  check_fault(site.get(notes_feed + "?after=nonsense"), "after", "bad-format");
  const auto of_other = site.get("/api/admin/feed/test.other").text("/cursor");
  check_fault(site.get(notes_feed + "?after=" + of_other), "after", "bad-format");
  check_fault(site.get(notes_feed + "?after=" + site.get("/api/admin/outbox").text("/cursor")), "after", "bad-format");
  check_fault(site.get(notes_feed + "?limit=0"), "limit", "too-small");
  check_fault(site.get(notes_feed + "?limit=101"), "limit", "too-large");
  check_fault(site.get(notes_feed + "?consumer=two%20words"), "consumer", "bad-format");
  check_fault(site.get(notes_feed + "?cursor=x"), "cursor", "unknown-parameter");
  check_fault(site.get("/api/admin/outbox?after=nonsense"), "after", "bad-format");
  check_fault(site.get("/api/admin/outbox?consumer=x"), "consumer", "unknown-parameter");
  CHECK(site.get("/api/admin/feed/no.such.topic").status == 404);
  CHECK(site.server->post("/api/admin/feed/no.such.topic/commit", {{"consumer", "x"}, {"reset", true}}, site.admin)
            .status == 404);

  const auto post = [&](const json::value& body) {
    return site.server->post(notes_feed + "/commit", body, site.admin);
  };
  check_fault(post({{"cursor", "x"}}), "/consumer", "required");
  check_fault(post({{"consumer", "x"}}), "/cursor", "required");
  check_fault(post({{"consumer", "x"}, {"cursor", "nonsense"}}), "/cursor", "bad-format");
  check_fault(post({{"consumer", "x"}, {"cursor", of_other}}), "/cursor", "bad-format");
  check_fault(post({{"consumer", "x"}, {"cursor", "latest"}}), "/cursor", "bad-format");
}

TEST_CASE("the outbox shows all topics in publishing order, or one of them") {
  FeedSite site{GENERATE(from_range(engines()))};
  const auto begin = site.get("/api/admin/outbox?after=latest").text("/cursor");
  for (int n = 0; n < 6; ++n) {
    site.server->clock().advance(1ms);
    if (n % 2 == 0)
      site.publish_all(Noted{"a", n});
    else
      site.publish_all(Other{"b"});
  }
  const auto all = read_all(site, "/api/admin/outbox?after=" + begin + "&", 100);
  REQUIRE(all.size() == 6);
  for (std::size_t n = 0; n < all.size(); ++n)
    CHECK(all[n].at("topic").as_string() == (n % 2 == 0 ? "test.notes" : "test.other"));
  CHECK(numbers_of(site.get("/api/admin/outbox?topic=test.notes")) == Numbers{0, 2, 4});
  const auto second = std::string{all[1].at("cursor").as_string()};
  CHECK(site.get("/api/admin/outbox?after=" + second).json().at("items").as_array().size() == 4);
}

TEST_CASE("an AUDITOR reads messages without who somebody is, and commits nothing") {
  FeedSite site{GENERATE(from_range(engines()))};
  site.server->register_user("somebody");
  const auto path = std::string{"/api/admin/feed/auth.events.user?limit=100"};
  CHECK(site.get(path).body.find("somebody@example.com") != std::string::npos);
  const auto masked = site.server->get(path, site.auditor);
  CHECK(masked.status == 200);
  CHECK(masked.body.find("UserCreated") != std::string::npos);
  CHECK(masked.body.find("@example.com") == std::string::npos);
  CHECK(masked.body.find("somebody") == std::string::npos);
  CHECK(site.server->get("/api/admin/outbox?limit=100", site.auditor).body.find("somebody") == std::string::npos);
  CHECK(site.server->post(notes_feed + "/commit", {{"consumer", "x"}, {"cursor", masked.text("/cursor")}}, site.auditor)
            .status == 403);
}
