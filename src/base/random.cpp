// The system's randomness through OpenSSL, and the self-test of start-up.
#include "guerdon/random.hpp"

#include "guerdon/crypto.hpp"

#include <openssl/rand.h>
#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdint>
#include <cstring>
#include <set>
#include <stdexcept>

namespace guerdon {
namespace {

// A forked child would hand out the bytes that its parent hands out: each fork starts a new generation of buffers.
std::atomic<std::uint64_t> generation{1};

void from_openssl(std::span<std::byte> bytes) {
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) != 1) {
    throw std::runtime_error("the system has no randomness to give");
  }
}

class ReadAhead {
 public:
  static constexpr std::size_t capacity = 512;
  static constexpr std::size_t largest = 64;  // what is larger goes past the buffer

  ReadAhead() = default;
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;
  ~ReadAhead() { wipe(bytes_.data(), bytes_.size()); }

  void take(std::span<std::byte> into) {
    const auto current = generation.load(std::memory_order_relaxed);
    if (left_ < into.size() || generation_ != current) {
      left_ = 0;
      from_openssl(bytes_);
      left_ = capacity;
      generation_ = current;
    }
    auto* from = bytes_.data() + (capacity - left_);
    std::memcpy(into.data(), from, into.size());
    wipe(from, into.size());
    left_ -= into.size();
  }

 private:
  std::array<std::byte, capacity> bytes_{};
  std::size_t left_ = 0;
  std::uint64_t generation_ = 0;
};

class SystemRandom final : public Random {
 public:
  void fill(std::span<std::byte> bytes) override {
    thread_local ReadAhead buffer;
    if (bytes.empty()) return;
    if (bytes.size() <= ReadAhead::largest) return buffer.take(bytes);
    constexpr std::size_t chunk = 1U << 20U;
    while (!bytes.empty()) {
      const auto part = bytes.first(std::min(bytes.size(), chunk));
      from_openssl(part);
      bytes = bytes.subspan(part.size());
    }
  }
};

}  // namespace

std::unique_ptr<Random> system_random() {
  static const int registered =
      pthread_atfork(nullptr, nullptr, [] { generation.fetch_add(1, std::memory_order_relaxed); });
  if (registered != 0) throw std::runtime_error("cannot watch for forks");
  return std::make_unique<SystemRandom>();
}

void check_randomness(Random& source) {
  constexpr std::size_t blocks = 256;
  std::set<std::array<std::byte, 16>> seen;
  std::size_t ones = 0;
  for (std::size_t i = 0; i < blocks; ++i) {
    const auto block = random_bytes<16>(source);
    if (!seen.insert(block).second) throw std::runtime_error("the source of randomness repeats itself");
    for (const auto byte : block) ones += static_cast<std::size_t>(std::popcount(std::to_integer<std::uint8_t>(byte)));
  }
  // 32,768 fair bits have 16,384 ones, give or take 90.5: eight times that never happens by chance.
  constexpr std::size_t half = blocks * 16 * 8 / 2;
  constexpr std::size_t tolerance = 724;
  if (ones < half - tolerance || ones > half + tolerance)
    throw std::runtime_error("the source of randomness is skewed");
}

}  // namespace guerdon
