// The feed as server-sent events: resuming, heartbeats, slow and vanished readers, the end.
#include <algorithm>
#include <catch2/catch.hpp>
#include <future>
#include <map>
#include <thread>

#include "integration/feed/event_client.hpp"
#include "integration/feed/site.hpp"
#include "support/eventually.hpp"
#include "support/scrape.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;

namespace {

EventClient follow(FeedSite& site, const std::string& query = {}, const std::string& last_event_id = {}) {
  const auto fields = last_event_id.empty() ? "" : "Last-Event-ID: " + last_event_id + "\r\n";
  return EventClient{site.server->port(), notes_feed + query, site.admin, fields};
}

EventClient following(FeedSite& site, const std::string& query = {}, const std::string& last_event_id = {}) {
  auto client = follow(site, query, last_event_id);
  client.head();
  return client;
}

RawAnswer refusal(FeedSite& site, const std::string& path, const std::string& token) {
  EventClient client{site.server->port(), path, token};
  return client.raw.receive();
}

void allow_one_stream(Config& config) { config.feed.streams = *Bounded<0, 10'000>::make(1); }

std::string code_of(const RawAnswer& answer) {
  INFO(answer.body);
  return std::string{parse_json(answer.body).value().at("code").as_string()};
}

}  // namespace

TEST_CASE("a stream tells what is there, then what is committed") {
  FeedSite site{GENERATE(from_range(engines()))};
  site.publish_notes(0, 3);
  auto client = follow(site);
  const auto head = client.head();
  CHECK(head.header("content-type") == "text/event-stream; charset=utf-8");
  CHECK(head.header("cache-control") == "no-store");
  CHECK(head.header("connection") == "close");
  CHECK(head.headers.count("content-length") == 0);
  CHECK(client.next_block().retry == "2000");
  for (int n = 0; n < 3; ++n) CHECK(client.next_number() == n);
  const auto page = site.get(notes_feed);
  CHECK(client.last.id == page.text("/items/2/cursor"));
  CHECK(parse_json(client.last.data).value() == page.at("/items/2"));
  for (int n = 3; n < 8; ++n) {
    site.publish_notes(n, 1);
    CHECK(client.next_number() == n);
  }
}

TEST_CASE("a stream goes on after the last event that its client has seen, also after a restart") {
  FeedSite site{GENERATE(from_range(engines()))};
  site.publish_notes(0, 6);
  std::string seen;
  {
    auto client = following(site);
    for (int n = 0; n < 3; ++n) CHECK(client.next_number() == n);
    seen = client.last.id;
  }
  site.restart();
  auto client = following(site, "?after=earliest", seen);
  for (int n = 3; n < 6; ++n) CHECK(client.next_number() == n);
  site.publish_notes(6, 1);
  CHECK(client.next_number() == 6);
}

TEST_CASE("a stream begins where its consumer has committed, or with what comes next") {
  FeedSite site{GENERATE(from_range(engines()))};
  site.publish_notes(0, 4);
  REQUIRE(site.commit("billing", site.get(notes_feed).text("/items/1/cursor")).status == 200);
  auto billing = following(site, "?consumer=billing");
  CHECK(billing.next_number() == 2);
  auto latest = following(site, "?after=latest");
  CHECK(latest.next_block().retry == "2000");
  site.publish_notes(4, 1);
  CHECK(latest.next_number() == 4);
}

TEST_CASE("a stream says at once where it begins, so that who leaves before the first event loses nothing") {
  FeedSite site{GENERATE(from_range(engines()))};
  site.publish_notes(0, 2);
  std::string place;
  {
    auto client = following(site, "?after=latest");
    const auto opening = client.next_block();
    CHECK(opening.retry == "2000");
    CHECK(opening.data.empty());
    place = opening.id;
  }
  REQUIRE_FALSE(place.empty());
  site.publish_notes(2, 3);
  auto again = following(site, "?after=latest", place);
  CHECK(again.next_block().id.empty());  // the first event tells it
  for (int n = 2; n < 5; ++n) CHECK(again.next_number() == n);
  CHECK(numbers_of(site.get(notes_feed + "?after=" + place)) == Numbers{2, 3, 4});
}

TEST_CASE("a consumer that has seen everything is told so by the place that its stream begins at") {
  FeedSite site{GENERATE(from_range(engines()))};
  site.publish_notes(0, 3);
  REQUIRE(site.commit("billing", site.get(notes_feed).text("/cursor")).status == 200);
  const auto opening = following(site, "?consumer=billing").next_block();
  REQUIRE_FALSE(opening.id.empty());
  site.publish_notes(3, 1);
  CHECK(following(site, "", opening.id).next_number() == 3);
}

TEST_CASE("a stream with nothing to tell says that the server lives, and how far the log is") {
  FeedSite site{GENERATE(from_range(engines()))};
  site.publish_notes(0, 1);
  auto client = following(site);
  CHECK(client.next_number() == 0);
  const auto seen = client.last.id;
  site.server->advance(15s);
  const auto first = client.next_block();
  CHECK(first.comment == "heartbeat");
  CHECK(first.data.empty());
  site.publish_all(Other{"subject-0"});
  site.server->advance(15s);
  auto second = client.next_block();
  CHECK(second.comment == "heartbeat");
  CHECK_FALSE(second.id.empty());
  CHECK(second.id != seen);
  site.publish_notes(1, 1);
  CHECK(following(site, "", second.id).next_number() == 1);
}

TEST_CASE("while many write at once, a stream tells everything once and each key in order") {
  FeedSite site{GENERATE(from_range(engines()))};
  auto client = following(site);
  constexpr int writers = 4, each = 50;
  std::vector<std::thread> threads;
  for (int w = 0; w < writers; ++w)
    threads.emplace_back([&site, w] {
      for (int n = 0; n < each; ++n)
        static_cast<void>(site.server->database().write([&](Tx& tx) -> Result<void> {
          publish(tx, Noted{"writer-" + std::to_string(w), n});
          return {};
        }));
    });
  std::map<std::string, std::int64_t> next;
  for (int i = 0; i < writers * each; ++i) {
    const auto number = client.next_number();
    const auto item = parse_json(client.last.data).value();
    CHECK(number == next[std::string{item.at("key").as_string()}]++);
  }
  for (auto& thread : threads) thread.join();
  CHECK(next.size() == writers);
}

TEST_CASE("a reader that takes nothing pauses its own stream only, and misses nothing") {
  FeedSite site{GENERATE(from_range(engines())), {}, [](Config& config) {
                  config.http.write_timeout.value = std::chrono::minutes{10};
                }};
  constexpr int count = 1200;
  const std::string long_subject(8000, 'x');  // some 20 MB in all: more than sockets hold
  auto slow = following(site);
  auto other = following(site);
  for (int n = 0; n < count; n += 100)
    site.write([&](Tx& tx) {
      for (int i = n; i < n + 100; ++i) publish(tx, Noted{long_subject, i});
    });
  for (int n = 0; n < count; ++n) REQUIRE(other.next_number() == n);
  CHECK(site.get("/api/admin/outbox?limit=1").status == 200);
  for (int n = 0; n < count; ++n) REQUIRE(slow.next_number() == n);
}

TEST_CASE("there are only so many streams, and one that is closed makes room") {
  FeedSite site{GENERATE(from_range(engines())), {}, allow_one_stream};
  {
    auto first = following(site);
    const auto refused = refusal(site, notes_feed, site.admin);
    CHECK(refused.status == 503);
    CHECK(code_of(refused) == "too-many-streams");
    CHECK(refused.header("retry-after") == "5");
    CHECK(site.get(notes_feed).status == 200);
  }
  CHECK(eventually([&] { return follow(site).raw.receive(true).status == 200; }));
}

TEST_CASE("who may not follow is told so where there is no place left, and takes none where there is one") {
  FeedSite site{GENERATE(from_range(engines())), {}, allow_one_stream};
  const auto una = site.token_of("una", {Role::user});
  const auto late = site.token_of("lena", {Role::auditor});
  REQUIRE(site.server->post("/api/auth/logout", {}, late).status == 200);
  const auto refuse_all = [&] {
    CHECK(refusal(site, notes_feed, "nonsense").status == 401);
    CHECK(refusal(site, notes_feed, late).status == 401);
    CHECK(refusal(site, notes_feed, una).status == 403);
  };
  refuse_all();
  CHECK(refusal(site, "/api/admin/feed/no.such.topic", site.admin).status == 404);
  auto first = following(site);
  refuse_all();
  CHECK(refusal(site, notes_feed, site.admin).status == 503);
}

TEST_CASE("a stream that finds no place is counted as any call, against its caller and in the metrics") {
  FeedSite site{GENERATE(from_range(engines())), {}, [](Config& config) {
                  allow_one_stream(config);
                  config.admin.listen = Endpoint{"127.0.0.1", 0};
                  config.limits.enabled = true;
                  config.limits.staff_unlimited = false;
                  config.limits.reads = {.times = 3, .window = 1h};
                }};
  auto first = following(site);
  const auto refused = refusal(site, notes_feed, site.admin);
  CHECK(refused.status == 503);
  CHECK(refused.header("ratelimit").find("\"reads\";r=1;") == 0);
  CHECK(refusal(site, notes_feed, site.admin).status == 503);
  const auto excess = refusal(site, notes_feed, site.admin);
  CHECK(excess.status == 429);
  CHECK_FALSE(excess.header("retry-after").empty());
  const auto page = Scrape::of(site.server->app().admin_port());
  const std::string route = R"(method="GET",route="/api/admin/feed/{topic}",status=)";
  CHECK(page.get("http_requests_total{" + route + "\"2xx\"}") == 1);
  CHECK(page.get("http_requests_total{" + route + "\"5xx\"}") == 2);
  CHECK(page.get("http_requests_total{" + route + "\"4xx\"}") == 1);
  CHECK(page.get("http_problems_total{code=\"too-many-streams\"}") == 2);
}

TEST_CASE("a stopping server ends its streams in an orderly way, without waiting for more to tell") {
  FeedSite site{GENERATE(from_range(engines()))};
  site.publish_notes(0, 1);
  std::future<void> stopped;  // waits for the stop, however this ends
  auto client = following(site);
  CHECK(client.next_number() == 0);
  auto idle = following(site, "?after=latest");
  CHECK(idle.next_block().retry == "2000");
  stopped = std::async(std::launch::async, [&] { site.server->app().stop(); });
  for (auto* const open : {&client, &idle}) {
    CHECK(open->rest().empty());  // no half an event, no farewell: it comes back with its last id
    open->raw.shut_down_sending();
  }
  stopped.get();
}

TEST_CASE("a stream ends when its caller may not call any more, and says why") {
  FeedSite site{GENERATE(from_range(engines()))};
  EventClient client{site.server->port(), notes_feed, site.auditor};
  client.head();
  site.publish_notes(0, 1);
  CHECK(client.next_number() == 0);
  REQUIRE(site.server->post("/api/auth/logout", {}, site.auditor).status == 200);
  site.publish_notes(1, 1);
  const auto farewell = client.next_event();
  CHECK(farewell.event == "problem");
  CHECK(parse_json(farewell.data).value().at("code") == "token-revoked");
  CHECK(client.raw.is_closed_by_server());
}

TEST_CASE("a stream does not outlive the token that it was opened with") {
  FeedSite site{Engine::sqlite};
  auto client = following(site);
  CHECK(client.next_block().retry == "2000");
  site.server->advance(17min);
  const auto farewell = client.next_event();
  CHECK(farewell.event == "problem");
  CHECK(parse_json(farewell.data).value().at("code") == "token-expired");
  CHECK(client.raw.is_closed_by_server());
}

TEST_CASE("a stream is refused as the page would be") {
  FeedSite site{GENERATE(from_range(engines()))};
  CHECK(refusal(site, notes_feed, "nonsense").status == 401);
  CHECK(refusal(site, notes_feed, site.token_of("una", {Role::user})).status == 403);
  CHECK(refusal(site, "/api/admin/feed/no.such.topic", site.admin).status == 404);
  const auto bad = refusal(site, notes_feed + "?after=nonsense&limit=7", site.admin);
  CHECK(bad.status == 400);
  CHECK(bad.body.find("\"parameter\":\"after\"") != std::string::npos);
  CHECK(refusal(site, notes_feed + "?limit=0", site.admin).status == 400);
  CHECK(refusal(site, "/api/admin/audit", site.admin).status == 406);
}

TEST_CASE("the document says that a feed can be followed, and how to come back") {
  FeedSite site{Engine::sqlite};
  const auto operation = site.server->get("/openapi.json").json().at("paths").at("/api/admin/feed/{topic}").at("get");
  const auto content = operation.at("responses").at("200").at("content").as_object();
  CHECK(content.contains("text/event-stream"));
  CHECK(content.at("application/json").at("schema").at("$ref") == "#/components/schemas/FeedPage");
  const auto parameters = operation.at("parameters").as_array();
  CHECK(std::count(parameters.begin(), parameters.end(),
                   json::parse(R"({"$ref":"#/components/parameters/LastEventId"})")) == 1);
  CHECK(operation.at("responses").as_object().contains("410"));
  CHECK(operation.at("responses").at("503").at("description").as_string().find("too-many-streams") !=
        json::string::npos);
}

TEST_CASE("what a client sends into a stream is thrown away, and too much of it ends the stream") {
  FeedSite site{Engine::sqlite};
  auto client = following(site);
  CHECK(client.next_block().retry == "2000");
  client.raw.send(request("GET", "/healthz"));
  site.publish_notes(0, 1);
  CHECK(client.next_number() == 0);
  try {
    for (int i = 0; i < 64; ++i) client.raw.send(std::string(16 * 1024, 'x'));
  } catch (const std::system_error&) {
    // closed while it sent
  }
  CHECK_THROWS(client.next_event());
}

TEST_CASE("a stream that a service key has opened goes on until the key is withdrawn") {
  FeedSite site{Engine::sqlite};
  const auto made = site.server->post("/api/admin/keys", {{"name", "reader"}, {"roles", {"AUDITOR"}}}, site.admin);
  EventClient client{site.server->port(), notes_feed, made.text("/key")};
  client.head();
  CHECK(client.next_block().retry == "2000");
  site.server->advance(5min);
  site.publish_notes(0, 1);
  CHECK(client.next_number() == 0);
  REQUIRE(site.server->del("/api/admin/keys/" + made.text("/id"), site.admin).status == 204);
  site.publish_notes(1, 1);
  CHECK(client.next_event().event == "problem");
  CHECK(client.raw.is_closed_by_server());
}
