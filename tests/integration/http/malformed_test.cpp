// Malformed HTTP over a real socket: what it is answered with, that the connection is closed, and that the nearest
// valid form is served.
#include <catch2/catch.hpp>

#include "guerdon/json.hpp"
#include "support/raw_client.hpp"
#include "support/toy_handler.hpp"

using namespace guerdon;
using namespace guerdon::test;

namespace {

struct Case {
  int status;
  const char* bytes;
};

// Each is followed by a second, hidden request, as an attacker would send it.
constexpr std::string_view hidden = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

const Case refused[] = {
    {400, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {400, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello"},
    {400, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nhello"},
    {400, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello"},
    {400, "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
    {400, "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n"},
    {400,
     "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {400, "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n"},
    {400, "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"},
    {400, "POST /echo HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {400, "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\n\r\n"},
    {400, "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n"},
    {400, "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n"},
    {400, "GET /ok HTTP/1.1\r\n\r\n"},
    {400, "GET /ok HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"},
    {400, "GET /ok HTTP/1.1\r\nHost: a b\r\n\r\n"},
    {400, "GET /ok HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n"},
    {400, "GET /ok HTTP/1.1\nHost: a\n\n"},
    {400, "GET /ok HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n"},
    {400, "GET /ok HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"},
    {400, "GET /ok HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {400, "DELETE /ok HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"},
    {400, "HEAD /ok HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"},
    {400, "GET http://b/ok HTTP/1.1\r\nHost: a\r\n\r\n"},
    {400, "GET /a/../ok HTTP/1.1\r\nHost: a\r\n\r\n"},
    {400, "GET /a%2fok HTTP/1.1\r\nHost: a\r\n\r\n"},
    {400, "GET /a%5cok HTTP/1.1\r\nHost: a\r\n\r\n"},
    {400, "GET /ok%00 HTTP/1.1\r\nHost: a\r\n\r\n"},
    {400, "GET /ok\\ HTTP/1.1\r\nHost: a\r\n\r\n"},
    {400, "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n"},
    {400, "GET /\xc3\xa4 HTTP/1.1\r\nHost: a\r\n\r\n"},
    {400, "GET ok HTTP/1.1\r\nHost: a\r\n\r\n"},
    {400, "\x16\x03\x01\x02\n"},
    {405, "TRACE /ok HTTP/1.1\r\nHost: a\r\n\r\n"},
    {405, "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"},
    {413, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n"},
    {413, "POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world"},
    {413, "POST /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nhello world\r\n0\r\n\r\n"},
    {413, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n"},
    {415, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello"},
    {417, "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: magic\r\nContent-Length: 5\r\n\r\nhello"},
    {505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
};

const char* const served[] = {
    "GET /ok HTTP/1.1\r\nHost: a\r\n\r\n",
    "\r\nGET /ok HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /ok HTTP/1.1\r\nHost:a\r\nX:\r\n\r\n",
    "GET http://a/ok HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /ok?x=%2f&y=../ HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /ok HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
    "GET /ok HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AA\r\n\r\n",
    "GET /ok HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n",
    "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
    "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nhel\r\n02\r\nlo\r\n0\r\n\r\n",
    "POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n0123456789",
    "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Encoding: identity\r\nContent-Length: 2\r\n\r\nhi",
};

}  // namespace

TEST_CASE("malformed requests get a problem document and a closed connection, and nothing behind them is served") {
  ToyServer server;
  for (const auto& [status, bytes] : refused) {
    INFO(bytes);
    RawClient client{server.port()};
    const auto answer = client.ask(std::string{bytes}.append(hidden));
    CHECK(answer.status == status);
    CHECK(answer.header("connection") == "close");
    const bool is_head = std::string_view{bytes}.starts_with("HEAD");
    if (!is_head) {
      CHECK(answer.header("content-type") == "application/problem+json; charset=utf-8");
      const auto document = parse_json(answer.body).value();
      CHECK(document.at("status") == status);
      CHECK(document.at("requestId").as_string() == answer.header("x-request-id"));
    }
    CHECK(client.is_closed_by_server());
  }
  CHECK(server.desk.seen().find("smuggled") == std::string::npos);
}

TEST_CASE("the nearest valid forms are served and the connection goes on") {
  ToyServer server;
  for (const auto* bytes : served) {
    INFO(bytes);
    RawClient client{server.port()};
    client.send(std::string{bytes}.append(hidden));
    CHECK(client.receive().status == 200);
    CHECK(client.receive().status == 404);
  }
}

TEST_CASE("requests that arrive a byte at a time are the same requests") {
  ToyServer server;
  for (const auto* bytes : {served[0], served[8], served[9]}) {
    RawClient client{server.port()};
    for (const char byte : std::string_view{bytes}) client.send({&byte, 1});
    CHECK(client.receive().status == 200);
  }
  for (const auto& [status, bytes] : {refused[0], refused[10], refused[11], refused[19]}) {
    INFO(bytes);
    RawClient client{server.port()};
    try {
      for (const char byte : std::string_view{bytes}) client.send({&byte, 1});
    } catch (const std::system_error&) {
      // refused before its end
    }
    CHECK(client.receive().status == status);
    CHECK(client.is_closed_by_server());
  }
}

TEST_CASE("heads have sizes that nothing exceeds, over the wire") {
  ToyServer server;
  const auto status = [&](const std::string& bytes) { return RawClient{server.port()}.ask(bytes).status; };
  CHECK(status("GET /ok?" + std::string(5000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n") == 414);
  CHECK(status("GET /ok HTTP/1.1\r\nHost: a\r\nX: " + std::string(9000, 'a') + "\r\n\r\n") == 431);
  std::string many;
  for (int i = 0; i < 64; ++i) many += "X: a\r\n";
  CHECK(status("GET /ok HTTP/1.1\r\nHost: a\r\n" + many + "\r\n") == 431);
  CHECK(status("GET /ok HTTP/1.1\r\nHost: a\r\n" + many.substr(6) + "\r\n") == 200);
}
