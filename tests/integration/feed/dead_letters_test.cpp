// Dead letters over HTTP and by command: looked at, replayed in order with each effect once, discarded, recorded.
#include <atomic>
#include <catch2/catch.hpp>
#include <set>
#include <thread>

#include "auth/messages.hpp"
#include "bus/dead_letters.hpp"
#include "integration/feed/site.hpp"
#include "runtime/exit_codes.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;
using testing::Response;

namespace {

constexpr int attempts = 3;

/// A consumer of notes that can't stand some of them for a while, and one of new accounts.
class Ward {
 public:
  explicit Ward(Engine engine) : site(engine, [this](Platform& platform) { listen(platform); }) {
    site.write([](Tx& tx) {
      tx.exec({"CREATE TABLE test_effects (n INTEGER PRIMARY KEY, consumer TEXT, subject TEXT, number INTEGER)",
               "CREATE TABLE test_effects (n SERIAL PRIMARY KEY, consumer TEXT, subject TEXT, number BIGINT)"});
    });
  }

  /// Until everything that fails has been given up.
  void let_die() {
    site.server->settle();
    for (int i = 0; i < attempts; ++i) site.server->advance(10s);
  }

  Numbers effects_of(const std::string& subject) {
    return site.server->database().read([&](Snapshot& snapshot) { return effects(snapshot, "ward.notes", subject); });
  }

  json::array letters(const std::string& query = {}) {
    const auto answer = site.get("/api/admin/dlq" + query);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    return answer.at("/items").as_array();
  }
  std::string only_id() {
    const auto all = letters();
    REQUIRE(all.size() == 1);
    return std::string{all[0].at("id").as_string()};
  }

  Response replay(const std::string& what) { return site.server->post("/api/admin/dlq/" + what, {}, site.admin); }
  std::int64_t audited(const char* action) {
    return site.server->database().read([&](Snapshot& snapshot) {
      return snapshot.get<std::int64_t>("SELECT COUNT(*) FROM audit_log WHERE action = $1", action);
    });
  }

  std::atomic<bool> is_sick{true};
  std::atomic<int> calls{0};
  FeedSite site;

 private:
  void listen(Platform& platform) {
    SubscribeOptions options;
    options.max_attempts = attempts;
    options.first_delay = options.max_delay = 1s;
    platform.bus.subscribe<Noted>(
        "ward.notes",
        [this](Tx& tx, const Noted& note) -> Result<void> {
          ++calls;
          add_effect(tx, "ward.notes", note);
          if (is_sick && note.number % 2 == 1) return Error{problems::internal, "sick of odd ones"};
          return {};
        },
        options);
    platform.bus.subscribe<auth::UserCreated>(
        "ward.accounts",
        [this](Tx&, const auth::UserCreated& created) -> Result<void> {
          if (is_sick && created.username == "patient") return Error{problems::internal, "no patients"};
          return {};
        },
        options);
  }
};

}  // namespace

TEST_CASE("a message that was given up can be looked at") {
  Ward ward{GENERATE(from_range(engines()))};
  ward.site.publish_all(Noted{"a", 1});
  const auto first_at = ward.site.server->clock().now();
  ward.let_die();
  const auto letter = ward.letters().at(0);
  CHECK(letter.at("id").as_string().starts_with("dlq_"));
  CHECK(letter.at("consumer") == "ward.notes");
  CHECK(letter.at("topic") == "test.notes");
  CHECK(letter.at("key") == "a");
  CHECK(letter.at("attempts") == attempts);
  CHECK(letter.at("error") == "internal-error: sick of odd ones");
  CHECK(letter.at("firstAt").as_string() == to_rfc3339(first_at));
  CHECK(letter.at("lastAt").as_string() > letter.at("firstAt").as_string());
  CHECK(letter.at("message").at("payload") == json::parse(R"({"subject":"a","number":1})"));
  CHECK(letter.at("messageId") == letter.at("message").at("id"));
  const auto alone = ward.site.get("/api/admin/dlq/" + ward.only_id());
  CHECK(alone.status == 200);
  CHECK(alone.json() == letter);
  CHECK(ward.site.server->get("/api/admin/dlq/" + ward.only_id(), ward.site.auditor).status == 200);
}

