// The whole server on the wire: malformed requests and pipelines, to the real routes rather than to a toy's.
#include <catch2/catch.hpp>

#include "guerdon/json.hpp"
#include "guerdon/testing.hpp"
#include "support/raw_client.hpp"

using namespace guerdon;
using test::RawClient;
using testing::Server;

namespace {

std::string registration(const std::string& name) {
  return test::request_with(
      "POST", "/api/auth/register",
      json::serialize(json::object{
          {"username", name}, {"email", name + "@example.com"}, {"password", std::string{Server::password}}}));
}

std::string bearer(const std::string& token) { return "Authorization: Bearer " + token + "\r\n"; }

int login_status(Server& server, const std::string& name) {
  return server.post("/api/auth/login", {{"username", name}, {"password", std::string{Server::password}}}).status;
}

struct Case {
  int status;
  const char* bytes;
};

const Case malformed[] = {
    {400, "GET /healthz HTTP/1.1\r\n\r\n"},
    {400, "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
    {400, "GET /healthz HTTP/1.1\nHost: a\n\n"},
    {400, "POST /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}"},
    {400, "POST /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: -2\r\n\r\n{}"},
    {400, "GET /api/../healthz HTTP/1.1\r\nHost: a\r\n\r\n"},
    {400, "GET /api/events/%00 HTTP/1.1\r\nHost: a\r\n\r\n"},
    {413, "POST /api/auth/register HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999999\r\n\r\n"},
    {505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
};

/// Well-formed for HTTP, and still nothing for a route: the connection goes on.
const Case refused[] = {
    {404, "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n"},
    {405, "PUT /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"},
    {401, "GET /api/auth/info HTTP/1.1\r\nHost: a\r\n\r\n"},
    {401, "GET /api/auth/info HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer a.b.c\r\n\r\n"},
    {400, "POST /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n{"},
    {400,
     "POST /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\nnull"},
    {415, "POST /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: text/xml\r\nContent-Length: 2\r\n\r\n{}"},
};

void check_problem(const test::RawAnswer& answer, int status) {
  CHECK(answer.status == status);
  CHECK(answer.header("content-type") == "application/problem+json; charset=utf-8");
  const auto document = parse_json(answer.body).value();
  CHECK(document.at("status") == status);
  CHECK(document.at("requestId").as_string() == answer.header("x-request-id"));
}

}  // namespace

TEST_CASE("the server refuses what is no HTTP, closes, and does nothing of what comes behind it") {
  Server server;
  int number = 0;
  for (const auto& [status, bytes] : malformed) {
    INFO(bytes);
    const auto smuggled = "smuggled" + std::to_string(++number);
    RawClient client{server.port()};
    const auto answer = client.ask(bytes + registration(smuggled));
    check_problem(answer, status);
    CHECK(answer.header("connection") == "close");
    CHECK(client.is_closed_by_server());
    CHECK(login_status(server, smuggled) == 401);
  }
}

TEST_CASE("a request that no route takes is refused, and the same connection serves the next one") {
  Server server;
  RawClient client{server.port()};
  int number = 0;
  for (const auto& [status, bytes] : refused) {
    INFO(bytes);
    check_problem(client.ask(bytes), status);
    CHECK(client.ask(registration("user" + std::to_string(++number))).status == 201);
  }
}

TEST_CASE("requests in a pipeline are carried out and answered in their order") {
  Server server;
  const auto admin = server.make_admin();
  RawClient client{server.port()};
  std::string pipeline;
  for (int n = 0; n < 12; ++n) {
    pipeline += registration("user" + std::to_string(n));
    pipeline += test::request("GET", "/api/auth/info", bearer(admin));
  }
  pipeline += registration("user0");
  client.send(pipeline);
  for (int n = 0; n < 12; ++n) {
    INFO(n);
    const auto registered = client.receive();
    CHECK(registered.status == 201);
    CHECK(parse_json(registered.body).value().at("username").as_string() == "user" + std::to_string(n));
    const auto info = client.receive();
    CHECK(info.status == 200);
    CHECK(parse_json(info.body).value().at("username").as_string() == "admin");
  }
  check_problem(client.receive(), 409);
}

TEST_CASE("a pipeline ends at the first request that is no HTTP: before it all is served, behind it nothing") {
  Server server;
  RawClient client{server.port()};
  client.send(registration("before") + "GET /healthz HTTP/1.1\r\n\r\n" + registration("behind"));
  CHECK(client.receive().status == 201);
  check_problem(client.receive(), 400);
  CHECK(client.is_closed_by_server());
  CHECK(login_status(server, "before") == 200);
  CHECK(login_status(server, "behind") == 401);
}

TEST_CASE("a request that asks for the end of the connection is the last one of its pipeline") {
  Server server;
  RawClient client{server.port()};
  client.send(test::request("GET", "/healthz", "Connection: close\r\n") + registration("behind"));
  const auto answer = client.receive();
  CHECK(answer.status == 200);
  CHECK(answer.header("connection") == "close");
  CHECK(client.is_closed_by_server());
  CHECK(login_status(server, "behind") == 401);
}
