// A connection's life: order, keep-alive, time-outs, limits, refusals, the end.
#include <sys/resource.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <deque>
#include <thread>
#include <vector>

#include "guerdon/json.hpp"
#include "support/raw_client.hpp"
#include "support/toy_handler.hpp"
#include "telemetry/log.hpp"

using namespace guerdon;
using namespace guerdon::test;
using namespace std::chrono_literals;

namespace {

http::Response text(std::string body) { return {.body = std::move(body)}; }

std::string code_of(const RawAnswer& answer) {
  return std::string{parse_json(answer.body).value().at("code").as_string()};
}

}  // namespace

TEST_CASE("every answer carries the fixed headers and its request's id") {
  ToyServer server;
  RawClient client{server.port()};
  const auto answer = client.ask(request("GET", "/ok", "X-Request-Id: abc.DEF_1-2\r\n"));
  CHECK(answer.header("x-request-id") == "abc.DEF_1-2");
  CHECK(answer.header("content-type") == "application/json; charset=utf-8");
  CHECK(answer.header("cache-control") == "no-store");
  CHECK(answer.header("x-content-type-options") == "nosniff");
  CHECK(answer.header("x-frame-options") == "DENY");
  CHECK(answer.header("referrer-policy") == "no-referrer");
  CHECK(answer.header("content-security-policy") == "default-src 'none'; frame-ancestors 'none'");
  CHECK(answer.headers.count("server") == 0);
  CHECK(answer.headers.count("connection") == 0);
}

TEST_CASE("a request id that is not sane is replaced by one of ours, each time another") {
  ToyServer server;
  RawClient client{server.port()};
  std::string before;
  for (const std::string given : {"", "a b", "a\"b", "\xc3\xa4", "a,b"}) {
    const auto id = client.ask(request("GET", "/ok", "X-Request-Id: " + given + "\r\n")).header("x-request-id");
    CHECK(id.size() == 15);
    CHECK(id != given);
    CHECK(id != before);
    before = id;
  }
  const std::string longest(64, 'x');
  CHECK(client.ask(request("GET", "/ok", "X-Request-Id: " + longest + "\r\n")).header("x-request-id") == longest);
  CHECK(client.ask(request("GET", "/ok", "X-Request-Id: x" + longest + "\r\n")).header("x-request-id").size() == 15);
}

TEST_CASE("a header value can't break out of its line") {
  ToyServer server;
  const auto answer = RawClient{server.port()}.ask(request("GET", "/bad-header"));
  CHECK(answer.status == 204);
  CHECK(answer.header("x-bad") == "a  Set-Cookie: b");
  CHECK(answer.headers.count("content-length") == 0);
}

TEST_CASE("a HEAD has the length of the answer and not its body") {
  ToyServer server;
  RawClient client{server.port()};
  const auto answer = client.send(request("HEAD", "/ok")).receive(true);
  CHECK(answer.header("content-length") == "11");
  CHECK(client.ask(request("GET", "/ok")).body == R"({"ok":true})");
}

TEST_CASE("HTTP/1.0 closes unless it asks to go on") {
  ToyServer server;
  RawClient once{server.port()};
  const auto last = once.ask("GET /ok HTTP/1.0\r\nHost: a\r\n\r\n");
  CHECK(last.header("connection") == "close");
  CHECK(once.is_closed_by_server());
  RawClient on{server.port()};
  CHECK(on.ask("GET /ok HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n").header("connection") == "keep-alive");
  CHECK(on.ask(request("GET", "/ok", "Connection: close\r\n")).header("connection") == "close");
  CHECK(on.is_closed_by_server());
}

TEST_CASE("pipelined requests are answered in order, though the first takes long") {
  ToyServer server;
  RawClient client{server.port()};
  client.send(request("GET", "/later/a") + request("GET", "/ok") + request("GET", "/later/b") + request("GET", "/x"));
  server.desk.wait_for("a");
  CHECK(server.desk.seen() == "/later/a ");  // nothing is begun before its predecessor is done
  server.desk.answer("a", text("first"));
  server.desk.answer("b", text("third"));
  CHECK(client.receive().body == "first");
  CHECK(client.receive().body == R"({"ok":true})");
  CHECK(client.receive().body == "third");
  CHECK(client.receive().status == 404);
}

TEST_CASE("far more requests than sixteen at once are all answered, in order") {
  ToyServer server;
  RawClient client{server.port()};
  std::string all;
  for (int i = 0; i < 500; ++i) all += request_with("POST", "/echo", std::to_string(i));
  std::thread sender{[&] { client.send(all); }};
  for (int i = 0; i < 500; ++i) REQUIRE(client.receive().body == std::to_string(i));
  sender.join();
}

