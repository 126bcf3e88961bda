// The peer of goal 4: the statements of a claim on the same tables with the same settings of SQLite, in a plain loop:
// 64 claims a transaction, each in a savepoint, one durable commit. No HTTP, no JSON, no threads, no bus.
//   bench_bare_claims DATABASE SECONDS SKIP
// A claim takes as long as its group, with a checkpoint that it had to wait for.
#include <sqlite3.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Uuid = std::array<std::uint8_t, 16>;
using Value = std::variant<std::int64_t, std::string_view, Uuid, std::nullptr_t>;

constexpr int group_size = 64;
constexpr int checkpoint_pages = 16'000, again_after = 2'000;  // the server's bound

class Statement {
 public:
  Statement(sqlite3* db, const char* sql) : db_(db) {
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement_, nullptr) != SQLITE_OK)
      throw std::runtime_error(sqlite3_errmsg(db));
  }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement() { sqlite3_finalize(statement_); }

  /// Runs it to its end and calls `row` for each one.
  template <class Row>
  void each(std::initializer_list<Value> values, Row row) {
    int index = 0;
    for (const auto& value : values) bind(++index, value);
    int code = sqlite3_step(statement_);
    for (; code == SQLITE_ROW; code = sqlite3_step(statement_)) row(statement_);
    sqlite3_reset(statement_);
    if (code != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(db_));
  }
  /// Touches every column, as whoever needs the row does.
  std::int64_t operator()(std::initializer_list<Value> values = {}) {
    std::int64_t first = 0;
    each(values, [&](sqlite3_stmt* row) {
      for (int i = 0; i < sqlite3_column_count(row); ++i) sqlite3_column_bytes(row, i);
      first = sqlite3_column_int64(row, 0);
    });
    return first;
  }

 private:
  void bind(int index, const Value& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      sqlite3_bind_int64(statement_, index, *number);
    } else if (const auto* text = std::get_if<std::string_view>(&value)) {
      sqlite3_bind_text(statement_, index, text->data(), static_cast<int>(text->size()), SQLITE_STATIC);
    } else if (const auto* uuid = std::get_if<Uuid>(&value)) {
      sqlite3_bind_blob(statement_, index, uuid->data(), static_cast<int>(uuid->size()), SQLITE_STATIC);
    } else {
      sqlite3_bind_null(statement_, index);
    }
  }

  sqlite3* db_;
  sqlite3_stmt* statement_ = nullptr;
};

struct Claim {
  Uuid event, user;
};

Uuid uuid_at(sqlite3_stmt* row, int column) {
  Uuid uuid{};
  if (sqlite3_column_bytes(row, column) == 16) std::memcpy(uuid.data(), sqlite3_column_blob(row, column), 16);
  return uuid;
}

sqlite3* open(const char* path) {
  sqlite3* db = nullptr;
  if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr) != SQLITE_OK)
    throw std::runtime_error(sqlite3_errmsg(db));
  const char* settings =
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; PRAGMA foreign_keys=ON;"
      "PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-8192; PRAGMA mmap_size=2147418112";
  if (sqlite3_exec(db, settings, nullptr, nullptr, nullptr) != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(db));
  return db;
}

class Claims {
 public:
  explicit Claims(sqlite3* db) : db_(db) {
    sqlite3_wal_hook(
        db, [](void* self, sqlite3*, const char*, int pages) { return static_cast<Claims*>(self)->pages_ = pages, 0; },
        this);
  }

