#include "base/hash_memory.hpp"

#include <sys/mman.h>

#include <cstddef>
#include <cstring>
#include <utility>

#include "guerdon/password.hpp"

// The linker's names: what is called mmap in the objects it links leads to __wrap_mmap, and __real_mmap to the system.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" {
void* __real_mmap(void* address, std::size_t size, int protection, int flags, int file, off_t offset);
int __real_munmap(void* address, std::size_t size);
}

namespace guerdon {
namespace {

constexpr std::size_t worth_keeping = std::size_t{256} * 1024;

struct Block {
  void* memory = nullptr;
  std::size_t size = 0;

  friend bool operator==(const Block&, const Block&) = default;
};

// Without destructors: whoever else maps memory while the thread ends comes by here. One of the two is empty.
thread_local Block kept, in_use;
thread_local bool keeps = false;

/// Lets go when the thread ends.
struct AtThreadsEnd {
  ~AtThreadsEnd() { release_password_memory(); }
};

/// What a hash asks for; an allocator that happens to be called meanwhile does not ask for it to be there at once.
bool is_asked_for_by_hash(const void* address, std::size_t size, int flags, int file) {
  return keeps && address == nullptr && size >= worth_keeping && file == -1 && (flags & MAP_POPULATE) != 0 &&
         in_use.memory == nullptr;
}

/// In whole huge pages where the system has them for who asks: fewer page faults, and fewer misses in the TLB.
void* map(std::size_t size, int protection, int flags) {
  void* const memory = __real_mmap(nullptr, size, protection, flags & ~MAP_POPULATE, -1, 0);
  if (memory != MAP_FAILED) static_cast<void>(madvise(memory, size, MADV_HUGEPAGE));  // NOLINT(*-cstyle-cast,*-casting)
  return memory;
}

}  // namespace

KeepsHashMemory::KeepsHashMemory() noexcept {
  static thread_local const AtThreadsEnd at_threads_end;
  static_cast<void>(at_threads_end);
  keeps = true;
}

KeepsHashMemory::~KeepsHashMemory() { keeps = false; }

void release_password_memory() noexcept {
  const auto [memory, size] = std::exchange(kept, {});
  if (memory != nullptr) static_cast<void>(__real_munmap(memory, size));
}

}  // namespace guerdon

extern "C" {

void* __wrap_mmap(void* address, std::size_t size, int protection, int flags, int file, off_t offset);
void* __wrap_mmap(void* address, std::size_t size, int protection, int flags, int file, off_t offset) {
  using namespace guerdon;
  if (!is_asked_for_by_hash(address, size, flags, file))
    return __real_mmap(address, size, protection, flags, file, offset);
  if (kept.size != size) release_password_memory();
  void* const memory = kept.memory != nullptr ? std::exchange(kept, {}).memory : map(size, protection, flags);
  if (memory != MAP_FAILED) in_use = {memory, size};  // NOLINT(*-cstyle-cast,*-casting)
  return memory;
}

int __wrap_munmap(void* address, std::size_t size);
int __wrap_munmap(void* address, std::size_t size) {
  using namespace guerdon;
  if (address == nullptr || in_use != Block{address, size}) return __real_munmap(address, size);
  explicit_bzero(address, size);
  kept = std::exchange(in_use, {});
  return 0;
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
