// From PostgreSQL's SQLSTATE codes to the store's own kinds of failure, and what can be done about each.
#pragma once

#include <string>
#include <string_view>

#include "guerdon/store.hpp"

namespace guerdon::store::postgres {

/// What a failure means for the transaction it happened in.
enum class Remedy {
  none,       ///< the statement failed; a savepoint can undo it
  retry,      ///< serialisation failure or deadlock: the whole transaction has to run again
  reconnect,  ///< the session is of no more use: a new one is needed, and the transaction has to run again
};

struct Failure {
  StoreError::Kind kind;
  Remedy remedy;
};

/// A statement that PostgreSQL refused, or a connection that broke.
class StatementError final : public StoreError {
 public:
  StatementError(Failure failure, const std::string& what, std::string_view sqlstate = {})
      : StoreError(failure.kind, what), failure_(failure), sqlstate_(sqlstate) {}
  [[nodiscard]] Remedy remedy() const noexcept { return failure_.remedy; }
  [[nodiscard]] const std::string& sqlstate() const noexcept { return sqlstate_; }

 private:
  Failure failure_;
  std::string sqlstate_;
};

/// An empty code is an error that libpq found itself: the connection is gone.
[[nodiscard]] Failure classify(std::string_view sqlstate) noexcept;

/// The failure that a made-up error of this kind stands for.
[[nodiscard]] Failure failure_of(StoreError::Kind kind) noexcept;

}  // namespace guerdon::store::postgres
