#include "store/postgres/answers.hpp"

namespace guerdon::store::postgres {

ResultPtr Answers::receive() {
  try {
    return link_.receive();
  } catch (const StatementError&) {
    if (error_) throw StatementError{*error_};  // a farewell: the server said why before it hung up
    throw;
  }
}

ResultPtr Answers::next() {
  ResultPtr result = receive();
  switch (PQresultStatus(result.get())) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_EMPTY_QUERY:
      return result;
    case PGRES_PIPELINE_ABORTED:
      return nullptr;
    default:
      if (!error_) error_ = error_of(result.get());
      return nullptr;
  }
}

void Answers::finish() {
  while (PQresultStatus(receive().get()) != PGRES_PIPELINE_SYNC) {
  }
  if (error_) throw StatementError{*error_};
}

}  // namespace guerdon::store::postgres
