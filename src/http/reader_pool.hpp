// Readers for threads that read now and then: each is one thread's while it is lent. Where they wait for a connection,
// they do it on the borrower's thread.
#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "guerdon/store.hpp"

namespace guerdon::http {

/// Thread-safe. As many readers come to be as were ever lent at once.
class ReaderPool {
 public:
  explicit ReaderPool(Database& database) : database_(database) {}

  /// Runs `fn` with a reader; throws what opening one or `fn` throws.
  template <class F>
  void with_reader(F fn) {
    auto reader = take();
    try {
      fn(*reader);
    } catch (...) {
      give_back(std::move(reader));
      throw;
    }
    give_back(std::move(reader));
  }

 private:
  std::unique_ptr<Reader> take() {
    {
      const std::lock_guard lock{mutex_};
      if (!idle_.empty()) {
        auto reader = std::move(idle_.back());
        idle_.pop_back();
        return reader;
      }
    }
    return database_.open_reader();
  }
  void give_back(std::unique_ptr<Reader> reader) {
    reader->release();
    const std::lock_guard lock{mutex_};
    idle_.push_back(std::move(reader));
  }

  Database& database_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Reader>> idle_;
};

}  // namespace guerdon::http
