// See clock_guard.hpp. What it keeps are two rows of server_state.
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

bool was_sound(Snapshot& snapshot) {
  return snapshot.find<std::string>("SELECT value FROM server_state WHERE key = 'clock.is-sound'") != "false";
}

void keep(Tx& tx, Instant expected, bool is_sound) {
  constexpr Sql sql =
      "INSERT INTO server_state (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
  tx.exec(sql, "clock.last-seen-ms", std::to_string(expected.time_since_epoch().count()));
  tx.exec(sql, "clock.is-sound", is_sound ? "true" : "false");
}

}  // namespace

bool ClockGuard::is_sound(Tx& tx) {
  const std::lock_guard lock{mutex_};
  const auto system = system_.now();
  const auto uptime = uptime_.now();
  const auto expected = last_ ? std::optional{last_->expected + (uptime - last_->uptime)} : find_kept(tx);
  const auto ahead = expected ? system - *expected : std::chrono::milliseconds{0};
  // A jump that a pause would explain is still a jump after a restart.
  const bool may_have_paused = !last_ && was_sound(tx);
  const std::chrono::milliseconds most = may_have_paused ? std::chrono::milliseconds{longest_pause} : tolerance;
  const bool is_sound = ahead >= -tolerance && ahead <= most;
  last_ = {is_sound ? system : *expected, uptime};
  keep(tx, last_->expected, is_sound);
  return is_sound;
}

void ClockGuard::trust(Tx& tx) {
  const Anchor now{system_.now(), uptime_.now()};
  keep(tx, now.expected, true);
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
