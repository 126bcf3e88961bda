// Errors as values and as problem documents.
#include "guerdon/result.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <memory>

#include "support/result.hpp"

using namespace guerdon;

namespace {

constexpr Problem username_taken{409, "username-taken"};

Result<int> half(int number) {
  if (number == 0) return problems::not_found;
  if (number % 2 != 0) return Error{username_taken, "Odd."};
  return number / 2;
}

}  // namespace

TEST_CASE("A problem turns into an error wherever a result is returned") {
  CHECK(half(4).value() == 2);
  CHECK(half(0).error().problem == problems::not_found);
  CHECK(half(3).error().detail == "Odd.");
}

TEST_CASE("A result of something that only moves can be returned and taken out") {
  const auto make = [](bool fail) -> Result<std::unique_ptr<int>> {
    if (fail) return problems::forbidden;
    return std::make_unique<int>(7);
  };
  CHECK(*make(false).value() == 7);
  CHECK(make(true).error().problem == problems::forbidden);
}

TEST_CASE("Asking an error for its value throws with the code and the detail") {
  try {
    static_cast<void>(half(3).value());
    FAIL("nothing was thrown");
  } catch (const UnexpectedError& thrown) {
    CHECK_THAT(thrown.what(), Catch::Contains("username-taken") && Catch::Contains("Odd."));
    CHECK(thrown.error().problem == username_taken);
  }
}

TEST_CASE("A problem document has the members of RFC 9457 and ours in a fixed order") {
  CHECK(problem_document(Error{username_taken, "The name is taken."}, "r-1") ==
        R"({"type":"urn:guerdon:problem:username-taken","title":"Conflict","status":409,"code":"username-taken",)"
        R"("detail":"The name is taken.","requestId":"r-1"})");
}

TEST_CASE("An empty detail and an empty request id are left out") {
  CHECK(problem_document(problems::not_found, "") ==
        R"({"type":"urn:guerdon:problem:not-found","title":"Not Found","status":404,"code":"not-found"})");
}

TEST_CASE("Faults are listed by pointer or by parameter") {
  const Error error{std::vector{Fault{"/password", false, "too-short", "must have at least 10 characters"},
                                Fault{"limit", true, "too-large", "must be at most 100"}}};
  CHECK(error.problem == problems::validation_failed);
  const auto document = json::parse(problem_document(error, "r"));
  CHECK(document.at("status") == 400);
  CHECK(document.at("errors") ==
        json::parse(R"([{"pointer":"/password","code":"too-short","detail":"must have at least 10 characters"},
                        {"parameter":"limit","code":"too-large","detail":"must be at most 100"}])"));
}

TEST_CASE("Further members of an error stand at the end of its document") {
  const auto error = Error{Problem{409, "already-requested"}, "Again."}.with("requestId2", "req_x").with("n", 3);
  CHECK_THAT(problem_document(error, "r"), Catch::EndsWith(R"("requestId":"r","requestId2":"req_x","n":3})"));
}

TEST_CASE("A member that every problem document has cannot be added a second time") {
  CHECK_THROWS_AS((Error{username_taken}.with("status", "PENDING")), std::logic_error);
  Error error{username_taken};
  error.members["status"] = "PENDING";
  error.members["request"] = "req_x";
  CHECK_THAT(problem_document(error, "r"),
             Catch::EndsWith(R"("code":"username-taken","requestId":"r","request":"req_x"})"));
}

TEST_CASE("A hostile request id or detail cannot break out of its string") {
  const auto text = problem_document(Error{problems::forbidden, "a\"b\n\xFF"}, "\"},{\"x\":\"");
  const auto document = json::parse(text);
  CHECK(document.at("detail") == "a\"b\n\xEF\xBF\xBD");
  CHECK(document.at("requestId") == "\"},{\"x\":\"");
}

TEST_CASE("An error says when to come back") {
  CHECK(Error{problems::unavailable}.after(std::chrono::seconds{3}).retry_after == std::chrono::seconds{3});
  CHECK_FALSE(Error{problems::unavailable}.retry_after);
}

TEST_CASE("Every status of a common problem has its reason phrase") {
  for (const auto& problem :
       {problems::malformed_json, problems::unauthenticated, problems::forbidden, problems::not_found,
        problems::method_not_allowed, problems::not_acceptable, problems::request_timeout, problems::user_deleted,
        problems::precondition_failed, problems::body_too_large, problems::uri_too_long,
        problems::unsupported_media_type, problems::idempotency_key_reused, problems::rate_limited,
        problems::headers_too_large, problems::internal, problems::unavailable}) {
    CAPTURE(problem.status);
    CHECK(reason_phrase(problem.status) != "Unknown");
  }
  CHECK(reason_phrase(299) == "Unknown");
}
