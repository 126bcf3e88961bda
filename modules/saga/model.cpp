#include "model.hpp"

#include <algorithm>
#include <cstring>

namespace guerdon::saga {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds first_wait{200};

}  // namespace

bool is_store_wide(StoreError::Kind kind) noexcept {
  switch (kind) {
    case StoreError::Kind::unavailable:
    case StoreError::Kind::overloaded:
    case StoreError::Kind::storage_full:
    case StoreError::Kind::conflict:
    case StoreError::Kind::commit_unknown:
      return true;
    case StoreError::Kind::constraint:
    case StoreError::Kind::overrun:
    case StoreError::Kind::broken:
      return false;
  }
  return false;
}

milliseconds wait_after(int failures, Random& random) {
  milliseconds bound = first_wait;
  for (int i = 1; i < failures && bound < longest_wait; ++i) bound *= 2;
  bound = std::min(bound, longest_wait);
  const auto bytes = random_bytes<sizeof(std::uint64_t)>(random);
  std::uint64_t number = 0;
  std::memcpy(&number, bytes.data(), sizeof number);
  return milliseconds{1 + static_cast<std::int64_t>(number % static_cast<std::uint64_t>(bound.count()))};
}

}  // namespace guerdon::saga
