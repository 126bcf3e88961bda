// Puts acceptor and threads together, and takes them apart in order.
#include "http/server.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>
#include <cstring>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "guerdon/random.hpp"
#include "http/acceptor.hpp"
#include "http/connection_limits.hpp"
#include "http/io_thread.hpp"

namespace guerdon::http {

namespace {

constexpr std::size_t spare_files = 50;  // for the store, the log and whatever else opens files

std::size_t connection_limit(std::size_t wanted) {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY) return wanted;
  const auto most = static_cast<std::size_t>(files.rlim_cur);
  return std::min(wanted, most > 2 * spare_files ? most - spare_files : most / 2);
}

ServerOptions with_seed(ServerOptions options) {
  if (options.request_id_seed == 0) {
    const auto bytes = random_bytes<sizeof options.request_id_seed>(*system_random());
    std::memcpy(&options.request_id_seed, bytes.data(), bytes.size());
  }
  return options;
}

}  // namespace

struct Server::Impl {
  Impl(ServerOptions given, HandlerFactory factory)
      : options(with_seed(std::move(given))),
        make_handler(std::move(factory)),
        limits(connection_limit(options.max_connections), options.max_connections_per_address) {
    const auto wanted = options.threads > 0 ? options.threads : std::thread::hardware_concurrency();
    for (std::size_t i = 0; i < std::max<std::size_t>(wanted, 1); ++i)
      counts.push_back(std::make_unique<RequestCounts>(options.routes));
  }

  // Runs on the first thread, which owns the acceptor.
  void on_first_thread(std::function<void()> action) { boost::asio::post(threads.front()->loop(), std::move(action)); }

  const ServerOptions options;
  const HandlerFactory make_handler;
  ConnectionLimits limits;
  std::vector<std::unique_ptr<RequestCounts>> counts;  // one a thread; they outlive the threads
  std::vector<std::unique_ptr<IoThread>> threads;
  std::size_t next_thread = 0;  // the acceptor's
  std::unique_ptr<Acceptor> acceptor;
  std::atomic<std::uint16_t> port{0};
  std::mutex stopping;
};

Server::Server(ServerOptions options, HandlerFactory make_handler)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(make_handler))) {}

Server::~Server() { stop(); }

void Server::start() {
  auto& impl = *impl_;
  for (std::size_t i = 0; i < impl.counts.size(); ++i) {
    impl.threads.push_back(std::make_unique<IoThread>(impl.options, i, *impl.counts[i]));
  }
  const auto adopt = [&impl](Descriptor socket, const Address& peer, ConnectionLimits::Slot slot) {
    impl.threads[impl.next_thread]->adopt(std::move(socket), peer, std::move(slot));
    impl.next_thread = (impl.next_thread + 1) % impl.threads.size();
  };
  impl.acceptor = std::make_unique<Acceptor>(impl.threads.front()->loop(), impl.options, impl.limits, adopt);
  for (auto& thread : impl.threads) thread->start(impl.make_handler);
  impl.on_first_thread([&impl] { impl.acceptor->start(); });
  impl.port = impl.acceptor->port();
}

std::uint16_t Server::port() const { return impl_->port; }

bool Server::drain(std::chrono::milliseconds limit) {
  auto& impl = *impl_;
  if (impl.threads.empty()) return true;
  const auto until = std::chrono::steady_clock::now() + limit;
  std::promise<void> closed;
  impl.on_first_thread([&] {
    impl.acceptor->close();
    for (auto& thread : impl.threads) thread->drain();
    closed.set_value();
  });
  closed.get_future().wait();
  const auto left = until - std::chrono::steady_clock::now();
  return impl.limits.wait_until_empty(std::chrono::duration_cast<std::chrono::milliseconds>(left));
}

void Server::stop() {
  auto& impl = *impl_;
  const std::lock_guard lock{impl.stopping};
  for (auto& thread : impl.threads) thread->stop();
  impl.acceptor.reset();
  impl.threads.clear();
}

std::size_t Server::open_connections() const { return impl_->limits.open(); }

RequestCounts::Reading Server::counts() const {
  RequestCounts::Reading reading;
  for (const auto& of_thread : impl_->counts) of_thread->read(reading);
  return reading;
}

ConnectionLimits::Refusals Server::refused_connections() const { return impl_->limits.refused(); }

std::uint64_t Server::bytes_received() const {
  std::uint64_t bytes = 0;
  for (const auto& thread : impl_->threads) bytes += thread->bytes_received();
  return bytes;
}

void Server::check_deadlines() {
  for (auto& thread : impl_->threads) thread->sweep_and_wait();
}

}  // namespace guerdon::http
