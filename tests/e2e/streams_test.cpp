// A server that is stopped while clients follow its feed: it ends in time, and no client loses or sees anything twice.
#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <future>
#include <set>

#include "integration/feed/event_client.hpp"
#include "support/eventually.hpp"
#include "support/live_server.hpp"

using namespace guerdon;
using test::EventClient;
using test::LiveServer;

namespace {

const std::string password = "correct horse battery staple";
const std::string logins = "/api/admin/feed/user.login";

json::value credentials(const std::string& name) { return {{"username", name}, {"password", password}}; }

void make_admin(const test::TempFolder& folder) {
  auto arguments = test::settings_for(folder);
  arguments.insert(arguments.end(), {"admin", "create", "--username", "ada", "--email", "ada@example.com"});
  const auto made = test::run_guerdon({.arguments = std::move(arguments), .input = password + "\n"});
  INFO(made.err);
  REQUIRE(made.code == 0);
}

std::string log_in(LiveServer& server) {
  return server.post("/api/auth/login", credentials("ada")).text("/accessToken");
}

/// What a client saw of a stream up to its end.
struct Seen {
  std::string last_id;
  std::vector<std::int64_t> positions;
  bool is_whole = true;  ///< no half an event at the end, and no farewell
};

/// Throws when the connection is reset.
Seen follow_to_the_end(EventClient client) {
  Seen seen;
  auto text = client.rest();
  seen.is_whole = text.empty() || text.ends_with("\n\n");
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text.erase(0, end == text.npos ? end : end + 1);
    if (line.starts_with("id: ")) seen.last_id = line.substr(4);
    if (line.starts_with("event: ")) seen.is_whole = false;
    if (!line.starts_with("data: ")) continue;
    const auto item = parse_json(line.substr(6));
    if (item)
      seen.positions.push_back(item->at("position").as_int64());
    else
      seen.is_whole = false;
  }
  return seen;
}

std::vector<std::int64_t> positions_after(LiveServer& server, const std::string& token, std::string after) {
  std::vector<std::int64_t> positions;
  while (!after.empty()) {
    const auto page = server.get(logins + "?limit=100&after=" + after, token);
    INFO(page.body);
    REQUIRE(page.status == 200);
    const auto body = page.json();
    for (const auto& item : body.at("items").as_array()) positions.push_back(item.at("position").as_int64());
    after = body.at("nextCursor").is_null() ? "" : std::string{body.at("nextCursor").as_string()};
  }
  return positions;
}

/// Logs somebody in, again and again, until the server is gone.
void log_in_to_the_end(std::uint16_t port, std::atomic<int>& answered) {
  try {
    testing::Client client{port};
    for (;;)
      if (client.send(testing::json_call("POST", "/api/auth/login", credentials("bob"))).status == 200) ++answered;
  } catch (const std::exception&) {
    // the server closed the connection
  }
}

}  // namespace

TEST_CASE(
    "SIGTERM with open streams ends the server with 0 and each stream after a whole event, to be taken up again") {
  const test::TempFolder folder;
  std::vector<Seen> busy, idle;
  {
    std::atomic<int> answered{0};
    std::vector<std::future<Seen>> of_busy, of_idle;
    std::future<void> writer;
    LiveServer server{folder};  // gone before those who wait for its end
    make_admin(folder);
    const auto token = log_in(server);
    REQUIRE(
        server.post("/api/auth/register", {{"username", "bob"}, {"email", "bob@example.com"}, {"password", password}})
            .status == 201);
    const auto follow = [&](const std::string& path) {
      EventClient client{server.port, path, token};
      client.head();
      return std::async(std::launch::async, follow_to_the_end, std::move(client));
    };
    for (int i = 0; i < 3; ++i) of_busy.push_back(follow(logins + "?after=earliest"));
    for (int i = 0; i < 3; ++i) of_idle.push_back(follow("/api/admin/feed/event.lifecycle?after=latest"));
    writer = std::async(std::launch::async, [&, port = server.port] { log_in_to_the_end(port, answered); });
    const bool is_busy = test::eventually([&] { return answered >= 20; });
    server.process.signal(SIGTERM);
    for (auto& stream : of_busy) busy.push_back(stream.get());
    for (auto& stream : of_idle) idle.push_back(stream.get());
    const auto exit = server.process.wait();
    INFO(exit.err);
    CHECK(exit.code == 0);
    CHECK(exit.err.find("were dropped") == std::string::npos);  // the streams did not use up the time to drain
    CHECK(exit.err.find("too long to stop") == std::string::npos);
    CHECK(is_busy);
  }
  LiveServer again{folder};
  const auto token = log_in(again);
  const auto all = positions_after(again, token, "earliest");
  REQUIRE(all.size() > 20);
  for (const auto& stream : busy) {
    CHECK(stream.is_whole);
    auto positions = stream.positions;
    CHECK_FALSE(positions.empty());
    const auto rest = positions_after(again, token, stream.last_id);
    positions.insert(positions.end(), rest.begin(), rest.end());
    CHECK(positions == all);
  }
  for (const auto& stream : idle) {
    CHECK(stream.is_whole);
    CHECK(stream.positions.empty());
    CHECK_FALSE(stream.last_id.empty());
  }
}
