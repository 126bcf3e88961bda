// One thread has the connection. A failure of any kind ends the connection, so that what comes late is nobody's: the
// next one begins with a greeting, and Redis is up when that was answered as fast as a command must be.
#include "cache/redis.hpp"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "telemetry/log.hpp"

namespace guerdon::cache {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::steady_clock;

namespace {

// WRONGPASS, OOM and the like. What follows may repeat words of the command, a password among them.
std::string code_of(const Answer& error) {
  return error.text.substr(0, std::min<std::size_t>(error.text.find(' '), 40));
}

}  // namespace

Redis::Redis(RedisOptions options)
    : options_(std::move(options)),
      breaker_(options_.breaker),
      denials_(options_.denial_rest),
      work_(loop_.get_executor()),
      life_(loop_),
      deadlines_(loop_),
      lookup_(options_.resolver) {}

Redis::~Redis() { stop(); }

void Redis::start() {
  asio::post(loop_, [this] { connect(); });
  thread_ = std::thread{[this] { run(); }};
}

void Redis::run() {
  pthread_setname_np(pthread_self(), "redis");
  sigset_t of_sockets;  // hiredis writes to connections that the other side has closed
  sigemptyset(&of_sockets);
  sigaddset(&of_sockets, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &of_sockets, nullptr);
  for (;;) {
    try {
      loop_.run();
      return;
    } catch (const std::exception& error) {
      log::error("redis", "an event handler failed", {{"error", error.what()}});
    }
  }
}

void Redis::stop() {
  is_up_ = false;
  if (!thread_.joinable()) return;
  asio::post(loop_, [this] {
    is_stopping_ = true;
    is_up_ = false;  // it may have risen meanwhile
    life_.cancel();
    leave_when_landed();
  });
  thread_.join();
  loop_.restart();
  static_cast<void>(loop_.poll());  // what was sent at the last moment is told that there is no answer
}

void Redis::leave_when_landed() {
  if (!is_stopping_ || flying_ > 0) return;
  link_.reset();
  loop_.stop();
}

void Redis::send(std::vector<std::string> words, Done done) {
  const bool is_full = in_flight_.fetch_add(1) >= options_.most_in_flight;
  if (is_full || !is_up() || denials_.has(words.front(), steady_clock::now())) {
    in_flight_.fetch_sub(1);
    {
      const std::lock_guard lock{stats_mutex_};
      ++stats_.skipped;
    }
    return done(nullptr);
  }
  const auto now = steady_clock::now();
  auto flight = std::make_shared<Flight>(Flight{now, now + options_.timeout, words.front(), std::move(done)});
  asio::dispatch(loop_, [this, words = std::move(words), flight = std::move(flight)] { fly(words, flight); });
}

void Redis::fly(const std::vector<std::string>& words, const std::shared_ptr<Flight>& flight) {
  ++flying_;
  if (!link_) return land(*flight, nullptr);
  flights_.push_back(flight);
  link_->send(words, [this, flight](const Answer* answer) { answered(*flight, answer); });
  watch_flights();
}

void Redis::answered(Flight& flight, const Answer* answer) {
  if (flight.has_landed) return;  // too late
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - flight.began);
  {
    const std::lock_guard lock{stats_mutex_};
    if (answer == nullptr) {
      ++stats_.lost;
    } else {
      ++(answer->is_error ? stats_.errors : stats_.answered);
      stats_.note_latency(took);
      if (!answer->is_error) breaker_.succeeded();
    }
  }
  if (answer == nullptr) return land(flight, nullptr);
  if (!answer->is_error) {
    denials_.allow(flight.command);
    return land(flight, answer);
  }
  if (Denials::is_denial(answer->text))
    denied(flight.command, code_of(*answer));
  else
    failed(code_of(*answer));
  land(flight, nullptr);
}

void Redis::denied(const std::string& command, const std::string& reason) {
  if (denials_.add(command, steady_clock::now()))
    log::warning("redis", "a command is not allowed: the server goes on without it",
                 {{"command", command}, {"reason", reason}});
}

void Redis::land(Flight& flight, const Answer* answer) {
  flight.has_landed = true;
  const auto done = std::exchange(flight.done, nullptr);
  try {
    done(answer);
  } catch (const std::exception& error) {
    log::error("redis", "what was to be done with an answer failed", {{"error", error.what()}});
  }
  in_flight_.fetch_sub(1);
  --flying_;
  if (is_stopping_) asio::post(loop_, [this] { leave_when_landed(); });
}

void Redis::watch_flights() {
  if (is_watching_) return;
  while (!flights_.empty() && flights_.front()->has_landed) flights_.pop_front();
  if (flights_.empty()) return;
  is_watching_ = true;
  deadlines_.expires_at(flights_.front()->deadline);
  deadlines_.async_wait([this](const error_code& error) {
    is_watching_ = false;
    if (!error) expire();
  });
}

