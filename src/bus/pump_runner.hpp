// Runs the pumps: each at most one pass at a time, as commands of the background lane; when woken, when their time
// comes by the business clock, again after a failure. One thread for everything that waits; passes run on the store's.
// In a crowd passes share commits. It refuses to let a failing pass end anything but itself.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "guerdon/bus.hpp"
#include "guerdon/store.hpp"
#include "guerdon/time.hpp"

namespace guerdon::bus {

struct PumpSettings {
  /// Real time after which every polled pump runs though nobody woke it: the safety net under lost wake-ups.
  std::chrono::milliseconds poll{std::chrono::seconds{5}};
  /// Real time until a pass that failed runs again; doubles up to the last.
  std::chrono::milliseconds first_retry{20}, last_retry{std::chrono::seconds{5}};
  /// True while more is sure to come soon: then a pass that was woken waits for company (Command::patience). On any
  /// thread, while whoever is waking something waits; it throws nothing.
  std::function<bool()> is_crowded{};
};

class PumpRunner final : public Pumps {
 public:
  using Pass = std::function<PumpResult(Tx&)>;
  using Number = std::size_t;  ///< a pump, as add() numbered it

  PumpRunner(Database& database, const Clock& clock, PumpSettings settings = {});
  /// Stops, and waits for the passes that the store still has: close the database first, or leave it running.
  ~PumpRunner() override;
  PumpRunner(const PumpRunner&) = delete;
  PumpRunner& operator=(const PumpRunner&) = delete;

  void add(std::string name, Pass pass) override { add(std::move(name), std::move(pass), true); }
  Number add(std::string name, Pass pass, bool polled);

  /// Thread-safe; before start and after stop they do nothing. An unknown name is a std::logic_error.
  void wake(std::string_view name) override;
  void wake(std::span<const Number> pumps);
  /// Runs the pump at that time by the business clock, if nothing runs it before. As thread-safe as wake().
  void arm(Number number, Instant at);

  void start();
  /// No pass begins any more; waits for those that run. False when they took longer than `limit`. Idempotent.
  bool stop(std::chrono::milliseconds limit);
  /// Waits until nothing runs, is woken, is to be retried, or is due by the business clock. False after `limit`.
  /// Never on a thread of the store.
  [[nodiscard]] bool settle(std::chrono::milliseconds limit);
  /// The business clock was set: looks again at what is due.
  void clock_moved();

 private:
  using Steady = std::chrono::steady_clock;
  struct Pump {
    std::string name;
    Pass pass;
    bool polled;
    bool running = false;   // submitted, and not back yet
    bool woken = false;     // since its pass last began
    bool has_news = false;  // the pass was submitted because it was woken
    int failures = 0;       // in a row
    std::optional<Steady::time_point> retry_at{};
    std::optional<Instant> next_at{};
  };
  class PassCommand;
  class NoPatience;
  using Ready = std::vector<Pump*>;

  void begin(Pump& pump);
  void finished(Pump& pump, const PumpResult& result, const std::exception_ptr& failure) noexcept;
  bool runs_again(Pump& pump, const PumpResult& result);
  void retry_later(Pump& pump, const std::exception_ptr& failure);
  void launch(Pump& pump, Ready& ready);
  [[nodiscard]] std::chrono::milliseconds patience(const Pump& pump);
  void nudge(Pump& pump, Ready& ready);
  void submit(const Ready& ready) noexcept;
  [[nodiscard]] Ready take_due();
  [[nodiscard]] Steady::time_point next_look() const;
  [[nodiscard]] bool wait_until_settled(std::unique_lock<std::mutex>& lock, Steady::time_point deadline);
  void keep_time();

  Database& database_;
  const Clock& clock_;
  const PumpSettings settings_;

  std::mutex mutex_;
  std::condition_variable time_changed_, came_back_;
  enum class State { new_, started, stopped } state_ = State::new_;
  std::deque<Pump> pumps_;  // addresses stay
  std::map<std::string, Number, std::less<>> by_name_;
  std::set<std::pair<Instant, Pump*>> due_;
  std::set<std::pair<Steady::time_point, Pump*>> retries_;
  std::size_t running_ = 0;
  int settling_ = 0;  // how many settle
  Steady::time_point poll_at_{};
  std::thread timer_;
};

}  // namespace guerdon::bus
