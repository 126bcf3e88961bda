// See line_stream.hpp.
#include "runtime/line_stream.hpp"

#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>

namespace guerdon {

LineStream::LineStream(const FileHandle& socket, std::optional<int> timeout_seconds) : socket_(socket) {
  if (!timeout_seconds) return;
  const timeval limit{.tv_sec = *timeout_seconds, .tv_usec = 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

std::optional<std::string> LineStream::read() {
  std::array<char, 4096> part{};
  std::size_t end = ahead_.find('\n');
  while (end == ahead_.npos) {
    if (ahead_.size() > max_line) return std::nullopt;
    const auto got = ::recv(socket_.get(), part.data(), part.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::nullopt;
    const auto before = ahead_.size();
    ahead_.append(part.data(), static_cast<std::size_t>(got));
    end = ahead_.find('\n', before);
  }
  std::string line = ahead_.substr(0, end);
  ahead_.erase(0, end + 1);
  return line;
}

bool LineStream::write(std::string_view line) {
  const std::string text = std::string{line} + "\n";
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto put = ::send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    rest.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

}  // namespace guerdon
