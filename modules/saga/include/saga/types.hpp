// What a saga looks like from outside: its name, its states, the record of every step.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guerdon/codec.hpp"
#include "guerdon/ids.hpp"
#include "guerdon/time.hpp"

namespace guerdon::saga {

struct SagaTag {
  static constexpr std::string_view prefix = "sga";
};
using SagaId = Id<SagaTag>;

enum class SagaState {
  running,       ///< applying its steps
  compensating,  ///< undoing them, in reverse
  succeeded,     ///< every step is applied
  failed         ///< none is
};
BOOST_DESCRIBE_ENUM(SagaState, running, compensating, succeeded, failed)

enum class StepState {
  pending,
  applied,
  failed,  ///< turned the saga round, and what it had done so far is undone first
  undone
};
BOOST_DESCRIBE_ENUM(StepState, pending, applied, failed, undone)

/// How many rows of which table a saga has changed.
using Receipt = std::map<std::string, std::int64_t>;

struct StepRecord {
  std::string name;
  StepState state = StepState::pending;
  int attempts = 0;                  ///< begun, to apply or to undo it
  std::optional<std::string> error;  ///< of the last attempt that failed
  std::optional<Instant> started_at, finished_at;
};
BOOST_DESCRIBE_STRUCT(StepRecord, (), (name, state, attempts, error, started_at, finished_at))

struct SagaRecord {
  SagaId id;
  std::string type;
  SagaState state = SagaState::running;
  std::optional<UserId> user_id;
  std::vector<StepRecord> steps;
  Receipt receipt;
  Instant created_at;
  std::optional<Instant> next_at;  ///< when it goes on; nothing once it has ended
  std::optional<Instant> finished_at;
};
BOOST_DESCRIBE_STRUCT(SagaRecord, (), (id, type, state, user_id, steps, receipt, created_at, next_at, finished_at))

/// The reason where no rule refused: a step threw at every attempt, or the process ended at it again and again.
inline constexpr std::string_view step_failed = "step-failed";

/// Why a saga turned round.
struct SagaFailure {
  std::string step;
  std::string reason;  ///< the code of the refusal, or step_failed: no text of an error, which may speak of somebody
};

}  // namespace guerdon::saga
