// The chain. A row's hash is the SHA-256 of the hash before it and of the row's parts, each with its length in front,
// so that no two rows are the same text.
#include "audit/audit_log.hpp"

#include <boost/describe.hpp>
#include <initializer_list>

#include "guerdon/audit.hpp"
#include "guerdon/codec.hpp"
#include "guerdon/crypto.hpp"
#include "guerdon/page.hpp"

namespace guerdon {
namespace {

struct ChainRow {
  std::int64_t position = 0;
  AuditId id;
  Instant at;
  std::optional<std::string> actor;
  std::string action, subject, details;
  Bytes ip_digest, hash;
};
BOOST_DESCRIBE_STRUCT(ChainRow, (), (position, id, at, actor, action, subject, details, ip_digest, hash))

Bytes digest_of(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const auto part : parts) text.append(std::to_string(part.size())).append(":").append(part);
  return {std::string{as_text(sha256(text))}};
}

Bytes hash_of(const Bytes& before, const ChainRow& row) {
  return digest_of({before.value, std::to_string(row.position), row.id.to_string(),
                    std::to_string(row.at.time_since_epoch().count()), row.actor ? "by" : "", row.actor.value_or(""),
                    row.action, row.subject, row.details, row.ip_digest.value});
}

/// Makes an address that was forgotten impossible to guess from its digest.
Bytes make_salt(Tx& tx) {
  const auto bytes = tx.new_id<AuditId>().uuid().bytes;
  return {std::string{reinterpret_cast<const char*>(bytes.data()), bytes.size()}};
}

struct Head {
  std::int64_t position = 0;
  Bytes hash;
};
BOOST_DESCRIBE_STRUCT(Head, (), (position, hash))

struct AuditQuery : PageQuery {
  std::optional<ActorId> actor_id;
  std::optional<Text<1, 64>> action;
  std::optional<Text<1, 64>> subject_id;
  std::optional<Instant> from, to;
};
BOOST_DESCRIBE_STRUCT(AuditQuery, (PageQuery), (actor_id, action, subject_id, from, to))

struct AuditRow {
  AuditId id;
  Instant at;
  std::optional<std::string> actor;
  std::string action, subject, details;
  std::optional<std::string> ip;
  Bytes hash;
};
BOOST_DESCRIBE_STRUCT(AuditRow, (), (id, at, actor, action, subject, details, ip, hash))

struct AuditView {
  AuditId id;
  Instant at;
  std::optional<std::string> actor_id;
  std::string action, subject_id;
  std::optional<std::string> ip;
  json::object details;
  std::string hash;  ///< of the chain, in hexadecimal
};
BOOST_DESCRIBE_STRUCT(AuditView, (), (id, at, actor_id, action, subject_id, ip, details, hash))

std::vector<AuditRow> page_entries(Snapshot& snapshot, const AuditQuery& query, std::optional<Uuid> before,
                                   std::int64_t limit) {
  constexpr Sql sql =
      "SELECT id, at, actor, action, subject, details, ip, hash FROM audit_log"
      " WHERE ($1 IS NULL OR actor = $1) AND ($2 IS NULL OR action = $2) AND ($3 IS NULL OR subject = $3)"
      " AND ($4 IS NULL OR at >= $4) AND ($5 IS NULL OR at < $5) AND ($6 IS NULL OR id < $6)"
      " ORDER BY id DESC LIMIT $7";
  return snapshot.list<AuditRow>(sql, query.actor_id, query.action, query.subject_id, query.from, query.to, before,
                                 limit);
}

}  // namespace

