// /ok answers {"ok":true}, /echo its body, /who the client, /big/<n> so many bytes, /later/<name> when told to, /throw
// throws, everything else is 404. Bodies may have 64 KiB, on /small 10 bytes; /secret refuses without seeing a body.
#include "support/toy_handler.hpp"

#include <stdexcept>
#include <thread>
#include <utility>

namespace guerdon::test {

class ToyHandler final : public http::Handler {
 public:
  explicit ToyHandler(ToyDesk& desk) : desk_(desk) {}

  http::Screening screen(const http::Head&, const http::Target& target, std::string_view id,
                         bool before_body) override {
    if (before_body && target.path() == "/secret")
      return {0, http::problem_response(Error{problems::unauthenticated}, id)};
    return {target.path() == "/small" ? std::size_t{10} : http::max_body};
  }

  std::optional<http::Response> handle(const http::Incoming& request, http::Later later) override {
    const std::string path{request.target.path()};
    {
      const std::lock_guard lock{desk_.mutex_};
      desk_.seen_ += path + " ";
    }
    if (path == "/ok") return http::Response{.body = R"({"ok":true})"};
    if (path == "/echo" || path == "/small") return http::Response{.body = std::string{request.body}};
    if (path == "/who") return http::Response{.body = request.peer.to_string()};
    if (path == "/throw") throw std::runtime_error("on purpose");
    if (path == "/bad-header") {
      return http::Response{.status = 204, .headers = {{"X-Bad", "a\r\nSet-Cookie: b"}}};
    }
    if (path.starts_with("/big/")) return http::Response{.body = std::string(std::stoul(path.substr(5)), 'x')};
    if (path.starts_with("/later/")) {
      auto ticket = later(problems::unavailable);
      const std::lock_guard lock{desk_.mutex_};
      desk_.tickets_.emplace(path.substr(7), std::move(ticket));
      desk_.arrived_.notify_all();
      return std::nullopt;
    }
    return http::problem_response(problems::not_found, request.request_id);
  }

  void idle() noexcept override {}

 private:
  ToyDesk& desk_;
};

http::Ticket ToyDesk::take(const std::string& name) {
  const std::lock_guard lock{mutex_};
  return std::move(tickets_.extract(name).mapped());
}

void ToyDesk::wait_for(const std::string& name) {
  std::unique_lock lock{mutex_};
  const bool came = arrived_.wait_for(lock, std::chrono::seconds{20}, [&] { return tickets_.contains(name); });
  if (!came) throw std::runtime_error("no request for /later/" + name);
}

void ToyDesk::answer(const std::string& name, http::Response response) {
  wait_for(name);
  take(name).answer(std::move(response));
}

void ToyDesk::drop(const std::string& name) {
  wait_for(name);
  const auto dropped = take(name);
}

std::string ToyDesk::seen() const {
  const std::lock_guard lock{mutex_};
  return seen_;
}

http::HandlerFactory ToyDesk::factory() {
  return [this] { return std::make_unique<ToyHandler>(*this); };
}

namespace {

http::ServerOptions on_free_port(http::ServerOptions options, ManualSteadyClock& clock) {
  options.listen = {.host = "127.0.0.1", .port = 0};
  options.threads = 1;
  options.monotonic = [&clock] { return clock.now(); };
  return options;
}

}  // namespace

ToyServer::ToyServer(http::ServerOptions options) : server(on_free_port(std::move(options), clock), desk.factory()) {
  server.start();
}

void ToyServer::deliver(RawClient& client, const std::string& bytes) const {
  const auto wanted = server.bytes_received() + bytes.size();
  client.send(bytes);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (server.bytes_received() < wanted) {
    if (std::chrono::steady_clock::now() > until) throw std::runtime_error("the server has not read what was sent");
    std::this_thread::yield();
  }
}

void ToyServer::pass(std::chrono::milliseconds time) {
  server.check_deadlines();  // whatever is in hand belongs to the time before
  clock.advance(time);
  server.check_deadlines();
}

}  // namespace guerdon::test