TEST_CASE("dead letters are listed newest first, in pages, by topic and consumer") {
  Ward ward{GENERATE(from_range(engines()))};
  for (const int n : {1, 3, 5}) {
    ward.site.publish_all(Noted{"subject-" + std::to_string(n), n});
    ward.let_die();
  }
  ward.site.server->register_user("patient");
  ward.let_die();
  const auto numbers = [](const json::array& letters) {
    Numbers found;
    for (const auto& letter : letters) found.push_back(letter.at("message").at("payload").at("number").as_int64());
    return found;
  };
  CHECK(numbers(ward.letters("?topic=test.notes")) == Numbers{5, 3, 1});
  CHECK(ward.letters("?consumer=ward.accounts").size() == 1);
  CHECK(ward.letters("?topic=test.notes&consumer=ward.accounts").empty());
  CHECK(ward.letters().size() == 4);
  const auto first = ward.site.get("/api/admin/dlq?topic=test.notes&limit=2");
  CHECK(numbers(first.at("/items").as_array()) == Numbers{5, 3});
  CHECK(numbers(ward.letters("?topic=test.notes&cursor=" + first.text("/nextCursor"))) == Numbers{1});
}

TEST_CASE("a replayed message is handled once, and whoever replays it is recorded") {
  Ward ward{GENERATE(from_range(engines()))};
  ward.site.publish_all(Noted{"a", 1});
  ward.let_die();
  const auto id = ward.only_id();
  ward.is_sick = false;
  const auto replayed = ward.replay(id + "/replay");
  CHECK(replayed.status == 202);
  CHECK(replayed.text("/result") == "ACCEPTED");
  CHECK(ward.replay(id + "/replay").status == 404);
  ward.site.server->settle();
  CHECK(ward.effects_of("a") == Numbers{1});
  CHECK(ward.letters().empty());
  CHECK(ward.audited("dead-letter.replayed") == 1);
  const auto entry = ward.site.get("/api/admin/audit?action=dead-letter.replayed").at("/items/0");
  CHECK(entry.at("subjectId").as_string() == id);
  CHECK(entry.at("actorId").as_string().starts_with("usr_"));
  CHECK(entry.at("details").at("consumer") == "ward.notes");
}

TEST_CASE("a message that fails again has all its attempts, and dies again") {
  Ward ward{GENERATE(from_range(engines()))};
  ward.site.publish_all(Noted{"a", 1});
  ward.let_die();
  const auto id = ward.only_id();
  const int before = ward.calls;
  REQUIRE(ward.replay(id + "/replay").status == 202);
  ward.let_die();
  CHECK(ward.calls - before == attempts);
  CHECK(ward.only_id() != id);
  CHECK(ward.letters().at(0).at("attempts") == attempts);
  CHECK(ward.effects_of("a").empty());
}

TEST_CASE("a replayed message runs before what waits of its key, and the rest of the key after it") {
  Ward ward{GENERATE(from_range(engines()))};
  ward.site.publish_all(Noted{"a", 1}, Noted{"a", 3});
  ward.let_die();
  ward.let_die();
  REQUIRE(ward.letters().size() == 2);
  // 5 is parked now, and 6 waits behind it.
  ward.site.publish_all(Noted{"a", 5}, Noted{"a", 6});
  ward.site.server->settle();
  const auto letters = ward.letters();
  for (const auto& letter : letters)  // the newer one first
    REQUIRE(ward.replay(std::string{letter.at("id").as_string()} + "/replay").status == 202);
  ward.is_sick = false;
  ward.site.publish_all(Noted{"a", 8});
  ward.let_die();
  CHECK(ward.effects_of("a") == Numbers{1, 3, 5, 6, 8});
}

