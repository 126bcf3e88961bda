// See sandbox_clock.hpp. The lead is a row of server_state, so that it survives with the data it belongs to.
#include "runtime/sandbox_clock.hpp"

#include <charconv>
#include <stdexcept>
#include <string>

namespace guerdon {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds longest_step = std::chrono::hours{24 * 3660};

// A year short of what can be written as a time, for what lies ahead of now.
constexpr Instant latest{std::chrono::sys_days{std::chrono::year{9998} / 1 / 1}};

constexpr Sql find_lead = "SELECT value FROM server_state WHERE key = 'sandbox.clock-lead-ms'";
constexpr Sql keep_lead =
    "INSERT INTO server_state (key, value) VALUES ('sandbox.clock-lead-ms', $1) "
    "ON CONFLICT (key) DO UPDATE SET value = excluded.value";

Error refused(std::string_view detail) {
  return Error{Fault{.where = "/advance", .is_parameter = false, .code = "bad-format", .detail = std::string{detail}}};
}

}  // namespace

milliseconds saved_clock_lead(Snapshot& snapshot) {
  const auto text = snapshot.find<std::string>(find_lead);
  if (!text) return milliseconds{0};
  std::int64_t lead = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), lead);
  if (error != std::errc{} || *end != '\0' || lead < 0) throw std::runtime_error("the saved clock lead is damaged");
  return milliseconds{lead};
}

Result<void> advance_clock(Tx& tx, SandboxClock& clock, const CalendarStep& step) {
  const auto length = step.from(tx.now()) - tx.now();
  if (length <= length.zero() || length > longest_step)
    return refused("must be longer than nothing and at most ten years");
  if (tx.now() + length > latest) return refused("leads beyond the calendar");
  // Not from the clock: another step of the same commit group may not have moved it yet.
  const auto lead = saved_clock_lead(tx) + length;
  tx.exec(keep_lead, std::to_string(lead.count()));
  tx.on_commit([&clock, lead] { clock.set_ahead(lead); });
  return {};
}

}  // namespace guerdon
