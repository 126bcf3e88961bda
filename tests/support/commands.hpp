// Commands for tests: made of a function, their end awaited; and one that keeps the writer busy, so that others queue
// up behind it and share a commit.
#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <utility>

#include "guerdon/store.hpp"

namespace guerdon::test {

class FunctionCommand final : public Command {
 public:
  using Run = std::function<bool(Tx&)>;
  using Done = std::function<void(std::exception_ptr)>;

  FunctionCommand(Run run, Done done, Lane lane = Lane::request, std::chrono::milliseconds patience = {})
      : run_(std::move(run)), done_(std::move(done)), lane_(lane), patience_(patience) {}

  [[nodiscard]] Lane lane() const noexcept override { return lane_; }
  [[nodiscard]] std::chrono::milliseconds patience() const noexcept override { return patience_; }
  bool run(Tx& tx) override { return run_(tx); }
  void done(std::exception_ptr failure) noexcept override { done_(std::move(failure)); }

 private:
  Run run_;
  Done done_;
  Lane lane_;
  std::chrono::milliseconds patience_;
};

/// Queues a command; the future ends as the command does.
inline std::future<void> submit(Database& database, FunctionCommand::Run run, Lane lane = Lane::request,
                                std::chrono::milliseconds patience = {}) {
  auto promise = std::make_shared<std::promise<void>>();
  auto future = promise->get_future();
  database.submit(std::make_unique<FunctionCommand>(
      std::move(run),
      [promise](std::exception_ptr failure) {
        if (failure)
          promise->set_exception(std::move(failure));
        else
          promise->set_value();
      },
      lane, patience));
  return future;
}

/// Waits with a limit that only a hang reaches.
template <class T>
[[nodiscard]] bool ends(std::future<T>& future) {
  return future.wait_for(std::chrono::seconds{60}) == std::future_status::ready;
}

/// Why it failed, or nothing.
[[nodiscard]] inline std::optional<StoreError::Kind> failure_of(std::future<void>& future) {
  try {
    future.get();
  } catch (const StoreError& error) {
    return error.kind();
  }
  return std::nullopt;
}

/// While it exists and is closed, the store is busy with one command; made, it waits until that one runs.
class BusyStore {
 public:
  explicit BusyStore(Database& database) {
    auto began = std::make_shared<std::promise<void>>();
    auto running = began->get_future();
    held_ = submit(database, [began, opened = opened_.get_future().share()](Tx&) mutable {
      if (began) began->set_value();
      began = nullptr;  // commands may run more than once
      opened.wait();
      return true;
    });
    running.wait();
  }
  BusyStore(const BusyStore&) = delete;
  BusyStore& operator=(const BusyStore&) = delete;
  ~BusyStore() { let_go(); }

  void let_go() {
    if (!held_.valid()) return;
    opened_.set_value();
    held_.wait();
    held_ = {};
  }

 private:
  std::promise<void> opened_;
  std::future<void> held_;
};

}  // namespace guerdon::test
