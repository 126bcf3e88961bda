#include "support/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>

#include "support/kept_logs.hpp"
#include "support/paths.hpp"

namespace guerdon::test {
namespace {

constexpr std::chrono::seconds longest_line{60};

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    read = ends[0];
    write = ends[1];
  }
  int read, write;
};

std::vector<std::string> environment_of(const ProcessOptions& options) {
  std::vector<std::string> lines;
  for (const char* const name : {"PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"}) {
    if (const char* const value = std::getenv(name)) lines.push_back(std::string{name} + "=" + value);
  }
  for (const auto& [name, value] : options.environment) lines.push_back(name + "=" + value);
  return lines;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

void feed(int descriptor, const std::string& text) {
  // What the pipe holds is enough for every test; a child that does not read is no reason to wait.
  static_cast<void>(::write(descriptor, text.data(), text.size()) >= 0);
  ::close(descriptor);
}

}  // namespace

Process::Process(const ProcessOptions& options) : is_guerdon_(options.program.empty()) {
  Pipe in, out, err;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.read, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.write, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.write, STDERR_FILENO);
  if (!options.folder.empty()) posix_spawn_file_actions_addchdir_np(&actions, options.folder.c_str());
  const std::string program = options.program.empty() ? GUERDON_BINARY : options.program;
  std::vector<std::string> words{program};
  words.insert(words.end(), options.arguments.begin(), options.arguments.end());
  auto variables = environment_of(options);
  const int error =
      ::posix_spawn(&id_, program.c_str(), &actions, nullptr, pointers(words).data(), pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  for (const int end : {in.read, out.write, err.write}) ::close(end);
  if (error != 0) throw std::runtime_error("can't start " + program);
  feed(in.write, options.input);
  out_reader_ = std::thread{[this, end = out.read] { follow(end, out_); }};
  err_reader_ = std::thread{[this, end = err.read] { follow(end, err_); }};
}

Process::~Process() {
  if (!status_) {
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }
  if (out_reader_.joinable()) out_reader_.join();
  if (err_reader_.joinable()) err_reader_.join();
  if (is_guerdon_) keep_log(err_.text);
}

void Process::follow(int descriptor, Stream& stream) {
  std::array<char, 4096> part{};
  while (true) {
    const auto got = ::read(descriptor, part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    const std::lock_guard lock{mutex_};
    if (got > 0)
      stream.text.append(part.data(), static_cast<std::size_t>(got));
    else
      stream.is_open = false;
    changed_.notify_all();
    if (got <= 0) break;
  }
  ::close(descriptor);
}

void Process::signal(int number) const { ::kill(id_, number); }

// By its descriptor, so that nothing has to be polled in a loop.
bool Process::has_ended(std::chrono::milliseconds limit) const {
  const int descriptor = static_cast<int>(::syscall(SYS_pidfd_open, id_, 0));
  pollfd wait{.fd = descriptor, .events = POLLIN, .revents = 0};
  const int ready = ::poll(&wait, 1, static_cast<int>(limit.count()));
  ::close(descriptor);
  return ready > 0;
}

Exit Process::wait(std::chrono::seconds limit) {
  if (!has_ended(limit)) {
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
    status_ = SIGKILL;
    throw std::runtime_error("the process does not end; it said: " + errors());
  }
  int status = 0;
  ::waitpid(id_, &status, 0);
  status_ = status;
  out_reader_.join();
  err_reader_.join();
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return {code, out_.text, err_.text};
}

std::string Process::wait_for_line(const std::string& text) {
  std::unique_lock lock{mutex_};
  const auto deadline = std::chrono::steady_clock::now() + longest_line;
  while (true) {
    const auto found = err_.text.find(text);
    const auto end = found == err_.text.npos ? err_.text.npos : err_.text.find('\n', found);
    if (end != err_.text.npos) {
      const auto before = err_.text.rfind('\n', found);
      const auto begin = before == err_.text.npos ? 0 : before + 1;
      return err_.text.substr(begin, end - begin);
    }
    const bool is_over = !err_.is_open || changed_.wait_until(lock, deadline) == std::cv_status::timeout;
    if (is_over) throw std::runtime_error("no line with '" + text + "', but: " + err_.text);
  }
}

std::string Process::errors() const {
  const std::lock_guard lock{mutex_};
  return err_.text;
}

Exit run_guerdon(const ProcessOptions& options) { return Process{options}.wait(); }

}  // namespace guerdon::test
