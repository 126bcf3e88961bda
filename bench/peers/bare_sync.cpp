// The disk by itself, for goal 6: as many pages as a claim adds to the log are written behind the last ones and synced,
// one after the other, in a file of which the space is there already, as a log's that began anew.
//   bench_bare_sync FILE SECONDS
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t pages_a_claim = 8, page = 4096, space = 64 * 1024 * 1024;

void check(bool is_done) {
  if (!is_done) throw std::system_error(errno, std::generic_category());
}

class File {
 public:
  explicit File(const char* path) : file_(open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    check(file_ >= 0);
    while (at_ < space) write();
    check(fsync(file_) == 0);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { close(file_); }

  void write() {
    check(pwrite(file_, bytes_.data(), bytes_.size(), static_cast<off_t>(at_)) == static_cast<ssize_t>(bytes_.size()));
    at_ += bytes_.size();
  }
  void sync() { check(fdatasync(file_) == 0); }
  void begin_anew_at_the_end() {
    if (at_ >= space) at_ = 0;
  }

 private:
  const int file_;
  const std::vector<char> bytes_ = std::vector<char>(pages_a_claim * page, 'x');
  std::size_t at_ = 0;
};

void measure(File& file, double seconds) {
  std::vector<double> times;
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  while (Clock::now() < end) {
    file.begin_anew_at_the_end();
    file.write();
    const auto begin = Clock::now();
    file.sync();
    times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
  }
  std::sort(times.begin(), times.end());
  std::printf("{\"p50\":%.0f,\"p99\":%.0f}\n", times[times.size() / 2], times[times.size() * 99 / 100]);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 3) throw std::invalid_argument("bench_bare_sync FILE SECONDS");
    File file{argv[1]};
    measure(file, std::stod(argv[2]));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_bare_sync: %s\n", error.what());
    return 1;
  }
}