  void run_group(const Claim* claims, int count) {
    begin_();
    for (int i = 0; i < count; ++i) run(claims[i]);
    write_outbox(claims, count);
    commit_();
    if (pages_ < due_at_ - again_after) due_at_ = checkpoint_pages;
    if (pages_ < due_at_) return;
    sqlite3_wal_checkpoint_v2(db_, "main", SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    due_at_ = pages_ + again_after;
  }

 private:
  void run(const Claim& claim) {
    const auto& [event, user] = claim;
    const auto now = std::int64_t{
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
            .count()};
    savepoint_();
    standing_({user});
    event_({event});
    pauses_({event});
    live_request_({user, event});
    met_({event, user});
    Uuid reward{};
    rewards_.each({event}, [&](sqlite3_stmt* row) { reward = uuid_at(row, 0); });
    const auto request = new_id(now);
    add_request_({request, user, event, "PENDING", std::int64_t{0}, now});
    decide_({request, "APPROVED", now, nullptr});
    take_stock_({reward});
    constexpr std::string_view metadata = R"({"amount":100})";
    add_grant_({request, reward, user, "POINT", nullptr, metadata, now});
    const auto balance = add_points_({user, std::int64_t{100}});
    add_entry_({new_id(now), user, std::int64_t{100}, balance, event, reward, request, now});
    request_({request});
    grants_({request});
    release_();
    now_ = now;
  }

  void write_outbox(const Claim*, int claims) {
    constexpr std::string_view key = "usr_01m7y3ktsffbvata5gmpyk0tfx";
    constexpr std::string_view topics[] = {"reward.requests", "reward.requests", "reward.grants"};
    constexpr std::string_view types[] = {"RewardRequested", "RewardRequestApproved", "RewardGranted"};
    static const std::string payloads[] = {std::string(172, 'x'), std::string(172, 'x'), std::string(261, 'x')};
    const std::int64_t count = std::int64_t{3} * claims;
    auto position = head_({count}) - count;
    for (int i = 0; i < claims; ++i) {
      for (std::size_t m = 0; m < 3; ++m)
        add_message_({position++, new_id(now_), topics[m], key, types[m], payloads[m], "{}", now_});
    }
  }

  Uuid new_id(std::int64_t now) {
    last_ = std::max(last_ + 1, static_cast<std::uint64_t>(now) << 12U);
    const auto low = random_();
    Uuid id{};
    for (std::size_t i = 0; i < 8; ++i) {
      id[i] = static_cast<std::uint8_t>(last_ >> (56 - 8 * i));
      id[8 + i] = static_cast<std::uint8_t>(low >> (56 - 8 * i));
    }
    return id;
  }

  sqlite3* db_;
  int pages_ = 0, due_at_ = checkpoint_pages;
  std::int64_t now_ = 0;
  std::uint64_t last_ = 0;
  std::mt19937_64 random_{std::random_device{}()};

  Statement begin_{db_, "BEGIN IMMEDIATE"}, commit_{db_, "COMMIT"};
  Statement savepoint_{db_, "SAVEPOINT s"}, release_{db_, "RELEASE s"};
  Statement standing_{db_,
                      "SELECT u.status, u.version, u.roles, s.session_id"
                      " FROM auth_sessions s JOIN auth_users u INDEXED BY auth_users_standing"
                      " ON u.id = s.user_id AND u.version > 0 WHERE s.user_id = ?1"};
  Statement event_{db_,
                   "SELECT id, name, description, condition_type, condition_params, start_at, end_at, is_active,"
                   " was_active, time_zone, approval, has_progress, created_by, created_at, updated_at"
                   " FROM event_events WHERE id = ?1"};
  Statement pauses_{db_, "SELECT from_at, to_at FROM event_pauses WHERE event_id = ?1 ORDER BY from_at"};
  Statement live_request_{db_,
                          "SELECT id, user_id, event_id, status, holds_stock, requested_at, processed_at, operator_id,"
                          " reason, updated_at FROM reward_requests"
                          " WHERE user_id = ?1 AND event_id = ?2 AND status <> 'REJECTED'"};
  Statement met_{db_, "SELECT met_at FROM progress_states WHERE event_id = ?1 AND user_id = ?2 AND met_at IS NOT NULL"};
  Statement rewards_{db_,
                     "SELECT id, event_id, type, name, metadata, quantity, granted, remaining, created_at, updated_at"
                     " FROM reward_rewards WHERE event_id = ?1 ORDER BY id"};
  Statement add_request_{db_,
                         "INSERT INTO reward_requests (id, user_id, event_id, status, holds_stock, requested_at,"
                         " updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) ON CONFLICT DO NOTHING"};
  Statement decide_{db_,
                    "UPDATE reward_requests SET status = ?2, processed_at = ?3, reason = ?4, updated_at = ?3"
                    " WHERE id = ?1 AND status = 'PENDING'"};
  Statement take_stock_{db_,
                        "UPDATE reward_rewards SET granted = granted + 1, remaining = remaining - 1"
                        " WHERE id = ?1 AND (remaining IS NULL OR remaining > 0)"};
  Statement add_grant_{db_,
                       "INSERT INTO reward_grants (request_id, reward_id, user_id, type, name, metadata, granted_at)"
                       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"};
  Statement add_points_{db_,
                        "INSERT INTO reward_wallets (user_id, points, entries) VALUES (?1, ?2, 1) ON CONFLICT (user_id)"
                        " DO UPDATE SET points = reward_wallets.points + excluded.points,"
                        " entries = reward_wallets.entries + 1 RETURNING points"};
  Statement add_entry_{db_,
                       "INSERT INTO reward_ledger (id, user_id, amount, balance, event_id, reward_id, request_id,"
                       " created_at, number) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,"
                       " (SELECT entries FROM reward_wallets WHERE user_id = ?2))"};
  Statement request_{db_,
                     "SELECT id, user_id, event_id, status, holds_stock, requested_at, processed_at, operator_id,"
                     " reason, updated_at FROM reward_requests WHERE id = ?1"};
  Statement grants_{db_,
                    "SELECT reward_id, type, name, metadata, granted_at FROM reward_grants WHERE request_id = ?1"
                    " ORDER BY reward_id"};
  Statement head_{db_, "UPDATE outbox_head SET next = next + ?1 WHERE partition = 0 RETURNING next"};
  Statement add_message_{db_,
                         "INSERT INTO outbox (position, partition, message_id, topic, key, type, payload, headers, at)"
                         " VALUES (?1, 0, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"};
};

/// Of this process, in microseconds.
double processor_time() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto micros = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec);
  };
  return micros(usage.ru_utime) + micros(usage.ru_stime);
}

