// See name_lookup.hpp. The thread that asks is detached, and owns with the lookup all that it touches.
#include "cache/name_lookup.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <array>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

namespace guerdon::cache {
namespace {

std::string resolve(const std::string& host, int family) {
  addrinfo hints{};
  hints.ai_family = family;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return {};
  std::array<char, NI_MAXHOST> text{};
  const bool is_read = getnameinfo(found->ai_addr, found->ai_addrlen, text.data(), static_cast<socklen_t>(text.size()),
                                   nullptr, 0, NI_NUMERICHOST) == 0;
  freeaddrinfo(found);
  return is_read ? std::string{text.data()} : std::string{};
}

}  // namespace

std::string resolve_by_system(const std::string& host) {
  auto address = resolve(host, AF_INET);
  return address.empty() ? resolve(host, AF_INET6) : address;
}

struct NameLookup::State {
  Resolver resolver;
  std::mutex mutex;
  bool is_asking = false;
  bool is_wanted = true;
};

void NameLookup::answer(State& state, const std::string& host, const Done& done) {
  std::string address;
  try {
    address = state.resolver(host);
  } catch (const std::exception&) {
    address.clear();  // as one that has none
  }
  const std::lock_guard lock{state.mutex};
  state.is_asking = false;
  if (state.is_wanted) done(std::move(address));
}

NameLookup::NameLookup(Resolver resolver) : state_(std::make_shared<State>()) {
  state_->resolver = std::move(resolver);
}

NameLookup::~NameLookup() {
  const std::lock_guard lock{state_->mutex};
  state_->is_wanted = false;
}

bool NameLookup::ask(const std::string& host, Done done) {
  {
    const std::lock_guard lock{state_->mutex};
    if (std::exchange(state_->is_asking, true)) return false;
  }
  try {
    std::thread{[state = state_, host, done = std::move(done)] { answer(*state, host, done); }}.detach();
  } catch (const std::exception&) {  // no further thread now: as if it was not asked
    const std::lock_guard lock{state_->mutex};
    state_->is_asking = false;
    return false;
  }
  return true;
}

}  // namespace guerdon::cache