void record_audit(Tx& tx, const Caller& caller, const AuditEntry& entry) {
  const auto head = tx.get<Head>("UPDATE audit_head SET position = position + 1 WHERE id = 1 RETURNING position, hash");
  ChainRow row{.position = head.position,
               .id = tx.new_id<AuditId>(),
               .at = tx.now(),
               .actor = {},
               .action = std::string{entry.action},
               .subject = entry.subject,
               .details = json::serialize(entry.details),
               .ip_digest = {},
               .hash = {}};
  if (caller.user || caller.key) row.actor = caller.actor().value();
  std::optional<std::string> ip;
  std::optional<Bytes> salt;
  if (!caller.address.empty()) {
    ip = caller.address;
    salt = make_salt(tx);
    row.ip_digest = digest_of({salt->value, *ip});
  }
  row.hash = hash_of(head.hash, row);
  tx.exec(
      "INSERT INTO audit_log (position, id, at, actor, action, subject, details, ip, ip_salt, ip_digest, hash)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
      row.position, row.id, row.at, row.actor, row.action, row.subject, row.details, ip, salt, row.ip_digest, row.hash);
  tx.exec("UPDATE audit_head SET hash = $1 WHERE id = 1", row.hash);
}

void visit_audited(Snapshot& snapshot, std::string_view action, FunctionRef<void(std::string_view)> visitor) {
  snapshot.visit(
      "SELECT subject FROM audit_log WHERE action = $1 ORDER BY position",
      [&](const Row& row) { visitor(row.text(0)); }, action);
}

void add_audit_route(Router& routes, const CursorCodec& cursors) {
  routes.query({.method = "GET",
                .path = "/api/admin/audit",
                .policy = Policy::roles({Role::auditor, Role::admin}),
                .summary = "Who did what to whom, from where; newest first"},
               [&cursors](Snapshot& snapshot, const Caller&,
                          const Request<None, AuditQuery>& request) -> Result<Page<AuditView>> {
                 auto rows = page_by_id<AuditRow>(
                     cursors, request.query,
                     [&](std::optional<Uuid> before, std::int64_t limit) {
                       return page_entries(snapshot, request.query, before, limit);
                     },
                     [](const AuditRow& row) { return row.id.uuid(); });
                 if (!rows) return rows.error();
                 Page<AuditView> page{.items = {}, .next_cursor = std::move(rows->next_cursor)};
                 for (auto& row : rows->items)
                   page.items.push_back({.id = row.id,
                                         .at = row.at,
                                         .actor_id = std::move(row.actor),
                                         .action = std::move(row.action),
                                         .subject_id = std::move(row.subject),
                                         .ip = std::move(row.ip),
                                         .details = json::parse(row.details).as_object(),
                                         .hash = to_hex(row.hash.value)});
                 return page;
               });
}

std::vector<std::string> audit_chain_violations(Snapshot& snapshot) {
  constexpr Sql sql =
      "SELECT position, id, at, actor, action, subject, details, ip_digest, hash, ip, ip_salt FROM audit_log"
      " ORDER BY position";
  std::vector<std::string> broken;
  std::int64_t position = 0;
  Bytes hash{std::string(sizeof(Digest), '\0')};
  snapshot.visit(sql, [&](const Row& row) {
    if (!broken.empty()) return;
    const ChainRow link{.position = row.integer(0),
                        .id = column<AuditId>(row, 1),
                        .at = row.instant(2),
                        .actor = column<std::optional<std::string>>(row, 3),
                        .action = column<std::string>(row, 4),
                        .subject = column<std::string>(row, 5),
                        .details = column<std::string>(row, 6),
                        .ip_digest = column<Bytes>(row, 7),
                        .hash = column<Bytes>(row, 8)};
    const auto ip = column<std::optional<std::string>>(row, 9);
    const auto salt = column<std::optional<Bytes>>(row, 10);
    const bool is_next = link.position == position + 1;
    const bool has_its_address = !ip || (salt && digest_of({salt->value, *ip}) == link.ip_digest);
    if (!is_next || !has_its_address || hash_of(hash, link) != link.hash)
      broken.push_back(link.id.to_string() + " at " + std::to_string(link.position));
    position = link.position;
    hash = link.hash;
  });
  if (!broken.empty()) return broken;
  const auto head = snapshot.get<Head>("SELECT position, hash FROM audit_head WHERE id = 1");
  if (head.position != position || head.hash != hash) return {"the head at " + std::to_string(head.position)};
  return {};
}

}  // namespace guerdon
