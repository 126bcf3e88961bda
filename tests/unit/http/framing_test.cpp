// Every form that two HTTP implementations could read differently, and its nearest valid neighbour.
#include "http/framing.hpp"

#include <catch2/catch.hpp>

#include "http/head.hpp"

using namespace guerdon;
using namespace guerdon::http;

namespace {

// Scanned a byte at a time, as the slowest network would deliver it: the status it is refused with, or 0.
int status_of(const std::string& bytes) {
  HeadScanner scanner;
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    const auto found = scanner.scan(std::string_view{bytes}.substr(0, size));
    if (!found) return found.error().problem.status;
    if (*found == 0) continue;
    REQUIRE(*found == size);
    const auto head = std::string_view{bytes}.substr(0, size);
    const auto framing = check_head(head);
    if (!framing) return framing.error().problem.status;
    Head parsed;
    const auto agreed = parse_head(head, *framing, parsed);
    return agreed ? 0 : agreed.error().problem.status;
  }
  return -1;  // still waiting
}

int status_of_line(const std::string& line) { return status_of(line + "\r\nHost: a\r\n\r\n"); }
int status_of_fields(const std::string& fields) { return status_of("POST / HTTP/1.1\r\n" + fields + "\r\n\r\n"); }
int with_host(const std::string& fields) { return status_of_fields("Host: a\r\n" + fields); }

std::string repeated(std::size_t times, const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

}  // namespace

TEST_CASE("a request line must be exactly method, target and version") {
  for (const char* good : {"GET / HTTP/1.1", "GET / HTTP/1.0", "M-SEARCH /a?b=c HTTP/1.1", "GET http://a/ HTTP/1.1",
                           "OPTIONS * HTTP/1.1"}) {
    INFO(good);
    CHECK(status_of_line(good) == 0);
  }
  for (const char* bad :
       {"GET /", "GET  / HTTP/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1", "GET /\tHTTP/1.1", "GET / a HTTP/1.1",
        "G ET / HTTP/1.1", "GE(T / HTTP/1.1", "GET /\x7f HTTP/1.1", "GET /\xc3\xa4 HTTP/1.1", "GET /\x01 HTTP/1.1",
        "GET / http/1.1", "GET / HTTP/1,1", "GET / HTTP/11", "GET / HTTP/1.10", "GET / HTTPS/1.1", "GET", ""}) {
    INFO(bad);
    CHECK(status_of_line(bad) == 400);
  }
  CHECK(status_of_line("GET / HTTP/2.0") == 505);
  CHECK(status_of_line("GET / HTTP/1.2") == 505);
  CHECK(status_of_line("PRI * HTTP/2.0") == 505);
}

TEST_CASE("lines end in CR LF and nothing else") {
  CHECK(status_of("GET / HTTP/1.1\nHost: a\r\n\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: a\n\n") == 400);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: a\r\n\n") == 400);
  CHECK(status_of("\nGET / HTTP/1.1\r\n\r\n") == 400);
  CHECK(with_host("X: a\rTransfer-Encoding: chunked") == 400);
  CHECK(with_host("X: a\r\r") == 400);
}

TEST_CASE("header fields are a name, a colon and a value without control characters") {
  for (const char* good : {"X:", "X: ", "X:a", "X:\ta\t", "X: a b", "X: \xc3\xa4", "!#$%&'*+-.^_`|~: a"}) {
    INFO(good);
    CHECK(with_host(good) == 0);
  }
  for (const std::string bad : {"X", "X : a", ": a", "X\t: a", " X: a", "\tX: a", "X: a\r\n b", "X: a\r\n\tb",
                                "X: a\x01", "X: \x7f", "X(: a", "\xc3\xa4: a"}) {
    INFO(bad);
    CHECK(with_host(bad) == 400);
  }
  CHECK(with_host(std::string{"X: a\0b", 6}) == 400);
  CHECK(with_host(std::string{"X\0: a", 5}) == 400);
}