TEST_CASE("a client that does not read pauses its own connection only") {
  ToyServer server;
  RawClient lazy{server.port()};
  constexpr int requests = 64;
  std::string all;
  for (int i = 0; i < requests; ++i) all += request("GET", "/big/300000");
  lazy.send(all);
  RawClient other{server.port()};
  CHECK(other.ask(request("GET", "/ok")).status == 200);
  for (int i = 0; i < requests; ++i) REQUIRE(lazy.receive().body.size() == 300000);
}

TEST_CASE("a client that never reads is dropped after 15 s") {
  ToyServer server;
  RawClient lazy{server.port()};
  lazy.send(request("GET", "/big/20000000"));
  RawClient other{server.port()};
  CHECK(other.ask(request("GET", "/ok")).status == 200);  // so the big one has been written as far as it goes
  server.pass(14999ms);
  CHECK(server.server.open_connections() == 2);
  server.pass(1ms);
  CHECK(server.server.open_connections() == 1);
}

TEST_CASE("a throw is answered with 500 and the connection goes on") {
  ToyServer server;
  RawClient client{server.port()};
  const auto answer = client.ask(request("GET", "/throw"));
  CHECK(answer.status == 500);
  CHECK(code_of(answer) == "internal-error");
  CHECK(answer.body.find("on purpose") == std::string::npos);
  CHECK(client.ask(request("GET", "/ok")).status == 200);
}

TEST_CASE("a ticket that is dropped is answered with 503") {
  ToyServer server;
  RawClient client{server.port()};
  client.send(request("GET", "/later/a"));
  server.desk.drop("a");
  const auto answer = client.receive();
  CHECK(answer.status == 503);
  CHECK(answer.header("retry-after") == "1");
  CHECK(client.ask(request("GET", "/ok")).status == 200);
}

TEST_CASE("a body is asked for only where it will be read") {
  ToyServer server;
  const std::string expecting = "Content-Type: text/plain\r\nExpect: 100-continue\r\n";
  RawClient client{server.port()};
  client.send(request("POST", "/echo", expecting + "Content-Length: 5\r\n"));
  CHECK(client.receive().status == 100);
  CHECK(client.ask("hello").body == "hello");
  // One that is already there needs no word.
  CHECK(client.ask(request("POST", "/echo", expecting + "Content-Length: 5\r\n") + "hello").body == "hello");

  const auto large = client.ask(request("POST", "/small", expecting + "Content-Length: 11\r\n"));
  CHECK(large.status == 413);
  CHECK(client.is_closed_by_server());
  RawClient anonymous{server.port()};
  CHECK(anonymous.ask(request("POST", "/secret", expecting + "Content-Length: 5\r\n")).status == 401);
  CHECK(anonymous.is_closed_by_server());
}

TEST_CASE("a connection that sends nothing is closed after 10 s without a word") {
  ToyServer server;
  RawClient client{server.port()};
  RawClient served{server.port()};
  CHECK(served.ask(request("GET", "/ok")).status == 200);
  server.pass(9999ms);
  CHECK(server.server.open_connections() == 2);
  server.pass(1ms);
  CHECK(client.is_closed_by_server());
  CHECK(server.server.open_connections() == 1);
}

TEST_CASE("an idle connection is closed after 60 s") {
  ToyServer server;
  RawClient client{server.port()};
  CHECK(client.ask(request("GET", "/ok")).status == 200);
  server.pass(50s);
  CHECK(client.ask(request("GET", "/ok")).status == 200);
  server.pass(59999ms);
  CHECK(server.server.open_connections() == 1);
  server.pass(1ms);
  CHECK(client.is_closed_by_server());
}

TEST_CASE("a head that trickles in is refused 10 s after its first byte") {
  ToyServer server;
  RawClient client{server.port()};
  CHECK(client.ask(request("GET", "/ok")).status == 200);
  server.deliver(client, "GET /ok HT");
  server.pass(6s);
  server.deliver(client, "TP/1.1\r\nHost: a\r\n");
  server.pass(4s);
  const auto answer = client.receive();
  CHECK(answer.status == 408);
  CHECK(answer.header("connection") == "close");
  CHECK(client.is_closed_by_server());
}