TEST_CASE("all dead letters of a topic are replayed at once, in the order of their keys") {
  Ward ward{GENERATE(from_range(engines()))};
  std::set<std::string> subjects;
  ward.site.write([&](Tx& tx) {
    for (int n = 0; n < 120; ++n) {
      const auto subject = "subject-" + std::to_string(n % 7);
      subjects.insert(subject);
      publish(tx, Noted{subject, 2 * n + 1});
    }
  });
  for (int i = 0; i < 20 && ward.letters("?limit=100&topic=test.notes").size() < 100; ++i) ward.let_die();
  for (int i = 0; i < 10; ++i) ward.let_die();
  ward.site.server->register_user("patient");
  ward.let_die();
  REQUIRE(ward.site.read<std::int64_t>("SELECT COUNT(*) FROM dead_letters") == 121);
  ward.site.admin = ward.site.server->login("admin");
  ward.is_sick = false;
  const auto replayed = ward.replay("replay?topic=test.notes");
  INFO(replayed.body);
  REQUIRE(replayed.status == 202);
  CHECK(replayed.at("/replayed") == 120);
  CHECK(replayed.at("/skipped") == 0);
  CHECK(replayed.at("/hasMore") == false);
  ward.let_die();
  CHECK(ward.letters().size() == 1);
  std::size_t total = 0;
  for (const auto& subject : subjects) {
    const auto numbers = ward.effects_of(subject);
    INFO(subject);
    CHECK(std::is_sorted(numbers.begin(), numbers.end()));
    CHECK(std::set<std::int64_t>(numbers.begin(), numbers.end()).size() == numbers.size());
    total += numbers.size();
  }
  CHECK(total == 120);
  CHECK(ward.audited("dead-letters.replayed") == 3);  // one for each transaction
  CHECK(ward.replay("replay?topic=test.notes").at("/replayed") == 0);
}

TEST_CASE("a replay of a topic that was cut off is gone on with by the next call, and nothing is replayed twice") {
  Ward ward{GENERATE(from_range(engines()))};
  ward.site.write([](Tx& tx) {
    for (int n = 0; n < 120; ++n) publish(tx, Noted{"subject-" + std::to_string(n), 2 * n + 1});
  });
  ward.let_die();
  REQUIRE(ward.site.read<std::int64_t>("SELECT COUNT(*) FROM dead_letters") == 120);
  ward.is_sick = false;
  // The first step of another server, which then dies: nobody is woken.
  const bus::DeadLetters elsewhere{{.knows = [](std::string_view) { return true; }, .wake = [](const auto&, int) {}}};
  bus::ReplayProgress progress;
  ward.site.write([&](Tx& tx) {
    progress = {};
    elsewhere.replay_next(tx, Caller{}, {"test.notes", std::nullopt}, progress);
  });
  CHECK(progress.replayed == 50);
  CHECK_FALSE(progress.is_over);
  const auto rest = ward.replay("replay?topic=test.notes");
  INFO(rest.body);
  CHECK(rest.status == 202);
  CHECK(rest.at("/replayed") == 70);
  CHECK(rest.at("/hasMore") == false);
  ward.site.server->advance(1h);  // the watch has looked by then
  ward.site.server->advance(1s);
  CHECK(ward.site.read<std::int64_t>("SELECT COUNT(*) FROM dead_letters") == 0);
  CHECK(ward.site.read<std::int64_t>("SELECT COUNT(*) FROM parked") == 0);
  CHECK(ward.site.read<std::int64_t>("SELECT COUNT(*) FROM test_effects") == 120);
  CHECK(ward.site.read<std::int64_t>("SELECT COUNT(DISTINCT number) FROM test_effects") == 120);
  CHECK(ward.audited("dead-letters.replayed") == 3);
}