TEST_CASE("a transfer encoding is exactly one field that says chunked") {
  for (const char* good :
       {"Transfer-Encoding: chunked", "transfer-encoding:CHUNKED", "Transfer-Encoding: \tchunked "}) {
    INFO(good);
    CHECK(with_host(good) == 0);
  }
  for (const char* bad :
       {"Transfer-Encoding: identity", "Transfer-Encoding:", "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked;q=1",
        "Transfer-Encoding: \x0b"
        "chunked",
        "Transfer-Encoding : chunked", "Transfer-Encoding: \"chunked\"", "Transfer-Encoding:\r\n chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 5", "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Content-Length: 0\r\nTransfer-Encoding: chunked"}) {
    INFO(bad);
    CHECK(with_host(bad) == 400);
  }
  CHECK(status_of("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
}

TEST_CASE("a content length is one field of digits") {
  for (const char* good : {"Content-Length: 0", "Content-Length: 5", "content-length:  005 ", "Content-Length:5"}) {
    INFO(good);
    CHECK(with_host(good) == 0);
  }
  for (const char* bad :
       {"Content-Length:", "Content-Length: +5", "Content-Length: -5", "Content-Length: 0x5", "Content-Length: 5 5",
        "Content-Length: 5, 5", "Content-Length: 5,", "Content-Length: 5\r\nContent-Length: 5",
        "Content-Length: 5\r\nContent-Length: 6", "Content-Length: 5.0", "Content-Length: five", "Content-Length : 5",
        "Content-Length: \xd9\xa5"}) {
    INFO(bad);
    CHECK(with_host(bad) == 400);
  }
  CHECK(with_host("Content-Length: 99999999999999999999999999") == 413);
}

TEST_CASE("there is exactly one Host and it is one") {
  for (const char* good :
       {"Host: a", "Host: a.example:8080", "Host: 127.0.0.1:80", "Host: [::1]:80", "Host: [::1]", "host:A_b-c.d"}) {
    INFO(good);
    CHECK(status_of_fields(good) == 0);
  }
  for (const char* bad : {"X: a", "Host:", "Host: ", "Host: a\r\nHost: a", "Host: a\r\nHost: b", "Host: a b",
                          "Host: a, b", "Host: a/b", "Host: u@a", "Host: a:b", "Host: a:", "Host: a:123456",
                          "Host: [::1", "Host: [x]", "Host: ::1", "Host: a%00", "Host: \xc3\xa4", "Host : a"}) {
    INFO(bad);
    CHECK(status_of_fields(bad) == 400);
  }
  CHECK(status_of("GET / HTTP/1.0\r\n\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.0\r\nHost: a\r\n\r\n") == 0);
  CHECK(status_of("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n") == 400);
}

TEST_CASE("heads have sizes that nothing exceeds") {
  const auto line = [](std::size_t size) { return "GET /" + std::string(size - 16, 'a') + " HTTP/1.1\r\n"; };
  CHECK(status_of(line(4096) + "Host: a\r\n\r\n") == 0);
  CHECK(status_of(line(4097) + "Host: a\r\n\r\n") == 414);
  CHECK(status_of("GET /" + std::string(5000, 'a')) == 414);

  const std::string start = "GET / HTTP/1.1\r\nHost: a\r\n";
  const auto padded = [&](std::size_t size) {
    return start + "X: " + std::string(size - start.size() - 7, 'a') + "\r\n\r\n";
  };
  REQUIRE(padded(8192).size() == 8192);
  CHECK(status_of(padded(8192)) == 0);
  CHECK(status_of(padded(8193)) == 431);
  CHECK(status_of(start + repeated(63, "X: a\r\n") + "\r\n") == 0);
  CHECK(status_of(start + repeated(64, "X: a\r\n") + "\r\n") == 431);
}

TEST_CASE("the head gives the fields that the server reads, by any case of their names") {
  const std::string bytes =
      "POST /a HTTP/1.1\r\nHOST: a\r\nCONTENT-type:  application/json \r\nidempotency-KEY: k\r\nX-Request-ID: r\r\n"
      "Connection: foo , Close\r\nContent-Length: 3\r\n\r\n";
  const auto framing = check_head(bytes);
  REQUIRE(framing.has_value());
  CHECK(framing->length == 3);
  Head head;
  REQUIRE(parse_head(bytes, *framing, head).has_value());
  CHECK(head.method == "POST");
  CHECK(head.value(FieldName::content_type) == "application/json");
  CHECK(head.value(FieldName::idempotency_key) == "k");
  CHECK(head.value(FieldName::x_request_id) == "r");
  CHECK(head.value(FieldName::accept).empty());
  CHECK(head.lists(FieldName::connection, "close"));
  CHECK_FALSE(head.keeps_alive());
}

TEST_CASE("keep-alive is the rule of 1.1 and the exception of 1.0") {
  const auto keeps = [](const std::string& version, const std::string& connection) {
    const std::string bytes = "GET / " + version + "\r\nHost: a\r\n" + connection + "\r\n";
    Head head;
    REQUIRE(parse_head(bytes, check_head(bytes).value(), head).has_value());
    return head.keeps_alive();
  };
  CHECK(keeps("HTTP/1.1", ""));
  CHECK(keeps("HTTP/1.1", "Connection: Upgrade\r\n"));
  CHECK_FALSE(keeps("HTTP/1.1", "Connection: close\r\n"));
  CHECK_FALSE(keeps("HTTP/1.1", "Connection: keep-alive\r\nConnection: close\r\n"));
  CHECK_FALSE(keeps("HTTP/1.0", ""));
  CHECK(keeps("HTTP/1.0", "Connection: Keep-Alive\r\n"));
}
