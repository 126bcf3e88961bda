// The bytes of answers, entity tags, media ranges.
#include "http/response.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "http/negotiate.hpp"

using namespace guerdon;
using namespace guerdon::http;

TEST_CASE("an answer is a status line, fields, an empty line and the body") {
  std::string out;
  append_response(out, {.status = 201, .body = "{}", .headers = {{"Location", "/x"}}}, {.request_id = "r1"});
  CHECK(out ==
        "HTTP/1.1 201 Created\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: 2\r\n"
        "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n"
        "Referrer-Policy: no-referrer\r\nLocation: /x\r\n"
        "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\nX-Request-Id: r1\r\n\r\n{}");
}

TEST_CASE("answers without content say nothing of its length") {
  for (const int status : {204, 304}) {
    std::string out;
    append_response(out, {.status = status, .body = "ignored"}, {.request_id = "r1"});
    CHECK(out.find("\nContent-Length:") == std::string::npos);
    CHECK(out.find("\nContent-Type:") == std::string::npos);
    CHECK(out.ends_with("\r\n\r\n"));
  }
  std::string empty;
  append_response(empty, {.status = 200}, {.request_id = "r1", .last = true});
  CHECK(empty.find("Content-Length: 0\r\n") != std::string::npos);
  CHECK(empty.find("\nContent-Type:") == std::string::npos);
  CHECK(empty.find("Connection: close\r\n") != std::string::npos);
}

TEST_CASE("a page may have a content security policy of its own") {
  std::string out;
  append_response(out, {.headers = {{"Content-Security-Policy", "default-src 'self'"}}}, {.request_id = "r1"});
  CHECK(out.find("default-src 'self'") != std::string::npos);
  CHECK(out.find("default-src 'none'") == std::string::npos);
}

TEST_CASE("a problem says when to come back where that helps") {
  const auto retry = [](Error error) -> std::string {
    for (const auto& [name, value] : problem_response(error, "r").headers) {
      if (name == "Retry-After") return value;
    }
    return "";
  };
  CHECK(retry(Error{guerdon::problems::unavailable}) == "1");
  CHECK(retry(Error{guerdon::problems::rate_limited}.after(std::chrono::seconds{60})) == "60");
  CHECK(retry(Error{guerdon::problems::idempotency_in_progress}.after(std::chrono::seconds{2})) == "2");
  CHECK(retry(Error{guerdon::problems::not_found}).empty());
}

TEST_CASE("entity tags differ where bodies do") {
  std::set<std::string> tags;
  std::string body;
  for (int size = 0; size < 200; ++size) {
    tags.insert(etag_of(body));
    auto changed = body;
    for (auto& c : changed) {
      c = static_cast<char>(c ^ 1);
      tags.insert(etag_of(changed));
      c = static_cast<char>(c ^ 1);
    }
    body += static_cast<char>('a' + size % 26);
  }
  CHECK(tags.size() == 200 + 199 * 200 / 2);
  CHECK(etag_of("abc") == etag_of(std::string{"abc"}));
  CHECK(etag_of(std::string(8, '\0')) != etag_of(std::string(16, '\0')));
  CHECK(etag_of("12345678abcdefgh") != etag_of("abcdefgh12345678"));
}

TEST_CASE("lists of entity tags name one weakly or strongly") {
  CHECK(names_weakly("W/\"a\"", "\"a\""));
  CHECK(names_weakly("\"b\" , \"a\"", "\"a\""));
  CHECK_FALSE(names_weakly("\"b\"", "\"a\""));
  CHECK_FALSE(names_weakly("", "\"a\""));
  CHECK(names_strongly("\"a\"", "\"a\""));
  CHECK(names_strongly(" * ", "\"a\""));
  CHECK_FALSE(names_strongly("W/\"a\"", "\"a\""));
  CHECK_FALSE(names_strongly("a", "\"a\""));
}
