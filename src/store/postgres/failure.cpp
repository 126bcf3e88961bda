#include "store/postgres/failure.hpp"

namespace guerdon::store::postgres {

Failure classify(std::string_view code) noexcept {
  using Kind = StoreError::Kind;
  if (code.empty() || code.starts_with("08")) return {Kind::unavailable, Remedy::reconnect};
  // Shut down, crashed, starting up, session ended by a time-out of the server.
  if (code.starts_with("57P") || code == "25P03") return {Kind::unavailable, Remedy::reconnect};
  // A read-only server was a primary once: the new one has to be found.
  if (code == "25006") return {Kind::unavailable, Remedy::reconnect};
  // Statements prepared before a migration, or lost by a pooler.
  if (code == "0A000" || code == "26000") return {Kind::broken, Remedy::reconnect};
  if (code == "40001" || code == "40P01") return {Kind::conflict, Remedy::retry};
  if (code == "55P03") return {Kind::conflict, Remedy::none};
  if (code.starts_with("23")) return {Kind::constraint, Remedy::none};
  if (code == "57014") return {Kind::overrun, Remedy::none};
  if (code == "53100") return {Kind::storage_full, Remedy::none};
  if (code.starts_with("53")) return {Kind::overloaded, Remedy::none};
  return {Kind::broken, Remedy::none};
}

Failure failure_of(StoreError::Kind kind) noexcept {
  if (kind == StoreError::Kind::unavailable) return {kind, Remedy::reconnect};
  if (kind == StoreError::Kind::conflict) return {kind, Remedy::retry};
  return {kind, Remedy::none};
}

}  // namespace guerdon::store::postgres