TEST_CASE("of many who replay the same dead letter at once, one does") {
  Ward ward{GENERATE(from_range(engines()))};
  ward.site.publish_all(Noted{"a", 1});
  ward.let_die();
  const auto id = ward.only_id();
  ward.is_sick = false;
  std::atomic<int> accepted{0}, missing{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      testing::Client client{ward.site.server->port()};
      const auto answer =
          client.send(testing::json_call("POST", "/api/admin/dlq/" + id + "/replay", {}, ward.site.admin));
      if (answer.status == 202) ++accepted;
      if (answer.status == 404) ++missing;
    });
  for (auto& thread : threads) thread.join();
  ward.site.server->settle();
  CHECK(accepted == 1);
  CHECK(missing == 7);
  CHECK(ward.effects_of("a") == Numbers{1});
}

TEST_CASE("a discarded dead letter is gone, for a reason that is recorded") {
  Ward ward{GENERATE(from_range(engines()))};
  ward.site.publish_all(Noted{"a", 1});
  ward.let_die();
  const auto path = "/api/admin/dlq/" + ward.only_id();
  CHECK(ward.site.server->del(path, ward.site.admin).status == 400);
  CHECK(ward.site.server->del(path + "?reason=", ward.site.admin).status == 400);
  CHECK(ward.site.server->del(path + "?reason=a%20test", ward.site.auditor).status == 403);
  CHECK(ward.letters().size() == 1);
  CHECK(ward.site.server->del(path + "?reason=a%20test", ward.site.admin).status == 204);
  CHECK(ward.site.server->del(path + "?reason=a%20test", ward.site.admin).status == 404);
  CHECK(ward.site.get(path).status == 404);
  CHECK(ward.letters().empty());
  const auto entry = ward.site.get("/api/admin/audit?action=dead-letter.discarded").at("/items/0");
  CHECK(entry.at("details").at("reason") == "a test");
  CHECK(ward.audited("dead-letter.discarded") == 1);
}

TEST_CASE("a dead letter of a consumer that this server does not have is kept") {
  Ward ward{GENERATE(from_range(engines()))};
  ward.site.publish_all(Noted{"a", 1});
  ward.let_die();
  ward.site.write([](Tx& tx) { tx.exec("UPDATE dead_letters SET consumer = 'of.another.version'"); });
  const auto refused = ward.replay(ward.only_id() + "/replay");
  CHECK(refused.status == 409);
  CHECK(refused.text("/code") == "consumer-unknown");
  const auto all = ward.replay("replay?topic=test.notes");
  CHECK(all.at("/skipped") == 1);
  CHECK(all.at("/replayed") == 0);
  CHECK(ward.letters().size() == 1);
}

TEST_CASE("bad requests about dead letters are refused by name") {
  Ward ward{Engine::sqlite};
  const auto parameter = [](const Response& answer) {
    INFO(answer.body);
    CHECK(answer.status == 400);
    return answer.text("/errors/0/parameter");
  };
  CHECK(parameter(ward.replay("replay")) == "topic");
  CHECK(parameter(ward.replay("replay?topic=t&all=true")) == "all");
  CHECK(parameter(ward.replay("usr_01jd3q6p8hfvmt3e8zkx0v9c2a/replay")) == "id");
  CHECK(parameter(ward.site.get("/api/admin/dlq?state=new")) == "state");
  CHECK(parameter(ward.site.get("/api/admin/dlq?cursor=nonsense")) == "cursor");
  CHECK(ward.site.get("/api/admin/dlq/dlq_01jd3q6p8hfvmt3e8zkx0v9c2a").status == 404);
}

