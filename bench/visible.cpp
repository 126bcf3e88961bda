// How long after the answer to a log-in its reward can be seen in the wallet: goal 16.
//   bench_visible PORT NAMES PASSWORD RATE SECONDS [SKIP]
// A log-in of another user each time, at a steady rate; then the same connection asks for the wallet until there are
// points. Prints {"p50", "p99": microseconds, "rate": log-ins a second, "failed", "next": the users used up}.
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

constexpr std::size_t connections = 64;
constexpr std::chrono::milliseconds between_looks{1};
constexpr std::chrono::seconds patience{10};

struct Work {
  std::uint16_t port = 0;
  std::vector<std::string> names;
  std::string password;
  double rate = 0, seconds = 0;
  std::size_t skip = 0;
  Clock::time_point begin;
  std::atomic<std::size_t> taken{0};

  [[nodiscard]] std::size_t most() const {
    return std::min(static_cast<std::size_t>(rate * seconds), names.size() - std::min(skip, names.size()));
  }
};

struct Tally {
  std::vector<double> waits;  ///< in microseconds
  std::size_t failed = 0;
  Clock::time_point last;
};

class Connection {
 public:
  explicit Connection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("nobody listens on port " + std::to_string(port));
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { ::close(socket_); }

  /// The body of a good answer; nothing where it was refused.
  std::string ask(const std::string& request) {
    if (::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
      throw std::runtime_error("the server closed a connection");
    std::string in;
    std::size_t body = 0, size = 0;
    while (size == 0 || in.size() < size) {
      char space[16 * 1024];
      const auto bytes = ::recv(socket_, space, sizeof space, 0);
      if (bytes <= 0) throw std::runtime_error("the server closed a connection");
      in.append(space, static_cast<std::size_t>(bytes));
      if (size == 0) size = size_of(in, body);
    }
    return in.at(9) == '2' ? in.substr(body) : std::string{};
  }

 private:
  /// Of the whole answer, and where its body begins; 0 before that is known.
  static std::size_t size_of(std::string_view text, std::size_t& body) {
    constexpr std::string_view length_name = "Content-Length: ", end = "\r\n\r\n";
    const auto head = text.find(end);
    if (head == std::string_view::npos) return 0;
    std::size_t length = 0;
    if (const auto at = text.substr(0, head).find(length_name); at != std::string_view::npos)
      std::from_chars(text.data() + at + length_name.size(), text.data() + head, length);
    body = head + end.size();
    return body + length;
  }

  int socket_;
};

std::string login_request(const std::string& name, const std::string& password) {
  const auto body = R"({"username":")" + name + R"(","password":")" + password + "\"}";
  return "POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string token_of(std::string_view body) {
  constexpr std::string_view name = R"("accessToken":")";
  const auto at = body.find(name);
  if (at == std::string_view::npos) return {};
  const auto begin = at + name.size();
  return std::string{body.substr(begin, body.find('"', begin) - begin)};
}

bool has_points(std::string_view wallet) {
  constexpr std::string_view name = R"("points":)";
  const auto at = wallet.find(name);
  return at != std::string_view::npos && at + name.size() < wallet.size() && wallet[at + name.size()] != '0';
}

/// False when the log-in was refused or the reward never came.
bool follow(Connection& connection, const Work& work, std::size_t number, Tally& tally) {
  const auto token = token_of(connection.ask(login_request(work.names[work.skip + number], work.password)));
  const auto answered = Clock::now();
  if (token.empty()) return false;
  const auto look = "GET /api/wallet HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token + "\r\n\r\n";
  while (Clock::now() - answered < patience) {
    if (has_points(connection.ask(look))) {
      tally.last = Clock::now();
      tally.waits.push_back(std::chrono::duration<double, std::micro>(tally.last - answered).count());
      return true;
    }
    std::this_thread::sleep_for(between_looks);
  }
  return false;
}

void run(Work& work, Tally& tally) {
  Connection connection{work.port};
  const std::chrono::duration<double> step{1 / work.rate};
  for (std::size_t number = 0; (number = work.taken++) < work.most();) {
    std::this_thread::sleep_until(work.begin +
                                  std::chrono::duration_cast<Clock::duration>(step * static_cast<double>(number)));
    if (!follow(connection, work, number, tally)) ++tally.failed;
  }
}

void print(const Work& work, const std::vector<Tally>& tallies) {
  std::vector<double> all;
  std::size_t failed = 0;
  auto last = work.begin;
  for (const auto& tally : tallies) {
    all.insert(all.end(), tally.waits.begin(), tally.waits.end());
    failed += tally.failed;
    last = std::max(last, tally.last);
  }
  std::sort(all.begin(), all.end());
  const auto quantile = [&](double q) {
    return all.empty() ? 0.0 : all[static_cast<std::size_t>(q * static_cast<double>(all.size() - 1))];
  };
  const auto seconds = std::chrono::duration<double>(last - work.begin).count();
  std::printf("{\"rate\":%.1f,\"p50\":%.0f,\"p99\":%.0f,\"failed\":%zu,\"next\":%zu}\n",
              seconds > 0 ? static_cast<double>(all.size()) / seconds : 0.0, quantile(0.5), quantile(0.99), failed,
              work.skip + work.most());
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 6 && argc != 7) throw std::invalid_argument("bench_visible PORT NAMES PASSWORD RATE SECONDS [SKIP]");
    Work work;
    work.port = static_cast<std::uint16_t>(std::stoi(argv[1]));
    std::ifstream file{argv[2]};
    for (std::string line; std::getline(file, line);) work.names.push_back(line);
    work.password = argv[3];
    work.rate = std::stod(argv[4]);
    work.seconds = std::stod(argv[5]);
    if (argc == 7) work.skip = std::stoul(argv[6]);
    work.begin = Clock::now();
    std::vector<Tally> tallies(connections);
    std::vector<std::thread> threads;
    std::atomic<bool> broken{false};
    for (auto& tally : tallies) {
      threads.emplace_back([&work, &tally, &broken] {
        try {
          run(work, tally);
        } catch (const std::exception& error) {
          std::fprintf(stderr, "bench_visible: %s\n", error.what());
          broken = true;
        }
      });
    }
    for (auto& thread : threads) thread.join();
    print(work, tallies);
    return broken ? 1 : 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_visible: %s\n", error.what());
    return 64;
  }
}
