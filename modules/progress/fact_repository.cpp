// SQL of facts: log-ins, sessions, activities, invitations, and the view progress_facts over all of them.
#include "fact_repository.hpp"

#include <algorithm>

namespace guerdon::progress {
namespace {

/// Where RFC 3339 ends: a bound for a period without an end, since an index has none in `$n IS NULL OR at < $n`.
constexpr Instant end_of_time{std::chrono::sys_days{std::chrono::year{9999} / 12 / 31}};

Instant end_of(const Interval& period) { return period.to.value_or(end_of_time); }

void append_times(std::vector<Fact>& facts, FactSource source, const std::vector<Instant>& times) {
  for (const Instant at : times) facts.push_back({.key = {.at = at, .source = source, .id = {}}});
}

void append_logins(Snapshot& snapshot, UserId user, const Interval& period, std::vector<Fact>& facts) {
  append_times(facts, FactSource::login,
               snapshot.list<Instant>("SELECT at FROM progress_logins WHERE user_id = $1 AND at >= $2 AND at < $3"
                                      " ORDER BY at",
                                      user, period.from, end_of(period)));
}

void append_sessions(Snapshot& snapshot, UserId user, const Interval& period, std::vector<Fact>& facts) {
  append_times(facts, FactSource::session,
               snapshot.list<Instant>("SELECT at FROM progress_sessions WHERE user_id = $1 AND deleted_by IS NULL"
                                      " AND at >= $2 AND at < $3 ORDER BY at",
                                      user, period.from, end_of(period)));
}

void append_activities(Snapshot& snapshot, UserId user, const Interval& period, const std::string& type,
                       std::vector<Fact>& facts) {
  const auto rows = snapshot.list<ActivityRow>(
      "SELECT id, source, external_id, user_id, type, at, attributes FROM progress_activities"
      " WHERE user_id = $1 AND type = $2 AND deleted_by IS NULL AND at >= $3 AND at < $4 ORDER BY at",
      user, type, period.from, end_of(period));
  for (const auto& row : rows) facts.push_back(fact_of(row));
}

struct Invited {
  UserId invitee_id;
  Instant at;
};
BOOST_DESCRIBE_STRUCT(Invited, (), (invitee_id, at))

void append_invited(std::vector<Fact>& facts, FactSource source, const std::vector<Invited>& invited) {
  for (const auto& one : invited)
    facts.push_back({.key = {.at = one.at, .source = source, .id = one.invitee_id.to_string()}});
}

void append_signups(Snapshot& snapshot, UserId user, const Interval& period, std::vector<Fact>& facts) {
  append_invited(facts, FactSource::signup,
                 snapshot.list<Invited>("SELECT invitee_id, signed_up_at FROM progress_invitations"
                                        " WHERE inviter_id = $1 AND deleted_by IS NULL AND NOT is_self"
                                        " AND signed_up_at >= $2 AND signed_up_at < $3",
                                        user, period.from, end_of(period)));
}

void append_first_logins(Snapshot& snapshot, UserId user, const Interval& period, std::vector<Fact>& facts) {
  append_invited(facts, FactSource::first_login,
                 snapshot.list<Invited>("SELECT invitee_id, first_login_at FROM progress_invitations"
                                        " WHERE inviter_id = $1 AND deleted_by IS NULL AND NOT is_self"
                                        " AND first_login_at >= $2 AND first_login_at < $3",
                                        user, period.from, end_of(period)));
}

}  // namespace

Fact fact_of(const ActivityRow& row) {
  return {.key = {.at = row.at, .source = FactSource::activity, .id = row.id.to_string()},
          .activity = row.type,
          .attributes = row.attributes};
}

void add_login(Tx& tx, UserId user, Instant at) {
  tx.exec("INSERT INTO progress_logins (user_id, at) VALUES ($1, $2) ON CONFLICT DO NOTHING", user, at);
}

void add_session(Tx& tx, UserId user, Instant at) {
  tx.exec("INSERT INTO progress_sessions (user_id, at) VALUES ($1, $2) ON CONFLICT DO NOTHING", user, at);
}

bool add_activity(Tx& tx, const ActivityRow& row) {
  return tx.exec(
             "INSERT INTO progress_activities (id, source, external_id, user_id, type, at, attributes)"
             " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (source, external_id) DO NOTHING",
             row.id, row.source, row.external_id, row.user_id, row.type, row.at, row.attributes) == 1;
}

std::optional<ActivityRow> find_activity(Snapshot& snapshot, ActivityId id) {
  return snapshot.find<ActivityRow>(
      "SELECT id, source, external_id, user_id, type, at, attributes FROM progress_activities"
      " WHERE id = $1 AND deleted_by IS NULL",
      id);
}

void mark_counted(Tx& tx, ActivityId id) {
  tx.exec("UPDATE progress_activities SET counted = TRUE WHERE id = $1 AND NOT counted", id);
}

// The invited user may have logged in before the registration was heard of.
std::optional<Invitation> add_invitation(Tx& tx, UserId invitee, UserId inviter, Instant signed_up_at, bool is_self,
                                         const std::optional<Uuid>& mark) {
  return tx.find<Invitation>(
      "INSERT INTO progress_invitations (invitee_id, inviter_id, signed_up_at, is_self, deleted_by, first_login_at)"
      " VALUES ($1, $2, $3, $4, $5, (SELECT MIN(at) FROM progress_logins WHERE user_id = $1))"
      " ON CONFLICT DO NOTHING RETURNING inviter_id, first_login_at, deleted_by, is_self",
      invitee, inviter, signed_up_at, is_self, mark);
}

// Noted while the inviter's data is hidden, too: it counts once that is back. SQLite 3.40.1 answers `RETURNING x IS
// NULL` wrongly, so the columns come as they are.
std::optional<Invitation> note_first_login(Tx& tx, UserId invitee, Instant at) {
  return tx.find<Invitation>(
      "UPDATE progress_invitations SET first_login_at = (SELECT MIN(at) FROM progress_logins WHERE user_id = $1)"
      " WHERE invitee_id = $1 AND (first_login_at IS NULL OR first_login_at > $2)"
      " RETURNING inviter_id, first_login_at, deleted_by, is_self",
      invitee, at);
}

std::vector<VoidInvitation> list_void_invitations(Snapshot& snapshot, UserId inviter, const Interval& period) {
  std::vector<VoidInvitation> found;
  snapshot.visit(
      "SELECT invitee_id, signed_up_at, is_self FROM progress_invitations"
      " WHERE inviter_id = $1 AND deleted_by IS NULL AND (is_self OR first_login_at IS NULL)"
      " AND signed_up_at >= $2 AND signed_up_at < $3",
      [&](const Row& row) {
        found.push_back({.key = {.at = column<Instant>(row, 1),
                                 .source = FactSource::signup,
                                 .id = column<UserId>(row, 0).to_string()},
                         .is_self = column<bool>(row, 2)});
      },
      inviter, period.from, end_of(period));
  return found;
}

std::vector<Fact> list_facts(Snapshot& snapshot, UserId user, const Interval& period, const Sources& sources) {
  std::vector<Fact> facts;
  if (sources.logins) append_logins(snapshot, user, period, facts);
  if (sources.sessions) append_sessions(snapshot, user, period, facts);
  for (const auto& type : sources.activities) append_activities(snapshot, user, period, type, facts);
  if (sources.signups) append_signups(snapshot, user, period, facts);
  if (sources.first_logins) append_first_logins(snapshot, user, period, facts);
  std::ranges::sort(facts, {}, &Fact::key);
  return facts;
}

// From one user to the next: a user's facts are many, and one look at them is enough.
std::vector<FactUser> list_fact_users(Snapshot& snapshot, event::EventId event, const Interval& period,
                                      std::optional<UserId> after, std::int64_t limit) {
  return snapshot.list<FactUser>(
      "WITH RECURSIVE users (user_id) AS ("
      " SELECT * FROM (SELECT user_id FROM progress_facts WHERE user_id > $1 ORDER BY user_id LIMIT 1) AS first_one"
      " UNION ALL"
      " SELECT (SELECT f.user_id FROM progress_facts f WHERE f.user_id > users.user_id ORDER BY f.user_id LIMIT 1)"
      " FROM users WHERE users.user_id IS NOT NULL)"
      " SELECT u.user_id,"
      " EXISTS (SELECT 1 FROM progress_facts f WHERE f.user_id = u.user_id AND f.at >= $3 AND f.at < $4)"
      " AND NOT EXISTS (SELECT 1 FROM progress_states s WHERE s.event_id = $2 AND s.user_id = u.user_id)"
      " FROM (SELECT user_id FROM users LIMIT $5) AS u WHERE u.user_id IS NOT NULL ORDER BY u.user_id",
      after.value_or(UserId{}), event, period.from, end_of(period), limit);
}

}  // namespace guerdon::progress
