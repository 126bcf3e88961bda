// Keep-alive connections that ask as fast as they are answered, or at a steady rate, and what that came to: one JSON
// object on standard output. One GET over and over, or claims, each of another user, or log-ins. It knows no more of
// HTTP than its answers need.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/scheduling.hpp"
#include "load_options.hpp"

namespace {

using bench::Options;

using Clock = std::chrono::steady_clock;

/// What all threads share: the requests, handed out once each.
class Requests {
 public:
  explicit Requests(const Options& options) : options_(options), next_(options.skip) {}

  /// False when every user has claimed from every event, and none is to do so again.
  bool append(std::string& out, std::size_t connection) {
    const auto& [tokens, events] = std::tie(options_.tokens, options_.events);
    if (!options_.names.empty()) {
      append_login(out);
      return true;
    }
    if (events.empty()) {
      const auto user = options_.rotate ? next_++ : connection;
      out += "GET " + options_.target + " HTTP/1.1\r\nHost: localhost\r\n";
      if (!tokens.empty()) out += "Authorization: Bearer " + tokens[user % tokens.size()] + "\r\n";
      out += "\r\n";
      return true;
    }
    auto claim = next_++;
    const auto claims = tokens.size() * events.size();
    if (options_.again) claim %= claims;
    if (claim >= claims) return false;
    out += "POST /api/events/" + events[claim / tokens.size()] +
           "/requests HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nAuthorization: Bearer " +
           tokens[claim % tokens.size()] + "\r\n\r\n";
    return true;
  }
  [[nodiscard]] std::size_t handed_out() const { return next_; }

 private:
  void append_login(std::string& out) {
    const auto body = R"({"username":")" + options_.names[next_++ % options_.names.size()] + R"(","password":")" +
                      options_.password + "\"}";
    out += "POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
  }

  const Options& options_;
  std::atomic<std::size_t> next_;
};

struct Tally {
  std::vector<float> latencies;      ///< in microseconds
  std::size_t answers = 0;           ///< also those that do not count, being too early or too late
  std::size_t failed = 0, good = 0;  ///< answers that were not expected; of status 2xx
  std::string failure;               ///< the first one
  Clock::time_point last;
};

/// Size of the first answer in `text` with its body; 0 when it has not all arrived.
std::size_t answer_size(std::string_view text) {
  constexpr std::string_view length_name = "Content-Length: ", also_spelt = "content-length: ", end = "\r\n\r\n";
  const auto head = text.find(end);
  if (head == std::string_view::npos) return 0;
  std::size_t length = 0;
  auto at = text.substr(0, head).find(length_name);
  if (at == std::string_view::npos) at = text.substr(0, head).find(also_spelt);
  if (at != std::string_view::npos) std::from_chars(text.data() + at + length_name.size(), text.data() + head, length);
  const auto size = head + end.size() + length;
  return text.size() >= size ? size : 0;
}

class Client {
 public:
  Client(std::uint16_t port, std::size_t number) : number_(number), socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("nobody listens on port " + std::to_string(port));
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() { ::close(socket_); }

  [[nodiscard]] int socket() const { return socket_; }
  [[nodiscard]] bool waits() const { return waiting_ > 0; }

  /// `at` is when it was to be sent: having had to wait for a free connection counts.
  void ask(Requests& requests, std::size_t depth, Clock::time_point at) {
    out_.clear();
    while (waiting_ < depth && requests.append(out_, number_)) ++waiting_;
    asked_ = at;
    for (std::size_t sent = 0; sent < out_.size();) {
      const auto bytes = ::send(socket_, out_.data() + sent, out_.size() - sent, MSG_NOSIGNAL);
      if (bytes < 0) throw std::runtime_error("the server closed a connection");
      sent += static_cast<std::size_t>(bytes);
    }
  }

  void take_answers(Tally& tally, std::string_view expected, Clock::time_point from, Clock::time_point to) {
    char space[64 * 1024];
    const auto bytes = ::recv(socket_, space, sizeof space, MSG_DONTWAIT);
    if (bytes < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (bytes <= 0) throw std::runtime_error("the server closed a connection");
    in_.append(space, static_cast<std::size_t>(bytes));
    const auto now = Clock::now();
    std::size_t used = 0;
    for (std::size_t size = 0; (size = answer_size(std::string_view{in_}.substr(used))) > 0; used += size) {
      --waiting_;
      ++tally.answers;
      const char status = in_[used + 9];
      if (status == '2') ++tally.good;
      if (expected.find(status) == std::string_view::npos) {
        if (tally.failed++ == 0) tally.failure = in_.substr(used, size);
      } else if (now >= from && now <= to) {
        tally.latencies.push_back(std::chrono::duration<float, std::micro>(now - asked_).count());
        tally.last = now;
      }
    }
    in_.erase(0, used);
  }

 private:
  std::size_t number_;
  int socket_;
  std::size_t waiting_ = 0;
  Clock::time_point asked_;
  std::string out_, in_;
};

/// When one thread's share of a steady rate is due.
class Schedule {
 public:
  explicit Schedule(const Options& options)
      : step_(std::chrono::duration_cast<Clock::duration>(
            std::chrono::duration<double>(static_cast<double>(options.threads) / options.rate))) {}
  [[nodiscard]] Clock::time_point next() const { return next_; }
  Clock::time_point take() { return std::exchange(next_, next_ + step_); }