/// Event by event, its users in no order: as the load on the server has them.
std::vector<Claim> load_claims(sqlite3* db) {
  std::vector<Claim> claims;
  Statement{db, "SELECT event_id, user_id FROM progress_states ORDER BY event_id, user_id"}.each(
      {}, [&](sqlite3_stmt* row) { claims.push_back({uuid_at(row, 0), uuid_at(row, 1)}); });
  for (auto begin = claims.begin(); begin != claims.end();) {
    const auto end = std::find_if(begin, claims.end(), [&](const Claim& c) { return c.event != begin->event; });
    std::shuffle(begin, end, std::mt19937_64{});
    begin = end;
  }
  return claims;
}

void measure(sqlite3* db, double seconds, std::size_t next) {
  const auto claims = load_claims(db);
  Claims loop{db};
  std::vector<double> times;
  const auto cpu = processor_time();
  const auto begin = Clock::now();
  const auto end = begin + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  auto last = begin;
  for (; last < end && next + group_size <= claims.size(); next += group_size) {
    loop.run_group(&claims[next], group_size);
    const auto now = Clock::now();
    times.push_back(std::chrono::duration<double, std::micro>(now - last).count());
    last = now;
  }
  if (times.empty()) throw std::runtime_error("no claims are left");
  const auto made = static_cast<double>(times.size()) * group_size;
  std::sort(times.begin(), times.end());
  const auto quantile = [&](double q) {
    return times[static_cast<std::size_t>(q * static_cast<double>(times.size() - 1))];
  };
  std::printf("{\"rate\":%.0f,\"p50\":%.0f,\"p99\":%.0f,\"cpu\":%.1f,\"next\":%zu}\n",
              made / std::chrono::duration<double>(last - begin).count(), quantile(0.5), quantile(0.99),
              (processor_time() - cpu) / made, next);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 4) throw std::invalid_argument("bench_bare_claims DATABASE SECONDS SKIP");
    sqlite3* const db = open(argv[1]);
    measure(db, std::stod(argv[2]), std::stoul(argv[3]));
    sqlite3_close(db);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_bare_claims: %s\n", error.what());
    return 1;
  }
}
