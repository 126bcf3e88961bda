// How long after a log-in was answered its reward is in the user's wallet: log-ins at a steady rate, each of another
// user who earns points by it, and of some the wallet is asked for again and again until the points are there.
//   bench_grant PORT NAMES PASSWORD RATE SECONDS SKIP
// One JSON object on standard output, times in microseconds. What it sees is up to a millisecond late.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t connections = 64, one_watched_of = 4;
constexpr double warm_up = 0.5;  // seconds before it counts
constexpr std::chrono::milliseconds between_looks{1};
constexpr std::chrono::seconds patience{10};

struct Plan {
  std::uint16_t port = 0;
  std::vector<std::string> names;  ///< a log-in each
  std::string password;
  double rate = 0;
  std::size_t early = 0;  ///< so many log-ins do not count
  Clock::time_point begin;
  std::atomic<std::size_t> next{0};

  [[nodiscard]] Clock::time_point due(std::size_t number) const {
    return begin + std::chrono::duration_cast<Clock::duration>(
                       std::chrono::duration<double>(static_cast<double>(number) / rate));
  }
};

struct Tally {
  std::vector<float> waits;
  std::size_t log_ins = 0;
  Clock::time_point last;
};

class Connection {
 public:
  explicit Connection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    const timeval limit{.tv_sec = patience.count(), .tv_usec = 0};
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("nobody listens on port " + std::to_string(port));
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { ::close(socket_); }

  /// The answer, whole. Throws where it is not a good one.
  std::string ask(const std::string& request) {
    if (::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
      throw std::runtime_error("the server closed a connection");
    std::string answer;
    while (!is_whole(answer)) {
      char space[16 * 1024];
      const auto bytes = ::recv(socket_, space, sizeof space, 0);
      if (bytes <= 0) throw std::runtime_error("the server does not answer");
      answer.append(space, static_cast<std::size_t>(bytes));
    }
    if (!answer.starts_with("HTTP/1.1 200")) throw std::runtime_error("refused:\n" + answer);
    return answer;
  }

 private:
  static bool is_whole(std::string_view text) {
    constexpr std::string_view length_name = "Content-Length: ", end = "\r\n\r\n";
    const auto head = text.find(end);
    if (head == std::string_view::npos) return false;
    std::size_t length = 0;
    if (const auto at = text.substr(0, head).find(length_name); at != std::string_view::npos)
      std::from_chars(text.data() + at + length_name.size(), text.data() + head, length);
    return text.size() >= head + end.size() + length;
  }

  int socket_;
};

/// What stands between `before` and the next quotation mark or comma.
std::string member(const std::string& answer, std::string_view before) {
  const auto at = answer.find(before);
  if (at == std::string::npos) throw std::runtime_error("an answer without " + std::string{before});
  const auto begin = at + before.size();
  return answer.substr(begin, answer.find_first_of("\",}", begin) - begin);
}

std::string log_in(Connection& connection, const std::string& name, const std::string& password) {
  const auto body = R"({"username":")" + name + R"(","password":")" + password + "\"}";
  const auto answer = connection.ask(
      "POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body);
  return member(answer, R"("accessToken":")");
}

/// Returns when the points are seen.
Clock::time_point await_points(Connection& connection, const std::string& token) {
  const auto request = "GET /api/wallet HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token + "\r\n\r\n";
  const auto deadline = Clock::now() + patience;
  while (member(connection.ask(request), R"("points":)") == "0") {
    if (Clock::now() > deadline) throw std::runtime_error("a log-in earned nothing");
    std::this_thread::sleep_for(between_looks);
  }
  return Clock::now();
}

void drive(Plan& plan, Tally& tally) {
  Connection connection{plan.port};
  for (auto number = plan.next++; number < plan.names.size(); number = plan.next++) {
    std::this_thread::sleep_until(plan.due(number));
    const auto token = log_in(connection, plan.names[number], plan.password);
    const auto answered = Clock::now();
    const bool is_watched = number % one_watched_of == 0;
    const auto seen = is_watched ? await_points(connection, token) : answered;
    if (number < plan.early) continue;
    ++tally.log_ins;
    tally.last = std::max(tally.last, answered);
    if (is_watched) tally.waits.push_back(std::chrono::duration<float, std::micro>(seen - answered).count());
  }
}

void read_plan(Plan& plan, char** arguments) {
  plan.port = static_cast<std::uint16_t>(std::stoi(arguments[1]));
  plan.password = arguments[3];
  plan.rate = std::stod(arguments[4]);
  plan.early = static_cast<std::size_t>(warm_up * plan.rate);
  const auto count = plan.early + static_cast<std::size_t>(std::stod(arguments[5]) * plan.rate);
  const auto skip = std::stoul(arguments[6]);
  std::ifstream file{arguments[2]};
  std::string name;
  for (std::size_t line = 0; plan.names.size() < count && std::getline(file, name); ++line)
    if (line >= skip) plan.names.push_back(name);
  if (plan.names.size() < count) throw std::invalid_argument("too few names are left");
}

void print(const Plan& plan, const std::vector<Tally>& tallies) {
  std::vector<float> waits;
  std::size_t log_ins = 0;
  auto last = plan.due(plan.early);
  for (const auto& tally : tallies) {
    waits.insert(waits.end(), tally.waits.begin(), tally.waits.end());
    log_ins += tally.log_ins;
    last = std::max(last, tally.last);
  }
  std::sort(waits.begin(), waits.end());
  const auto quantile = [&](double q) {
    return waits.empty() ? 0.0 : double{waits[static_cast<std::size_t>(q * static_cast<double>(waits.size() - 1))]};
  };
  const auto seconds = std::chrono::duration<double>(last - plan.due(plan.early)).count();
  std::printf("{\"rate\":%.1f,\"p50\":%.0f,\"p99\":%.0f,\"watched\":%zu,\"used\":%zu}\n",
              seconds > 0 ? static_cast<double>(log_ins) / seconds : 0.0, quantile(0.5), quantile(0.99), waits.size(),
              plan.names.size());
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 7) throw std::invalid_argument("bench_grant PORT NAMES PASSWORD RATE SECONDS SKIP");
    Plan plan;
    read_plan(plan, argv);
    plan.begin = Clock::now();
    std::vector<Tally> tallies(connections);
    std::vector<std::thread> threads;
    std::atomic<bool> broken{false};
    for (auto& tally : tallies)
      threads.emplace_back([&plan, &tally, &broken] {
        try {
          drive(plan, tally);
        } catch (const std::exception& error) {
          std::fprintf(stderr, "bench_grant: %s\n", error.what());
          broken = true;
        }
      });
    for (auto& thread : threads) thread.join();
    print(plan, tallies);
    return broken ? 1 : 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_grant: %s\n", error.what());
    return 64;
  }
}