TEST_CASE("a dead letter of the accounts is published, and an AUDITOR does not see whose it is") {
  Ward ward{GENERATE(from_range(engines()))};
  const auto user = ward.site.server->register_user("patient");
  ward.let_die();
  const auto page = ward.site.get("/api/admin/feed/auth.events.dlq");
  INFO(page.body);
  REQUIRE(page.status == 200);
  const auto message = page.at("/items/0/message");
  CHECK(message.at("eventType") == "AuthEventDeadLettered");
  const auto& payload = message.at("payload");
  CHECK(payload.at("originalTopic") == "auth.events.user");
  CHECK(payload.at("originalKey").as_string() == user);
  CHECK(payload.at("consumer") == "ward.accounts");
  CHECK(payload.at("attempt") == attempts);
  CHECK(payload.at("message").at("payload").at("username") == "patient");
  CHECK(page.at("/items/0/key").as_string() == user);

  const auto id = ward.only_id();
  for (const auto& path :
       {std::string{"/api/admin/dlq"}, "/api/admin/dlq/" + id, std::string{"/api/admin/feed/auth.events.dlq"}}) {
    INFO(path);
    const auto masked = ward.site.server->get(path, ward.site.auditor);
    CHECK(masked.status == 200);
    CHECK(masked.body.find("UserCreated") != std::string::npos);
    CHECK(masked.body.find("patient@") == std::string::npos);
    CHECK(masked.body.find("\"patient\"") == std::string::npos);
    CHECK(ward.site.get(path).body.find("patient@example.com") != std::string::npos);
  }
}

TEST_CASE("dead letters are listed, replayed and discarded by command") {
  Ward ward{GENERATE(from_range(engines()))};
  ward.site.publish_all(Noted{"a", 1}, Noted{"b", 3}, Noted{"c", 5});
  ward.let_die();
  std::string said;
  const auto command = [&](const std::string& name, const json::object& arguments) {
    said.clear();
    return ward.site.server->app().command(name, arguments, [&](std::string_view line) {
      said.append(line).append("\n");
      return true;
    });
  };
  CHECK(command("dlq list", {}) == exit_ok);
  CHECK(said.find("3 dead letters\n") != std::string::npos);
  CHECK(said.find("ward.notes") != std::string::npos);
  CHECK(command("dlq list", {{"topic", "test.other"}}) == exit_ok);
  CHECK(said == "0 dead letters\n");
  ward.is_sick = false;
  const auto id = std::string{ward.letters().at(0).at("id").as_string()};
  CHECK(command("dlq show", {{"id", id}}) == exit_ok);
  CHECK(said.starts_with("id:           " + id + "\nconsumer:     ward.notes\nattempts:     3\n"));
  CHECK(said.find("\nerror:        internal-error: sick of odd ones\n") != std::string::npos);
  CHECK(said.find("\ntopic:        test.notes\n") != std::string::npos);
  CHECK(said.find("\npayload:\n  subject: \"") != std::string::npos);
  CHECK(command("dlq show", {}) == exit_usage);
  CHECK(command("dlq show", {{"id", "dlq_01jd3q6p8hfvmt3e8zkx0v9c2a"}}) == exit_failed);
  CHECK(command("dlq replay", {{"id", id}}) == exit_ok);
  CHECK(said == "replayed " + id + "\n");
  CHECK(command("dlq replay", {{"id", id}}) == exit_failed);
  CHECK(command("dlq replay", {}) == exit_usage);
  CHECK(command("dlq discard", {{"id", id}}) == exit_usage);
  CHECK(command("dlq replay", {{"id", "nonsense"}}) == exit_usage);
  const auto other = std::string{ward.letters().at(0).at("id").as_string()};
  CHECK(command("dlq discard", {{"id", other}, {"reason", "a test"}}) == exit_ok);
  CHECK(command("dlq replay", {{"topic", "test.notes"}}) == exit_ok);
  CHECK(said == "replayed 1\n");
  ward.site.server->settle();
  CHECK(ward.letters().empty());
  CHECK(ward.site.read<std::int64_t>("SELECT COUNT(*) FROM test_effects") == 2);
  CHECK(ward.audited("dead-letter.discarded") == 1);
  CHECK(ward.audited("dead-letter.replayed") == 1);
}
