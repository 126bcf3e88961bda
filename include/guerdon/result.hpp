// What can go wrong, as values: a Problem is a stable code of the API, an Error one occurrence of it.
// Expected failures travel in a Result and are never thrown; nothing here knows HTTP beyond the status number.
#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/json/object.hpp>
#include <boost/system/result.hpp>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace guerdon {

namespace json = boost::json;

// A kind of failure. Modules declare theirs as constexpr constants; `code` is part of the API for ever.
struct Problem {
  int status = 500;
  std::string_view code = "internal-error";

  friend constexpr bool operator==(const Problem&, const Problem&) = default;
};

// One fault of the input: `where` is a JSON pointer ("/password") or, with is_parameter, a parameter's name.
struct Fault {
  std::string where;
  bool is_parameter = false;
  std::string code;
  std::string detail;

  friend bool operator==(const Fault&, const Fault&) = default;
};

namespace problems {
inline constexpr Problem malformed_json{400, "malformed-json"};
inline constexpr Problem malformed_request{400, "malformed-request"};
inline constexpr Problem validation_failed{400, "validation-failed"};
inline constexpr Problem unauthenticated{401, "unauthenticated"};
inline constexpr Problem token_expired{401, "token-expired"};
inline constexpr Problem token_revoked{401, "token-revoked"};
inline constexpr Problem forbidden{403, "forbidden"};
inline constexpr Problem not_found{404, "not-found"};
inline constexpr Problem method_not_allowed{405, "method-not-allowed"};
inline constexpr Problem not_acceptable{406, "not-acceptable"};
inline constexpr Problem request_timeout{408, "request-timeout"};
inline constexpr Problem user_deleted{409, "user-deleted"};
inline constexpr Problem idempotency_in_progress{409, "idempotency-in-progress"};
inline constexpr Problem precondition_failed{412, "precondition-failed"};
inline constexpr Problem body_too_large{413, "body-too-large"};
inline constexpr Problem uri_too_long{414, "uri-too-long"};
inline constexpr Problem unsupported_media_type{415, "unsupported-media-type"};
inline constexpr Problem idempotency_key_reused{422, "idempotency-key-reused"};
inline constexpr Problem rate_limited{429, "too-many-requests"};
inline constexpr Problem headers_too_large{431, "headers-too-large"};
inline constexpr Problem internal{500, "internal-error"};
inline constexpr Problem unavailable{503, "unavailable"};
}  // namespace problems

struct Error {
  Problem problem;
  std::string detail;
  std::vector<Fault> faults;
  json::object members;  // further members of the problem document, appended at its end
  std::optional<std::chrono::seconds> retry_after;
  bool keeps_effects = false;  // commit what was done before refusing: a failed attempt that counts, a revoked session

  Error();                                     // internal-error
  Error(Problem kind, std::string text = {});  // NOLINT(google-explicit-constructor): `return problems::forbidden;`
  explicit Error(std::vector<Fault> found);    // validation-failed with these faults
  explicit Error(Fault found);                 // validation-failed with this one

  // Throws std::logic_error for a member that every problem document has: a second "status" would be no JSON.
  Error&& with(std::string_view member, json::value value) &&;
  Error&& after(std::chrono::seconds delay) &&;
  Error&& keeping_effects() &&;
};

template <class T>
using Result = boost::system::result<T, Error>;

// Is what was done on the way to this result to be committed?
template <class T>
[[nodiscard]] bool keeps_effects(const Result<T>& result) noexcept {
  return result.has_value() || result.error().keeps_effects;
}

// Thrown by Result<T>::value() on an error: whoever calls value() claims that there is none.
class UnexpectedError final : public std::runtime_error {
 public:
  UnexpectedError(Error error, const boost::source_location& where);
  [[nodiscard]] const Error& error() const noexcept { return error_; }

 private:
  Error error_;
};

[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

// "Conflict" for 409; "Unknown" for a status that is not registered.
[[nodiscard]] std::string_view reason_phrase(int status) noexcept;

// The RFC 9457 document as compact JSON. An empty detail or request id is left out.
[[nodiscard]] std::string problem_document(const Error& error, std::string_view request_id);

}  // namespace guerdon
