// The peer of goal 8: passwords verified by libargon2 on every core and nothing else, at the server's cost.
//   bench_bare_argon2 SECONDS
#include <argon2.h>

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

constexpr std::uint32_t iterations = 2, memory_kib = 19'456, lanes = 1;
constexpr std::string_view password = "correct horse battery staple", salt = "sixteen bytes...";

std::string hashed() {
  std::string text(argon2_encodedlen(iterations, memory_kib, lanes, salt.size(), 32, Argon2_id), '\0');
  const int code = argon2id_hash_encoded(iterations, memory_kib, lanes, password.data(), password.size(), salt.data(),
                                         salt.size(), 32, text.data(), text.size());
  if (code != ARGON2_OK) throw std::runtime_error(argon2_error_message(code));
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
      for (; Clock::now() < end; ++done) argon2id_verify(hash.c_str(), password.data(), password.size());
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
