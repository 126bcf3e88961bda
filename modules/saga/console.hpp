// What operators see of sagas, and the one thing that they can do: have a stuck one try again now.
#pragma once

#include <boost/describe.hpp>

#include "guerdon/bus.hpp"
#include "guerdon/caller.hpp"
#include "guerdon/page.hpp"
#include "saga/types.hpp"

namespace guerdon::saga {

inline constexpr Problem saga_ended{409, "saga-ended"};

struct SagaPath {
  SagaId id;
};
BOOST_DESCRIBE_STRUCT(SagaPath, (), (id))

struct SagaListQuery : PageQuery {
  std::optional<SagaState> state;
  std::optional<UserId> user_id;
};
BOOST_DESCRIBE_STRUCT(SagaListQuery, (PageQuery), (state, user_id))

class Console {
 public:
  Console(Pumps& pumps, const CursorCodec& cursors) : pumps_(pumps), cursors_(cursors) {}

  /// Newest first. Errors: validation-failed for a foreign cursor.
  [[nodiscard]] Result<Page<SagaRecord>> list_sagas(Snapshot& snapshot, const SagaListQuery& query) const;
  /// Errors: not-found.
  [[nodiscard]] Result<SagaRecord> get_saga(Snapshot& snapshot, SagaId id) const;
  /// It goes on at once, with all the attempts that a step has. Recorded. Errors: not-found, saga-ended.
  [[nodiscard]] Result<SagaRecord> retry(Tx& tx, const Caller& caller, SagaId id) const;

 private:
  Pumps& pumps_;
  const CursorCodec& cursors_;
};

}  // namespace guerdon::saga
