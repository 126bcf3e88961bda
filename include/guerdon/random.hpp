// Where unpredictable bytes come from. The only source for secrets and ids; there is no seedable one in the product.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>

namespace guerdon {

class Random {
 public:
  Random() = default;
  Random(const Random&) = delete;
  Random& operator=(const Random&) = delete;
  virtual ~Random() = default;

  // Safe from any thread. Throws std::runtime_error when the system has no randomness to give.
  virtual void fill(std::span<std::byte> bytes) = 0;
};

// OpenSSL's generator, read ahead in a small buffer per thread. A forked child starts with an empty buffer.
[[nodiscard]] std::unique_ptr<Random> system_random();

// The self-test of start-up: throws std::runtime_error when the source is stuck, repeats itself or is badly skewed.
void check_randomness(Random& source);

template <std::size_t Size>
[[nodiscard]] std::array<std::byte, Size> random_bytes(Random& source) {
  std::array<std::byte, Size> bytes{};
  source.fill(bytes);
  return bytes;
}

}  // namespace guerdon
