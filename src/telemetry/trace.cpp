// See trace.hpp.
#include "telemetry/trace.hpp"

#include <algorithm>

namespace guerdon {
namespace {

constexpr std::size_t trace_at = 3, trace_size = 32, parent_at = 36, parent_size = 16, flags_at = 53, size = 55;

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_id(std::string_view text) { return is_hex(text) && text.find_first_not_of('0') != text.npos; }

}  // namespace

bool is_traceparent(std::string_view text) {
  return text.size() == size && text.starts_with("00-") && text[parent_at - 1] == '-' && text[flags_at - 1] == '-' &&
         is_id(text.substr(trace_at, trace_size)) && is_id(text.substr(parent_at, parent_size)) &&
         is_hex(text.substr(flags_at));
}

std::string_view trace_id_of(std::string_view traceparent) {
  return is_traceparent(traceparent) ? traceparent.substr(trace_at, trace_size) : std::string_view{};
}

}  // namespace guerdon
