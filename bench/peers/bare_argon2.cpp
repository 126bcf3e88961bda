// The peer of goal 8: passwords verified by libsodium on every core and nothing else, at the server's cost.
//   bench_bare_argon2 SECONDS
#include <sodium.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t iterations = 2, memory = 19'456 * 1024;
constexpr std::string_view password = "correct horse battery staple";

std::string hashed() {
  std::string text(crypto_pwhash_STRBYTES, '\0');
  if (sodium_init() < 0 || crypto_pwhash_str(text.data(), password.data(), password.size(), iterations, memory) != 0)
    throw std::runtime_error("no password can be hashed");
  return text;
}

/// Verifications a second of all threads; a thread's last one counts in full, and so does its time.
double rate_of(std::size_t threads, double seconds) {
  const auto hash = hashed();
  std::atomic<std::size_t> done{0};
  std::vector<std::thread> workers;
  const auto begin = Clock::now();
  const auto end = begin + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  for (std::size_t i = 0; i < threads; ++i)
    workers.emplace_back([&] {
      while (Clock::now() < end)
        done += crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0 ? 1 : 0;
    });
  for (auto& worker : workers) worker.join();
  return static_cast<double>(done) / std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 2) throw std::invalid_argument("bench_bare_argon2 SECONDS");
    std::printf("{\"rate\":%.1f}\n", rate_of(std::thread::hardware_concurrency(), std::stod(argv[1])));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_bare_argon2: %s\n", error.what());
    return 64;
  }
}
