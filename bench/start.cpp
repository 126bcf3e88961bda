// How long a server takes from exec to its first good answer, in milliseconds on standard output:
//   bench_start PORT PROGRAM [ARGUMENT...]   starts it, measures, stops it
//   bench_start PORT                         only waits for who is starting there already
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::microseconds between_tries{100};
constexpr std::chrono::seconds limit{30};

bool answers(std::uint16_t port) {
  constexpr std::string_view question = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  char start[12] = {};
  const bool is_good = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                       ::send(socket, question.data(), question.size(), MSG_NOSIGNAL) > 0 &&
                       ::recv(socket, start, sizeof start, MSG_WAITALL) == sizeof start &&
                       std::string_view{start, sizeof start} == "HTTP/1.1 200";
  ::close(socket);
  return is_good;
}

void wait_for(std::uint16_t port, pid_t server) {
  const auto deadline = Clock::now() + limit;
  while (!answers(port)) {
    if (server > 0 && ::waitpid(server, nullptr, WNOHANG) == server) throw std::runtime_error("the server ended");
    if (Clock::now() > deadline) throw std::runtime_error("no answer on port " + std::to_string(port));
    std::this_thread::sleep_for(between_tries);
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc < 2) throw std::invalid_argument("bench_start PORT [PROGRAM [ARGUMENT...]]");
    const auto port = static_cast<std::uint16_t>(std::stoi(argv[1]));
    const auto begin = Clock::now();
    const pid_t server = argc > 2 ? ::vfork() : 0;
    if (argc > 2 && server == 0) {
      ::execvp(argv[2], argv + 2);
      ::_exit(127);
    }
    wait_for(port, server);
    const std::chrono::duration<double, std::milli> took = Clock::now() - begin;
    std::printf("%.1f\n", took.count());
    if (server > 0) {
      ::kill(server, SIGTERM);
      ::waitpid(server, nullptr, 0);
    }
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_start: %s\n", error.what());
    return 1;
  }
}