TEST_CASE("on a new connection the first head has to be there within 10 s of the connection's beginning") {
  ToyServer server;
  RawClient client{server.port()};
  RawClient served{server.port()};
  CHECK(served.ask(request("GET", "/ok")).status == 200);  // so the other one was accepted before
  server.pass(6s);
  server.deliver(client, "GET /ok HT");
  server.pass(3999ms);
  CHECK(server.server.open_connections() == 2);
  server.pass(1ms);
  CHECK(client.receive().status == 408);
  CHECK(client.is_closed_by_server());
}

TEST_CASE("a body has 10 s and a second more for every 16 KiB that came") {
  ToyServer server;
  RawClient client{server.port()};
  server.deliver(client, request("POST", "/echo", "Content-Length: 65536\r\n") + std::string(40000, 'x'));
  server.pass(11999ms);
  CHECK(server.server.open_connections() >= 1);
  client.send(std::string(25536, 'x'));
  CHECK(client.receive().body.size() == 65536);

  server.deliver(client, request("POST", "/echo", "Content-Length: 65536\r\n") + std::string(40000, 'x'));
  server.pass(12s);
  CHECK(client.receive().status == 408);
  CHECK(client.is_closed_by_server());
}

TEST_CASE("a handler that takes longer than 10 s is answered for, and its late answer dropped") {
  ToyServer server;
  RawClient client{server.port()};
  client.send(request("GET", "/later/a"));
  server.desk.wait_for("a");
  server.pass(10s);
  const auto answer = client.receive();
  CHECK(answer.status == 503);
  CHECK(answer.header("connection") == "close");
  server.desk.answer("a", text("late"));
  CHECK(client.is_closed_by_server());
}

TEST_CASE("a connection ends after so many requests or minutes, and says so") {
  ToyServer few{{.max_requests = 3}};
  RawClient client{few.port()};
  CHECK(client.ask(request("GET", "/ok")).headers.count("connection") == 0);
  CHECK(client.ask(request("GET", "/ok")).headers.count("connection") == 0);
  CHECK(client.ask(request("GET", "/ok")).header("connection") == "close");
  CHECK(client.is_closed_by_server());

  ToyServer server;
  RawClient old{server.port()};
  RawClient busy{server.port()};
  for (int i = 0; i < 12; ++i) {
    CHECK(old.ask(request("GET", "/ok")).headers.count("connection") == 0);
    CHECK(busy.ask(request("GET", "/ok")).headers.count("connection") == 0);
    server.pass(i < 11 ? 50s : 40s);
  }
  CHECK(old.ask(request("GET", "/ok")).headers.count("connection") == 0);  // at 590 s: idle it may be until 650 s
  CHECK(busy.ask(request("GET", "/ok")).headers.count("connection") == 0);
  server.pass(5s);
  busy.send(request("GET", "/later/a"));
  server.desk.wait_for("a");
  server.pass(4999ms);
  CHECK(server.server.open_connections() == 2);
  server.pass(1ms);
  CHECK(old.is_closed_by_server());
  server.desk.answer("a", text("old"));
  CHECK(busy.receive().header("connection") == "close");
  CHECK(busy.is_closed_by_server());
}

TEST_CASE("connections are limited in all and by address, but for trusted proxies") {
  ToyServer all{{.max_connections = 2}};
  RawClient first{all.port()};
  CHECK(first.ask(request("GET", "/ok")).status == 200);
  {
    RawClient second{all.port()};
    CHECK(second.ask(request("GET", "/ok")).status == 200);
    RawClient third{all.port()};
    CHECK(third.receive().status == 503);
    CHECK(third.is_closed_by_server());
    second.ask(request("GET", "/ok", "Connection: close\r\n"));
    CHECK(second.is_closed_by_server());
  }
  CHECK(RawClient{all.port()}.ask(request("GET", "/ok")).status == 200);

  ToyServer one{{.max_connections_per_address = 1}};
  RawClient only{one.port()};
  CHECK(only.ask(request("GET", "/ok")).status == 200);
  CHECK(RawClient{one.port()}.receive().status == 429);

  const auto loopback = Network::parse("127.0.0.0/8").value();
  ToyServer proxied{{.max_connections_per_address = 1, .trusted_proxies = {loopback}}};
  RawClient a{proxied.port()};
  RawClient b{proxied.port()};
  CHECK(a.ask(request("GET", "/ok")).status == 200);
  CHECK(b.ask(request("GET", "/ok")).status == 200);

  ToyServer lifted{{.max_connections_per_address = std::nullopt}};
  std::vector<RawClient> many;
  for (int i = 0; i < 300; ++i) many.emplace_back(lifted.port());
  CHECK(many.back().ask(request("GET", "/ok")).status == 200);
}

