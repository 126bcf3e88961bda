// Errors and the problem documents made of them.
#include "guerdon/result.hpp"

#include "guerdon/codec/core.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace guerdon {
namespace {

// The members that every problem document has, or may have.
bool is_reserved(std::string_view member) {
  constexpr std::array<std::string_view, 7> names{"type", "title", "status", "code", "detail", "requestId", "errors"};
  return std::find(names.begin(), names.end(), member) != names.end();
}

}  // namespace

Error::Error() : Error(problems::internal) {}

Error::Error(Problem kind, std::string text) : problem{kind}, detail{std::move(text)} {}

Error::Error(std::vector<Fault> found) : problem{problems::validation_failed}, faults{std::move(found)} {
  detail =
      faults.size() == 1 ? "The input has a fault." : "The input has " + std::to_string(faults.size()) + " faults.";
}

Error::Error(Fault found) : Error(std::vector<Fault>{std::move(found)}) {}

Error&& Error::with(std::string_view member, json::value value) && {
  if (is_reserved(member)) throw std::logic_error("a problem has a member " + std::string{member} + " already");
  members[{member.data(), member.size()}] = std::move(value);
  return std::move(*this);
}

Error&& Error::after(std::chrono::seconds delay) && {
  retry_after = delay;
  return std::move(*this);
}

Error&& Error::keeping_effects() && {
  keeps_effects = true;
  return std::move(*this);
}

UnexpectedError::UnexpectedError(Error error, const boost::source_location& where)
    : std::runtime_error{"unexpected " + std::string{error.problem.code} + " at " + where.to_string() + ": " +
                         error.detail},
      error_{std::move(error)} {}

void throw_exception_from_error(const Error& error, const boost::source_location& where) {
  throw UnexpectedError{error, where};
}

namespace {

using Phrase = std::pair<int, std::string_view>;

constexpr std::array phrases{
    Phrase{200, "OK"},
    Phrase{201, "Created"},
    Phrase{202, "Accepted"},
    Phrase{204, "No Content"},
    Phrase{304, "Not Modified"},
    Phrase{400, "Bad Request"},
    Phrase{401, "Unauthorized"},
    Phrase{403, "Forbidden"},
    Phrase{404, "Not Found"},
    Phrase{405, "Method Not Allowed"},
    Phrase{406, "Not Acceptable"},
    Phrase{408, "Request Timeout"},
    Phrase{409, "Conflict"},
    Phrase{410, "Gone"},
    Phrase{412, "Precondition Failed"},
    Phrase{413, "Content Too Large"},
    Phrase{414, "URI Too Long"},
    Phrase{415, "Unsupported Media Type"},
    Phrase{417, "Expectation Failed"},
    Phrase{422, "Unprocessable Content"},
    Phrase{429, "Too Many Requests"},
    Phrase{431, "Request Header Fields Too Large"},
    Phrase{500, "Internal Server Error"},
    Phrase{501, "Not Implemented"},
    Phrase{503, "Service Unavailable"},
    Phrase{505, "HTTP Version Not Supported"},
};

void append_member(std::string& out, std::string_view name, std::string_view value) {
  out += ",\"";
  out += name;
  out += "\":";
  append_json_string(out, value);
}

void append_faults(std::string& out, const std::vector<Fault>& faults) {
  out += ",\"errors\":[";
  for (const auto& fault : faults) {
    if (&fault != &faults.front()) out += ',';
    out += fault.is_parameter ? "{\"parameter\":" : "{\"pointer\":";
    append_json_string(out, fault.where);
    append_member(out, "code", fault.code);
    append_member(out, "detail", fault.detail);
    out += '}';
  }
  out += ']';
}

}  // namespace

std::string_view reason_phrase(int status) noexcept {
  for (const auto& [number, phrase] : phrases) {
    if (number == status) return phrase;
  }
  return "Unknown";
}

std::string problem_document(const Error& error, std::string_view request_id) {
  std::string out = "{\"type\":\"urn:guerdon:problem:";
  out += error.problem.code;
  out += '"';
  append_member(out, "title", reason_phrase(error.problem.status));
  out += ",\"status\":" + std::to_string(error.problem.status);
  append_member(out, "code", error.problem.code);
  if (!error.detail.empty()) append_member(out, "detail", error.detail);
  if (!request_id.empty()) append_member(out, "requestId", request_id);
  if (!error.faults.empty()) append_faults(out, error.faults);
  for (const auto& member : error.members) {
    if (is_reserved({member.key().data(), member.key().size()})) continue;
    out += ',';
    append_json_string(out, {member.key().data(), member.key().size()});
    out += ':';
    append_json_value(out, member.value());
  }
  out += '}';
  return out;
}

}  // namespace guerdon
