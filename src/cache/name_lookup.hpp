// What address a host's name has, asked where nobody has to wait for the answer: the system's resolver blocks, for
// minutes where a name server is silent, and can't be called off. A server that ends leaves it behind.
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace guerdon::cache {

/// A numeric address; empty where there is none. May block.
using Resolver = std::function<std::string(const std::string& host)>;

/// By the system: an IPv4 address, or an IPv6 one where there is no other.
[[nodiscard]] std::string resolve_by_system(const std::string& host);

/// One question at a time. For one thread, but `done` is called on another: it must not block, and hand over.
class NameLookup {
 public:
  using Done = std::function<void(std::string address)>;

  explicit NameLookup(Resolver resolver);
  /// From its return on `done` is not called any more, whatever the resolver does.
  ~NameLookup();
  NameLookup(const NameLookup&) = delete;
  NameLookup& operator=(const NameLookup&) = delete;

  /// False: this one is not asked, since the last one has no answer yet, or there is no further thread to be had.
  [[nodiscard]] bool ask(const std::string& host, Done done);

 private:
  struct State;
  static void answer(State& state, const std::string& host, const Done& done);

  std::shared_ptr<State> state_;  // the asking thread's, too
};

}  // namespace guerdon::cache
