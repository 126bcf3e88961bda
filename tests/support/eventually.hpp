// Waiting for what another thread or process will do, with a deadline.
#pragma once

#include <chrono>
#include <thread>

namespace guerdon::test {

/// False if it was not so within half a minute.
template <class F>
[[nodiscard]] bool eventually(F is_so) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  return true;
}

}  // namespace guerdon::test