TEST_CASE("accepting goes on when there are file descriptors again") {
  ToyServer server;
  RawClient before{server.port()};
  CHECK(before.ask(request("GET", "/ok")).status == 200);
  // The sanitizer looks at a type it meets for the first time through a pipe, for which there will be no descriptor.
  log::write(log::Level::warning, "test", "no more file descriptors");
  rlimit limit{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  const int next = ::dup(before.descriptor());
  REQUIRE(::close(next) == 0);
  const rlimit none{static_cast<rlim_t>(next) + 1, limit.rlim_max};  // one more, for the client itself
  REQUIRE(setrlimit(RLIMIT_NOFILE, &none) == 0);
  RawClient waiting{server.port()};
  waiting.send(request("GET", "/ok"));
  CHECK(before.ask(request("GET", "/ok")).status == 200);
  REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  CHECK(waiting.receive().status == 200);
}

TEST_CASE("draining answers what was accepted, then closes") {
  ToyServer server;
  RawClient busy{server.port()};
  RawClient idle{server.port()};
  CHECK(idle.ask(request("GET", "/ok")).status == 200);
  busy.send(request("GET", "/later/a"));
  server.desk.wait_for("a");
  bool drained = false;
  std::thread stopper{[&] { drained = server.server.drain(20s); }};
  while (true) {
    try {
      RawClient{server.port()};
    } catch (const std::system_error&) {
      break;  // nobody is accepted any more
    }
  }
  for (int i = 0; i < 3; ++i) server.pass(300ms);  // the grace of idle connections, whenever it began
  CHECK(idle.is_closed_by_server());
  server.desk.answer("a", text("kept"));
  const auto answer = busy.receive();
  CHECK(answer.body == "kept");
  CHECK(answer.header("connection") == "close");
  CHECK(busy.is_closed_by_server());
  server.pass(2s);  // the client does not close its side: it is not waited for much longer
  stopper.join();
  CHECK(drained);
}

TEST_CASE("draining gives up when its limit has passed, and stopping ends the rest") {
  ToyServer server;
  RawClient busy{server.port()};
  busy.send(request("GET", "/later/a"));
  server.desk.wait_for("a");
  CHECK_FALSE(server.server.drain(1ms));
  server.server.stop();
  CHECK(busy.is_closed_by_server());
  server.desk.answer("a", text("too late"));
}

TEST_CASE("answers that race a stop arrive or are dropped") {
  for (int round = 0; round < 20; ++round) {
    ToyServer server;
    std::deque<RawClient> clients;
    for (int i = 0; i < 16; ++i) {
      clients.emplace_back(server.port()).send(request("GET", "/later/" + std::to_string(i)));
      server.desk.wait_for(std::to_string(i));
    }
    std::vector<std::thread> threads;
    for (int part = 0; part < 4; ++part) {
      threads.emplace_back([&, part] {
        for (int i = part; i < 16; i += 4) server.desk.answer(std::to_string(i), text("made it"));
      });
    }
    server.server.stop();
    for (auto& thread : threads) thread.join();
    for (auto& client : clients) {
      const auto received = client.receive_to_end();
      CHECK((received.empty() || received.ends_with("made it")));
    }
  }
}

TEST_CASE("a request that is on its way when draining begins is still answered") {
  ToyServer server;
  RawClient client{server.port()};
  CHECK(client.ask(request("GET", "/ok")).status == 200);
  bool drained = false;
  std::thread stopper{[&] { drained = server.server.drain(20s); }};
  CHECK(client.ask(request("GET", "/ok")).status == 200);
  while (server.server.open_connections() > 0) server.pass(300ms);
  CHECK(client.is_closed_by_server());
  stopper.join();
  CHECK(drained);
}

TEST_CASE("a client that stops sending still gets its answer") {
  ToyServer server;
  RawClient client{server.port()};
  client.send(request("GET", "/later/a"));
  client.shut_down_sending();
  server.desk.answer("a", text("here"));
  CHECK(client.receive().body == "here");
  CHECK(client.is_closed_by_server());
}

TEST_CASE("a server says in one line why it can't listen") {
  ToyServer first;
  const auto why = [](std::uint16_t port) -> std::string {
    ToyDesk desk;
    http::Server server{{.listen = {.host = "127.0.0.1", .port = port}, .listen_key = "http.listen", .threads = 1},
                        desk.factory()};
    try {
      server.start();
    } catch (const http::ListenError& error) {
      return error.what();
    }
    return "";
  };
  const auto taken = "127.0.0.1:" + std::to_string(first.port());
  CHECK(why(first.port()) == "http.listen: cannot listen on '" + taken + "': Address already in use");
  CHECK(why(0).empty());
}
