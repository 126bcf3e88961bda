// The rows of hard deletes: one a run, and one a subject that is not done with yet. SQL only.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "guerdon/codec.hpp"
#include "guerdon/purge.hpp"

namespace guerdon {

struct PurgeRunTag {
  static constexpr std::string_view prefix = "prg";
};
using PurgeRunId = Id<PurgeRunTag>;

enum class PurgeState { running, done, refused };
BOOST_DESCRIBE_ENUM(PurgeState, running, done, refused)

enum class PurgeStage { users, events, answers, tidy };
BOOST_DESCRIBE_ENUM(PurgeStage, users, events, answers, tidy)

struct PurgeRun {
  PurgeRunId id;
  PurgeState state = PurgeState::running;
  PurgeStage stage = PurgeStage::users;
  std::optional<std::string> refusal;
  Instant until_at;  ///< who was softly deleted by then is due
  std::int64_t due_users = 0, due_events = 0;
  std::int64_t users = 0, events = 0;  ///< removed so far
  std::int64_t failed = 0;             ///< of either, put aside until the next run
  json::object counts;                 ///< rows by table
  Bytes answers_after;
  std::optional<std::string> confirmed_by;
  Instant started_at;
  std::optional<Instant> finished_at;
};
BOOST_DESCRIBE_STRUCT(PurgeRun, (),
                      (id, state, stage, refusal, until_at, due_users, due_events, users, events, failed, counts,
                       answers_after, confirmed_by, started_at, finished_at))

/// The last one, by number. False where another run is under way. For whoever holds the row of the job.
[[nodiscard]] bool add_run(Tx& tx, const PurgeRun& run);
/// The one under way, which nobody else works on until the commit.
[[nodiscard]] std::optional<PurgeRun> lock_running(Tx& tx);
[[nodiscard]] std::optional<PurgeRun> find_last_run(Snapshot& snapshot);
/// Newest first, as they were begun: an id goes by the clock, which may have gone back.
[[nodiscard]] std::vector<PurgeRun> page_runs(Snapshot& snapshot, std::optional<Uuid> before, std::int64_t limit);
void save_run(Tx& tx, const PurgeRun& run);

/// Users or events that the run under way, or the last one, could not remove.
void add_failure(Tx& tx, std::string_view kind, const Uuid& id);
[[nodiscard]] std::set<Uuid> list_failures(Snapshot& snapshot, std::string_view kind);
void forget_failures(Tx& tx);

/// Something that exists no more, and of which rows are left.
struct PurgeRemains {
  Uuid id;
  json::object counts;
  json::object message_keys;  ///< each with null: a set
};
BOOST_DESCRIBE_STRUCT(PurgeRemains, (), (id, counts, message_keys))

/// The first that the run under way has not failed at.
[[nodiscard]] std::optional<PurgeRemains> find_remains(Snapshot& snapshot, std::string_view kind);
void save_remains(Tx& tx, std::string_view kind, const PurgeRemains& remains);
void end_remains(Tx& tx, std::string_view kind, const Uuid& id);

/// Adds counts to counts.
void add_counts(json::object& sum, const PurgeCounts& counts);
[[nodiscard]] PurgeCounts counts_of(const json::object& stored);

[[nodiscard]] json::object set_of(const std::vector<std::string>& names);
[[nodiscard]] std::vector<std::string> names_of(const json::object& set);

}  // namespace guerdon
