// The peer of goals 1 and 15: Boost.Beast as its examples use it, a coroutine a connection, one shared io_context, a
// thread a core, and always the same JSON. No routing, no token, no store.
//   bench_bare_beast PORT BODY_BYTES
#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

http::response<http::string_body> answer(const http::request<http::string_body>& request, const std::string& body) {
  http::response<http::string_body> response{http::status::ok, request.version()};
  response.set(http::field::server, "bare");
  response.set(http::field::content_type, "application/json");
  response.keep_alive(request.keep_alive());
  response.body() = body;
  response.prepare_payload();
  return response;
}

// Only named locals inside an awaiting expression: g++ 12 destroys some temporaries twice.
asio::awaitable<void> serve(beast::tcp_stream stream, const std::string& body) {
  beast::flat_buffer buffer;
  for (bool goes_on = true; goes_on;) {
    stream.expires_after(std::chrono::seconds{30});
    http::request<http::string_body> request;
    const auto [read_error, read_bytes] = co_await http::async_read(stream, buffer, request, as_result);
    if (read_error) break;
    auto response = answer(request, body);
    goes_on = response.keep_alive();
    const auto [write_error, written_bytes] = co_await http::async_write(stream, response, as_result);
    if (write_error) break;
  }
  beast::error_code ignored;
  stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
}

asio::awaitable<void> listen(tcp::acceptor& acceptor, const std::string& body) {
  for (;;) {
    auto strand = asio::make_strand(acceptor.get_executor());
    auto [error, socket] = co_await acceptor.async_accept(strand, as_result);
    if (error) co_return;
    beast::tcp_stream stream{std::move(socket)};
    asio::co_spawn(strand, serve(std::move(stream), body), asio::detached);
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 3) throw std::invalid_argument("bench_bare_beast PORT BODY_BYTES");
    const auto port = static_cast<std::uint16_t>(std::stoi(argv[1]));
    constexpr std::string_view begin = R"({"text":")", end = R"("})";
    const auto filling = std::max(std::stoul(argv[2]), begin.size() + end.size()) - begin.size() - end.size();
    const auto body = std::string{begin} + std::string(filling, 'x') + std::string{end};
    const auto cores = std::max(1U, std::thread::hardware_concurrency());
    asio::io_context loop{static_cast<int>(cores)};
    tcp::acceptor acceptor{loop, {asio::ip::make_address("127.0.0.1"), port}};
    asio::co_spawn(loop, listen(acceptor, body), asio::detached);
    std::vector<std::thread> threads;
    for (unsigned i = 1; i < cores; ++i) threads.emplace_back([&loop] { loop.run(); });
    loop.run();
    for (auto& thread : threads) thread.join();
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_bare_beast: %s\n", error.what());
    return 1;
  }
}