 private:
  Clock::duration step_;
  Clock::time_point next_ = Clock::now();
};

/// One thread's share of the connections.
class Driver {
  static constexpr std::chrono::seconds patience{10};

 public:
  Driver(const Options& options, Requests& requests, std::size_t thread) : options_(options), requests_(requests) {
    for (auto i = thread; i < options.connections; i += options.threads) {
      auto& client = *clients_.emplace_back(std::make_unique<Client>(options.port, i));
      epoll_event interest{.events = EPOLLIN, .data = {.ptr = &client}};
      ::epoll_ctl(poll_, EPOLL_CTL_ADD, client.socket(), &interest);
    }
  }
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;
  ~Driver() { ::close(poll_); }

  /// Until the time is over and everything asked is answered.
  void run(Clock::time_point from, Tally& tally) {
    // On the cores that the server has too: or part of what is measured is how long this thread waits for one.
    if (options_.rate > 0) guerdon::ask_for_short_turns();
    const auto to = from + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(options_.seconds));
    const auto waits = [](const auto& client) { return client->waits(); };
    if (options_.rate > 0) schedule_.emplace(options_);
    for (auto& client : clients_) idle_.push_back(client.get());
    for (auto now = Clock::now(); (now < to && !is_exhausted_) || std::any_of(clients_.begin(), clients_.end(), waits);
         now = Clock::now()) {
      if (now < to) ask_what_is_due();
      take(now, from, to, tally);
    }
  }

 private:
  void ask_what_is_due() {
    while (!idle_.empty() && (!schedule_ || schedule_->next() <= Clock::now())) {
      auto& client = *idle_.front();
      idle_.pop_front();
      client.ask(requests_, options_.depth, schedule_ ? schedule_->take() : Clock::now());
      if (is_exhausted_ = !client.waits(); is_exhausted_) return;
    }
  }

  void take(Clock::time_point now, Clock::time_point from, Clock::time_point to, Tally& tally) {
    const bool is_steady = schedule_ && now < to;
    const Clock::duration limit = is_steady ? schedule_->next() - Clock::now() : patience;
    const auto left = std::max<std::int64_t>(std::chrono::nanoseconds{limit}.count(), 0);
    const timespec wait{.tv_sec = left / 1'000'000'000, .tv_nsec = left % 1'000'000'000};
    epoll_event ready[64];
    const int count = ::epoll_pwait2(poll_, ready, 64, &wait, nullptr);
    if (count < 0 || (count == 0 && !is_steady)) throw std::runtime_error("the server does not answer");
    for (int i = 0; i < count; ++i) {
      auto& client = *static_cast<Client*>(ready[i].data.ptr);
      client.take_answers(tally, options_.expected, from, to);
      if (!client.waits()) idle_.push_back(&client);
    }
  }

  const Options& options_;
  Requests& requests_;
  const int poll_ = ::epoll_create1(0);
  std::vector<std::unique_ptr<Client>> clients_;
  std::deque<Client*> idle_;
  std::optional<Schedule> schedule_;
  bool is_exhausted_ = false;  // every claim is made
};

void print(const Options& options, std::vector<Tally>& tallies, const Requests& requests, Clock::time_point from) {
  std::vector<float> all;
  std::size_t answers = 0, failed = 0, good = 0;
  Clock::time_point last = from;
  for (const auto& tally : tallies) {
    all.insert(all.end(), tally.latencies.begin(), tally.latencies.end());
    answers += tally.answers;
    failed += tally.failed;
    good += tally.good;
    last = std::max(last, tally.last);
    if (tally.failed > 0) std::fprintf(stderr, "bench_load: refused:\n%s\n", tally.failure.c_str());
  }
  std::sort(all.begin(), all.end());
  const auto quantile = [&](double q) {
    return all.empty() ? 0.0 : double{all[static_cast<std::size_t>(q * static_cast<double>(all.size() - 1))]};
  };
  const auto seconds = std::chrono::duration<double>(last - from).count();
  const auto most = options.tokens.size() * options.events.size();
  const auto next =
      options.events.empty() || options.again ? requests.handed_out() : std::min(requests.handed_out(), most);
  std::printf("{\"rate\":%.1f,\"p50\":%.0f,\"p99\":%.0f,\"all\":%zu,\"good\":%zu,\"failed\":%zu,\"next\":%zu}\n",
              seconds > 0 ? static_cast<double>(all.size()) / seconds : 0.0, quantile(0.5), quantile(0.99), answers,
              good, failed, next);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    auto options = bench::parse(argc, argv);
    options.threads = std::min(options.threads, options.connections);
    Requests requests{options};
    std::vector<Tally> tallies(options.threads);
    std::vector<std::thread> threads;
    std::atomic<bool> broken{false};
    const auto from =
        Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(options.warm_up));
    for (std::size_t i = 0; i < options.threads; ++i) {
      threads.emplace_back([&, i] {
        try {
          Driver{options, requests, i}.run(from, tallies[i]);
        } catch (const std::exception& error) {
          std::fprintf(stderr, "bench_load: %s\n", error.what());
          broken = true;
        }
      });
    }
    for (auto& thread : threads) thread.join();
    print(options, tallies, requests, from);
    return broken ? 1 : 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_load: %s\n", error.what());
    return 64;
  }
}
