// Keep-alive connections that ask as fast as they are answered, and what that came to: one JSON object on standard
// output. Either one GET over and over, or claims, each of another user. It knows no more of HTTP than its answers
// need.
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
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::uint16_t port = 0;
  std::size_t connections = 64;
  std::size_t threads = 2;
  std::size_t depth = 1;  ///< requests in one write; the next ones go when all of them are answered
  double seconds = 3;
  double warm_up = 0.5;  ///< before it counts
  std::size_t skip = 0;  ///< claims made by an earlier run
  bool rotate = false;   ///< a GET by another user each time; otherwise a connection is one user's
  std::string target;
  std::vector<std::string> tokens, events;
};

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file{path};
  if (!file) throw std::runtime_error("cannot read " + path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

Options parse(int argc, char** argv) {
  std::map<std::string, std::string> given;
  for (int i = 1; i + 1 < argc; i += 2) given[argv[i]] = argv[i + 1];
  Options options;
  const auto number = [&](const char* name, auto& value) {
    if (const auto found = given.find(name); found != given.end())
      value = static_cast<std::remove_reference_t<decltype(value)>>(std::stod(found->second));
  };
  number("--port", options.port);
  number("--connections", options.connections);
  number("--threads", options.threads);
  number("--depth", options.depth);
  number("--seconds", options.seconds);
  number("--warm-up", options.warm_up);
  number("--skip", options.skip);
  number("--rotate", options.rotate);
  options.target = given["--target"];
  if (given.contains("--tokens")) options.tokens = lines_of(given["--tokens"]);
  if (given.contains("--events")) options.events = lines_of(given["--events"]);
  if (options.port == 0 || options.target.empty() == options.events.empty())
    throw std::invalid_argument("bench_load --port P --tokens FILE (--target PATH | --events FILE) [--seconds S ...]");
  return options;
}

/// What all threads share: the requests, handed out once each.
class Requests {
 public:
  explicit Requests(const Options& options) : options_(options), next_(options.skip) {}

  /// False when every user has claimed from every event.
  bool append(std::string& out, std::size_t connection) {
    const auto& [tokens, events] = std::tie(options_.tokens, options_.events);
    if (events.empty()) {
      const auto user = options_.rotate ? next_++ : connection;
      out += "GET " + options_.target + " HTTP/1.1\r\nHost: localhost\r\n";
      if (!tokens.empty()) out += "Authorization: Bearer " + tokens[user % tokens.size()] + "\r\n";
      out += "\r\n";
      return true;
    }
    const auto claim = next_++;
    if (claim >= tokens.size() * events.size()) return false;
    out += "POST /api/events/" + events[claim / tokens.size()] +
           "/requests HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nAuthorization: Bearer " +
           tokens[claim % tokens.size()] + "\r\n\r\n";
    return true;
  }
  [[nodiscard]] std::size_t handed_out() const { return next_; }

 private:
  const Options& options_;
  std::atomic<std::size_t> next_;
};

struct Tally {
  std::vector<float> latencies;  ///< in microseconds
  std::size_t answers = 0;       ///< also those that do not count, being too early or too late
  std::size_t failed = 0;
  std::string failure;  ///< the first one
  Clock::time_point last;
};

/// Size of the first answer in `text` with its body; 0 when it has not all arrived.
std::size_t answer_size(std::string_view text) {
  constexpr std::string_view length_name = "Content-Length: ", end = "\r\n\r\n";
  const auto head = text.find(end);
  if (head == std::string_view::npos) return 0;
  std::size_t length = 0;
  if (const auto at = text.substr(0, head).find(length_name); at != std::string_view::npos)
    std::from_chars(text.data() + at + length_name.size(), text.data() + head, length);
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

  void ask(Requests& requests, std::size_t depth) {
    out_.clear();
    while (waiting_ < depth && requests.append(out_, number_)) ++waiting_;
    asked_ = Clock::now();
    for (std::size_t sent = 0; sent < out_.size();) {
      const auto bytes = ::send(socket_, out_.data() + sent, out_.size() - sent, MSG_NOSIGNAL);
      if (bytes < 0) throw std::runtime_error("the server closed a connection");
      sent += static_cast<std::size_t>(bytes);
    }
  }

  void take_answers(Tally& tally, Clock::time_point from, Clock::time_point to) {
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
      if (in_[used + 9] != '2') {
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

/// One thread's share of the connections, until the time is over and everything asked is answered.
void drive(const Options& options, Requests& requests, std::size_t thread, Clock::time_point from, Tally& tally) {
  const auto to = from + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(options.seconds));
  const int poll = ::epoll_create1(0);
  std::vector<std::unique_ptr<Client>> clients;
  for (auto i = thread; i < options.connections; i += options.threads) {
    auto& client = *clients.emplace_back(std::make_unique<Client>(options.port, i));
    epoll_event interest{.events = EPOLLIN, .data = {.ptr = &client}};
    ::epoll_ctl(poll, EPOLL_CTL_ADD, client.socket(), &interest);
  }
  for (auto& client : clients) client->ask(requests, options.depth);
  const auto waits = [](const auto& client) { return client->waits(); };
  while (std::any_of(clients.begin(), clients.end(), waits)) {
    epoll_event ready[64];
    const int count = ::epoll_wait(poll, ready, 64, 10'000);
    if (count <= 0) throw std::runtime_error("the server does not answer");
    for (int i = 0; i < count; ++i) {
      auto& client = *static_cast<Client*>(ready[i].data.ptr);
      client.take_answers(tally, from, to);
      if (!client.waits() && Clock::now() < to) client.ask(requests, options.depth);
    }
  }
  ::close(poll);
}

void print(const Options& options, std::vector<Tally>& tallies, const Requests& requests, Clock::time_point from) {
  std::vector<float> all;
  std::size_t answers = 0, failed = 0;
  Clock::time_point last = from;
  for (const auto& tally : tallies) {
    all.insert(all.end(), tally.latencies.begin(), tally.latencies.end());
    answers += tally.answers;
    failed += tally.failed;
    last = std::max(last, tally.last);
    if (tally.failed > 0) std::fprintf(stderr, "bench_load: refused:\n%s\n", tally.failure.c_str());
  }
  std::sort(all.begin(), all.end());
  const auto quantile = [&](double q) {
    return all.empty() ? 0.0 : double{all[static_cast<std::size_t>(q * static_cast<double>(all.size() - 1))]};
  };
  const auto seconds = std::chrono::duration<double>(last - from).count();
  const auto most = options.tokens.size() * options.events.size();
  const auto next = options.events.empty() ? requests.handed_out() : std::min(requests.handed_out(), most);
  std::printf("{\"rate\":%.0f,\"p50\":%.0f,\"p99\":%.0f,\"all\":%zu,\"failed\":%zu,\"next\":%zu}\n",
              seconds > 0 ? static_cast<double>(all.size()) / seconds : 0.0, quantile(0.5), quantile(0.99), answers,
              failed, next);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const auto options = parse(argc, argv);
    Requests requests{options};
    std::vector<Tally> tallies(options.threads);
    std::vector<std::thread> threads;
    std::atomic<bool> broken{false};
    const auto from =
        Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(options.warm_up));
    for (std::size_t i = 0; i < options.threads; ++i) {
      threads.emplace_back([&, i] {
        try {
          drive(options, requests, i, from, tallies[i]);
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
