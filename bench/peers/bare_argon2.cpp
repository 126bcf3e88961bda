// The peer of goal 8: passwords verified by libsodium on every core and nothing else, at the server's cost. As it
// comes, or with its memory kept from one hash to the next, as the server does it.
//   bench_bare_argon2 SECONDS [kept]
#include <sodium.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "guerdon/password.hpp"

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
double rate_of(std::size_t threads, double seconds, bool keeps_memory) {
  const auto hash = hashed();
  std::atomic<std::size_t> done{0};
  std::vector<std::thread> workers;
  const auto begin = Clock::now();
  const auto end = begin + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  for (std::size_t i = 0; i < threads; ++i)
    workers.emplace_back([&] {
      while (Clock::now() < end) {
        const bool is_right = keeps_memory
                                  ? guerdon::verify_password(hash.c_str(), password)
                                  : crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
        done += is_right ? 1 : 0;
      }
    });
  for (auto& worker : workers) worker.join();
  return static_cast<double>(done) / std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const bool keeps_memory = argc == 3 && std::string_view{argv[2]} == "kept";
    if (argc != (keeps_memory ? 3 : 2)) throw std::invalid_argument("bench_bare_argon2 SECONDS [kept]");
    std::printf("{\"rate\":%.1f}\n", rate_of(std::thread::hardware_concurrency(), std::stod(argv[1]), keeps_memory));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_bare_argon2: %s\n", error.what());
    return 64;
  }
}
