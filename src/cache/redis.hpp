// A Redis server as this one uses it: one connection, made again when it is lost, and nobody waits longer than a
// command may take. While Redis fails it is left alone, and commands fail at once.
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "cache/breaker.hpp"
#include "cache/denials.hpp"
#include "cache/name_lookup.hpp"
#include "cache/redis_link.hpp"
#include "cache/redis_stats.hpp"
#include "guerdon/hidden_text.hpp"

namespace guerdon::cache {

struct RedisOptions {
  std::string host;
  std::uint16_t port = 6379;
  std::string username = {};  ///< empty = the default user
  HiddenText password = {};
  std::chrono::milliseconds timeout{50};  ///< of one command, from send() on
  BreakerRules breaker = {};
  std::chrono::milliseconds connect_timeout{1000};  ///< until it is connected, logged in and greets
  std::chrono::milliseconds first_retry{100}, longest_retry{5000};
  std::chrono::milliseconds denial_rest{60'000};  ///< until a command that is not allowed is tried again
  std::size_t most_in_flight = 4096;              ///< commands; further ones fail at once
  Resolver resolver = resolve_by_system;
};

/// Life: construct → start() → stop(), which the destructor does too. send(), is_up() and stats() from any thread.
class Redis {
 public:
  using Done = std::function<void(const Answer*)>;

  explicit Redis(RedisOptions options);
  ~Redis();
  Redis(const Redis&) = delete;
  Redis& operator=(const Redis&) = delete;

  /// Called on Redis's thread whenever it is up again, before anybody else's commands. Set before start().
  void set_on_up(std::function<void()> on_up) { on_up_ = std::move(on_up); }
  /// Connects in the background; a server that is not there yet is no reason to fail.
  void start();
  /// Takes no more commands and waits for those in flight, no longer than one may take.
  void stop();

  /// Connected and not failing.
  [[nodiscard]] bool is_up() const noexcept { return is_up_.load(std::memory_order_acquire); }

  /// Never waits. `done` is called once, with the answer or, where there is none in time or it is an error, with null:
  /// on Redis's thread, or at once on this one. It must not block. What Redis does not allow is not sent again for a
  /// minute.
  void send(std::vector<std::string> words, Done done);

  [[nodiscard]] RedisStats stats() const;

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Flight {
    Time began;
    Time deadline;
    std::string command;
    Done done;
    bool has_landed = false;
  };
  using Flights = std::deque<std::shared_ptr<Flight>>;

  void run();
  void connect();
  void look_up();
  void link(const std::string& address);
  void greet();
  void try_out();
  void rise();
  void fall(const std::string& reason);
  void fall_later(const std::string& reason);
  void retry();
  void fly(const std::vector<std::string>& words, const std::shared_ptr<Flight>& flight);
  void answered(Flight& flight, const Answer* answer);
  void land(Flight& flight, const Answer* answer);
  void watch_flights();
  void expire();
  void denied(const std::string& command, const std::string& reason);
  void failed(const std::string& reason);
  void note_failure(Time now);
  void leave_when_landed();

  const RedisOptions options_;
  std::function<void()> on_up_;
  std::atomic<bool> is_up_{false};
  std::atomic<std::size_t> in_flight_{0};
  mutable std::mutex stats_mutex_;
  RedisStats stats_;
  Breaker breaker_;  // changed on Redis's thread only
  Denials denials_;

  // of Redis's thread
  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer life_;       // until the next attempt, or how long this one may take
  boost::asio::steady_timer deadlines_;  // of the flight that began first
  std::unique_ptr<RedisLink> link_;
  std::string late_address_;   // of the host, found when nobody waited for it any more
  std::uint64_t attempt_ = 0;  // which connection this is
  int retries_ = 0;            // since it was up
  int flying_ = 0;             // flights that have not landed
  Flights flights_;            // in the order of their deadlines; some have landed
  bool is_watching_ = false;
  bool is_told_ = false;  // the log has it that Redis is not to be had
  bool is_stopping_ = false;
  NameLookup lookup_;
  std::thread thread_;
};

}  // namespace guerdon::cache
