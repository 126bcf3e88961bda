#include "support/free_port.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <random>
#include <stdexcept>

namespace guerdon::test {
namespace {

constexpr std::uint16_t lowest = 20'000, highest = 32'000;  // Linux's connections begin at 32,768

bool is_free(std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  const bool is_bound = ::bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(descriptor);
  return is_bound;
}

}  // namespace

std::uint16_t free_port() {
  std::random_device random;
  std::uniform_int_distribution<std::uint16_t> any{lowest, highest};
  for (int attempt = 0; attempt < 1000; ++attempt)
    if (const auto port = any(random); is_free(port)) return port;
  throw std::runtime_error("there is no free port");
}

}  // namespace guerdon::test
