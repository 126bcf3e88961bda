// Takes the results of one pipeline in order and keeps the first error: what follows it was skipped by the server.
#pragma once

#include <optional>

#include "store/postgres/link.hpp"

namespace guerdon::store::postgres {

class Answers {
 public:
  explicit Answers(Link& link) : link_(link) {}

  /// The next result, or null when it is an error or was skipped. Throws StatementError when the connection is lost.
  ResultPtr next();
  /// Takes everything up to the end of the pipeline; throws the first error, if there was one.
  void finish();

  [[nodiscard]] const std::optional<StatementError>& error() const noexcept { return error_; }

 private:
  ResultPtr receive();

  Link& link_;
  std::optional<StatementError> error_;
};

}  // namespace guerdon::store::postgres
