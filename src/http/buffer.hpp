// The bytes that a connection has received and not used yet, in one piece.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace guerdon::http {

/// Views of its data last until the next prepare().
class Buffer {
 public:
  static constexpr std::size_t ordinary = 8 * 1024;

  [[nodiscard]] std::string_view data() const { return {memory_.get() + begin_, end_ - begin_}; }
  [[nodiscard]] std::size_t size() const { return end_ - begin_; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }

  /// Room for the next read, at least a quarter of the ordinary size.
  [[nodiscard]] std::span<char> prepare() {
    constexpr std::size_t least = ordinary / 4;
    if (empty()) begin_ = end_ = 0;
    if (empty() && capacity_ > ordinary) resize(ordinary);
    if (capacity_ - end_ < least) {
      if (capacity_ - size() >= least && begin_ >= capacity_ / 2)
        move_to_front(memory_.get());
      else
        resize(std::max(ordinary, capacity_ * 2));
    }
    return {memory_.get() + end_, capacity_ - end_};
  }
  void commit(std::size_t bytes) { end_ += bytes; }
  void consume(std::size_t bytes) { begin_ += bytes; }

  /// Takes bytes out of the middle.
  void erase(std::size_t at, std::size_t bytes) {
    char* const from = memory_.get() + begin_ + at;
    std::memmove(from, from + bytes, size() - at - bytes);
    end_ -= bytes;
  }

 private:
  void move_to_front(char* target) {
    const auto bytes = size();
    if (bytes > 0) std::memmove(target, memory_.get() + begin_, bytes);
    begin_ = 0;
    end_ = bytes;
  }
  void resize(std::size_t capacity) {
    auto memory = std::make_unique_for_overwrite<char[]>(capacity);
    move_to_front(memory.get());
    memory_ = std::move(memory);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> memory_;
  std::size_t capacity_ = 0, begin_ = 0, end_ = 0;
};

}  // namespace guerdon::http
