// A transaction id names one transaction only as long as the server did not crash: after a crash, ids that never
// reached the disk are given out again, and after a failover too. So "committed" is believed only on the same timeline
// and while some session that is older than the lost one is still alive. "Aborted" needs no such witness: had our
// transaction been durable, its id would never have been used again.
#include "store/postgres/commit_fate.hpp"

#include <optional>
#include <string>
#include <thread>
#include <tuple>

#include "store/postgres/backoff.hpp"

namespace guerdon::store::postgres {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds question_limit{2'000};
constexpr std::string_view id_in_the_future = "22023";

/// Nothing while it can't be told yet.
std::optional<Fate> ask(const CommitLost& lost, Session& session) {
  session.begin_read(question_limit);
  Snapshot snapshot{session, Moment{.now = {}, .ids = nullptr}};
  const auto [status, no_crash] = snapshot.get<std::tuple<std::optional<std::string>, bool>>(
      R"(SELECT pg_xact_status(CAST(CAST($1 AS text) AS xid8)),
                EXISTS (SELECT 1 FROM pg_stat_activity
                        WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
                          AND backend_start < CAST(CAST($2 AS text) AS timestamptz)))",
      lost.xid, lost.origin.started);
  session.rollback();
  if (!status) return Fate::unknown;
  if (*status == "aborted") return Fate::aborted;
  if (*status == "in progress") return std::nullopt;
  const bool same_history = no_crash && session.link().origin().timeline == lost.origin.timeline;
  return same_history ? Fate::committed : Fate::unknown;
}

}  // namespace

Fate find_fate(const CommitLost& lost, Session& session, milliseconds patience) {
  const auto deadline = steady_clock::now() + patience;
  Backoff backoff{milliseconds{20}, milliseconds{500}};
  while (true) {
    try {
      if (const auto fate = ask(lost, session)) return *fate;
    } catch (const StatementError& error) {
      session.rollback();
      if (error.sqlstate() == id_in_the_future) return Fate::aborted;
    }
    const auto pause = backoff.next();
    if (steady_clock::now() + pause > deadline) return Fate::unknown;
    std::this_thread::sleep_for(pause);
  }
}

}  // namespace guerdon::store::postgres
