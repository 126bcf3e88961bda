// An audit entry can't be changed but for the address, which the chain covers as a salted digest only.
#include "purge/platform_rows.hpp"

#include <string>
#include <string_view>

#include "bus/scrubbing.hpp"

namespace guerdon {
namespace {

void forget_addresses(Tx& tx, const std::string& actor, PurgeBatch& batch) {
  batch.add("audit_log.ip", tx.exec("UPDATE audit_log SET ip = NULL, ip_salt = NULL WHERE position IN "
                                    "(SELECT position FROM audit_log WHERE actor = $1 AND ip IS NOT NULL LIMIT $2)",
                                    actor, batch.room()));
}

void remove_user(Tx& tx, const Uuid& id, PurgeBatch& batch) {
  const auto user = UserId{id}.to_string();
  bus::scrub_messages(tx, user, batch);
  for (const auto& key : batch.message_keys())
    if (!batch.is_full()) bus::scrub_messages(tx, key, batch);
  if (!batch.is_full()) forget_addresses(tx, user, batch);
}

struct KeptAnswer {
  Bytes scope;
  std::string body;
};
BOOST_DESCRIBE_STRUCT(KeptAnswer, (), (scope, body))

/// Does the text name a user whom there is not?
bool names_nobody(Snapshot& snapshot, const std::function<bool(Snapshot&, const Uuid&)>& exists,
                  std::string_view text) {
  constexpr std::string_view prefix = "usr_";
  for (auto at = text.find(prefix); at != std::string_view::npos; at = text.find(prefix, at + 1)) {
    const auto user = UserId::parse(text.substr(at, prefix.size() + uuid_text_size));
    if (user && !exists(snapshot, user->uuid())) return true;
  }
  return false;
}

}  // namespace

PurgeOwner platform_purge_owner() {
  return {.columns = {{"outbox", "key", Fate::pseudonym},
                      {"outbox", "payload", Fate::scrubbed},
                      {"parked", "key", Fate::pseudonym},
                      {"parked", "payload", Fate::scrubbed},
                      {"parked", "error", Fate::scrubbed},
                      {"dead_letters", "key", Fate::pseudonym},
                      {"dead_letters", "payload", Fate::scrubbed},
                      {"dead_letters", "error", Fate::scrubbed},
                      {"audit_log", "actor", Fate::pseudonym},
                      {"audit_log", "subject", Fate::pseudonym},
                      {"audit_log", "details", Fate::pseudonym},
                      {"audit_log", "ip", Fate::scrubbed},
                      {"audit_log", "ip_salt", Fate::scrubbed},
                      {"audit_log", "ip_digest", Fate::impersonal},
                      {"idempotency_keys", "body", Fate::removed},
                      {"server_state", "key", Fate::impersonal},
                      {"purge_runs", "users", Fate::impersonal},
                      {"purge_runs", "due_users", Fate::impersonal},
                      {"purge_runs", "confirmed_by", Fate::pseudonym},
                      {"purge_subjects", "message_keys", Fate::removed},
                      {"jobs", "asked_by", Fate::pseudonym},
                      {"job_runs", "asked_by", Fate::pseudonym},
                      {"job_runs", "error", Fate::impersonal},
                      {"feed_offsets", "consumer", Fate::impersonal}},
          .user = remove_user};
}

bool remove_answers(Tx& tx, const std::function<bool(Snapshot&, const Uuid&)>& exists, Bytes& after, std::int64_t limit,
                    PurgeBatch& batch) {
  const auto answers = tx.list<KeptAnswer>(
      "SELECT scope, body FROM idempotency_keys WHERE scope > $1 ORDER BY scope LIMIT $2", after, limit);
  for (const auto& answer : answers)
    if (names_nobody(tx, exists, answer.body))
      batch.add("idempotency_keys", tx.exec("DELETE FROM idempotency_keys WHERE scope = $1", answer.scope));
  if (answers.empty()) return false;
  after = answers.back().scope;
  return true;
}

}  // namespace guerdon