void Redis::expire() {
  const auto now = steady_clock::now();
  for (std::size_t i = 0; i < flights_.size() && flights_[i]->deadline <= now; ++i) {
    const auto flight = flights_[i];
    if (flight->has_landed) continue;
    {
      const std::lock_guard lock{stats_mutex_};
      ++stats_.timeouts;
    }
    failed("no answer in time");
    land(*flight, nullptr);
  }
  watch_flights();
}

void Redis::failed(const std::string& reason) {
  const auto now = steady_clock::now();
  note_failure(now);
  if (breaker_.state(now) != Breaker::State::closed) fall_later(reason);
}

void Redis::note_failure(Time now) {
  const std::lock_guard lock{stats_mutex_};
  breaker_.failed(now);
}

// Not from within the connection's own callbacks, which could not outlive it.
void Redis::fall_later(const std::string& reason) {
  is_up_ = false;
  asio::post(loop_, [this, attempt = attempt_, reason] {
    if (attempt == attempt_ && link_) fall(reason);
  });
}

void Redis::fall(const std::string& reason) {
  is_up_ = false;
  link_.reset();
  note_failure(steady_clock::now());
  if (!std::exchange(is_told_, true))
    log::warning("redis", "Redis is not to be had: the server goes on without it", {{"reason", reason}});
  retry();
}

void Redis::retry() {
  if (is_stopping_) return;
  const auto now = steady_clock::now();
  const auto backoff = options_.first_retry * (1 << std::min(retries_, 10));
  ++retries_;
  auto next = now + std::min<std::chrono::milliseconds>(backoff, options_.longest_retry);
  if (breaker_.state(now) == Breaker::State::open) next = std::max(next, breaker_.half_open_at());
  life_.expires_at(next);
  life_.async_wait([this](const error_code& error) {
    if (!error && !is_stopping_) connect();
  });
}

void Redis::connect() {
  {
    const std::lock_guard lock{stats_mutex_};
    if (!breaker_.lets_through(steady_clock::now())) return retry();
  }
  const auto attempt = ++attempt_;
  life_.expires_after(options_.connect_timeout);
  life_.async_wait([this, attempt](const error_code& error) {
    if (error || attempt != attempt_ || is_up()) return;
    if (!link_) return fall("no address in time");
    fall_later("no connection in time");
  });
  error_code is_name;
  static_cast<void>(asio::ip::make_address(options_.host, is_name));
  if (!is_name) return link(options_.host);
  if (!late_address_.empty()) return link(std::exchange(late_address_, {}));
  look_up();
}

void Redis::look_up() {
  const auto found = [this, attempt = attempt_](const std::string& address) {
    asio::post(loop_, [this, attempt, address] {
      if (is_stopping_) return;
      if (attempt != attempt_ || link_) {
        late_address_ = address;  // for the next attempt
      } else if (address.empty()) {
        fall("its name has no address");
      } else {
        link(address);
      }
    });
  };
  // One that hangs is not asked again; `life_` ends the attempt.
  static_cast<void>(lookup_.ask(options_.host, found));
}

void Redis::link(const std::string& address) {
  try {
    link_ = std::make_unique<RedisLink>(loop_, address, options_.port, [this] { fall_later("the connection ended"); });
    greet();
  } catch (const std::exception& error) {
    fall(error.what());
  }
}

void Redis::greet() {
  const auto goes_on = [this](const Answer* answer) {
    if (answer != nullptr && !answer->is_error) return true;
    fall_later(answer == nullptr ? "no connection" : code_of(*answer));
    return false;
  };
  if (!options_.password.empty()) {
    std::vector<std::string> words{"AUTH", options_.password.reveal()};
    if (!options_.username.empty()) words.insert(words.begin() + 1, options_.username);
    link_->send(words, [goes_on](const Answer* answer) { static_cast<void>(goes_on(answer)); });
  }
  link_->send({"PING"}, [this, goes_on](const Answer* answer) {
    if (goes_on(answer)) try_out();
  });
}

// The connection stands; is it fast enough?
void Redis::try_out() {
  const auto now = steady_clock::now();
  in_flight_.fetch_add(1);
  const auto flight =
      std::make_shared<Flight>(Flight{now, now + options_.timeout, "PING", [this](const Answer* answer) {
                                        if (answer != nullptr) return rise();
                                        fall_later("it is too slow");
                                      }});
  fly({"PING"}, flight);
}

void Redis::rise() {
  if (is_stopping_) return;
  life_.cancel();
  retries_ = 0;
  is_up_ = true;
  {
    const std::lock_guard lock{stats_mutex_};
    ++stats_.connections;
  }
  if (std::exchange(is_told_, false) || stats().connections == 1)
    log::info("redis", "Redis is there", {{"host", options_.host}, {"port", options_.port}});
  if (on_up_) on_up_();
}

RedisStats Redis::stats() const {
  const std::lock_guard lock{stats_mutex_};
  auto stats = stats_;
  stats.is_up = is_up();
  stats.breaker = breaker_.state(steady_clock::now());
  return stats;
}

}  // namespace guerdon::cache
