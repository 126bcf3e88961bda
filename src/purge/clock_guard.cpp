// See clock_guard.hpp. What it keeps is a row of server_state.
#include "purge/clock_guard.hpp"

#include <charconv>
#include <stdexcept>
#include <string>

namespace guerdon {
namespace {

constexpr std::chrono::minutes look_again{10};

std::optional<Instant> find_kept(Snapshot& snapshot) {
  const auto text = snapshot.find<std::string>("SELECT value FROM server_state WHERE key = 'clock.last-seen-ms'");
  if (!text) return std::nullopt;
  std::int64_t milliseconds = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), milliseconds);
  if (error != std::errc{} || *end != '\0') throw std::runtime_error("the time last seen is damaged");
  return Instant{std::chrono::milliseconds{milliseconds}};
}

void keep(Tx& tx, Instant instant) {
  tx.exec(
      "INSERT INTO server_state (key, value) VALUES ('clock.last-seen-ms', $1) "
      "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
      std::to_string(instant.time_since_epoch().count()));
}

}  // namespace

bool ClockGuard::is_sound(Tx& tx) {
  const std::lock_guard lock{mutex_};
  const auto system = system_.now();
  const auto uptime = uptime_.now();
  const auto expected = last_ ? std::optional{last_->expected + (uptime - last_->uptime)} : find_kept(tx);
  const auto ahead = expected ? system - *expected : std::chrono::milliseconds{0};
  const std::chrono::milliseconds most = last_ ? std::chrono::milliseconds{tolerance} : longest_pause;
  const bool is_sound = ahead >= -tolerance && ahead <= most;
  last_ = {is_sound ? system : *expected, uptime};
  keep(tx, last_->expected);
  return is_sound;
}

void ClockGuard::trust(Tx& tx) {
  const Anchor now{system_.now(), uptime_.now()};
  keep(tx, now.expected);
  tx.on_commit([this, now] {
    const std::lock_guard lock{mutex_};
    last_ = now;
  });
}

PumpResult ClockGuard::pass(Tx& tx) {
  static_cast<void>(is_sound(tx));
  return {.next_at = tx.now() + look_again};
}

}  // namespace guerdon
