// See attempt.hpp.
#include "guerdon/attempt.hpp"

#include <new>

#include "telemetry/log.hpp"

namespace guerdon {
namespace {

/// Empty when nothing went wrong.
std::optional<std::string> error_of(Tx& tx, FunctionRef<void()> fn) {
  try {
    (void)tx.savepoint([&]() -> Result<void> {
      fn();
      return {};
    });
    return std::nullopt;
  } catch (const StoreError& error) {
    const bool is_of_its_own = error.kind() == StoreError::Kind::constraint || error.kind() == StoreError::Kind::broken;
    if (!is_of_its_own) throw;
    return error.what();
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace

bool attempt(Tx& tx, const std::string& what, FunctionRef<void()> fn) {
  const auto error = error_of(tx, fn);
  if (!error) return true;
  tx.on_commit([what, text = *error] {
    log::error("bus", "background work was put aside and is tried again later", {{"of", what}, {"error", text}});
  });
  return false;
}

}  // namespace guerdon
