// The peer of goal 7: the statements of a claim on the same tables of PostgreSQL, from a plain loop over libpq on each
// of so many connections, pipelined wherever the next statement does not need what the last one said: three round trips
// a claim, with a durable commit. No HTTP, no JSON, no queue.
//   bench_bare_pg_claims CONNINFO CONNECTIONS SECONDS SKIP
#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <memory>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

struct Claim {
  std::string event, user;
};

enum Statement : std::size_t {
  standing,
  account,
  event_row,
  pauses,
  live_request,
  met,
  rewards,
  add_request,
  decide,
  take_stock,
  add_grant,
  add_points,
  add_entry,
  request,
  grants,
  add_messages,
  statements
};

constexpr std::array<const char*, statements> texts{
    "SELECT u.status, u.version, u.roles, s.session_id, s.expires_at FROM auth_sessions s"
    " JOIN auth_users u ON u.id = s.user_id WHERE s.user_id = $1",
    "SELECT status, roles FROM auth_users WHERE id = $1 FOR SHARE",
    "SELECT id, name, description, condition_type, condition_params, start_at, end_at, is_active, was_active, "
    "time_zone,"
    " approval, has_progress, created_by, created_at, updated_at, deleted_at FROM event_events WHERE id = $1 FOR SHARE",
    "SELECT from_at, to_at FROM event_pauses WHERE event_id = $1 ORDER BY from_at",
    "SELECT id, user_id, event_id, status, holds_stock, requested_at, processed_at, operator_id, operator_key, reason,"
    " updated_at, deleted_at FROM reward_requests WHERE user_id = $1 AND event_id = $2 AND status <> 'REJECTED'",
    "SELECT met_at FROM progress_states WHERE event_id = $1 AND user_id = $2 AND met_at IS NOT NULL",
    "SELECT id, event_id, type, name, metadata, quantity, granted, remaining, created_at, updated_at, codes, deleted_at"
    " FROM reward_rewards WHERE event_id = $1 AND deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM reward_rewards s"
    " WHERE s.event_id = $1 AND s.deleted_at IS NULL AND s.remaining = 0) ORDER BY id FOR UPDATE",
    "INSERT INTO reward_requests (id, user_id, event_id, status, holds_stock, requested_at, updated_at)"
    " VALUES ($1, $2, $3, 'PENDING', false, now(), now()) ON CONFLICT DO NOTHING",
    "UPDATE reward_requests SET status = 'APPROVED', processed_at = now(), updated_at = now()"
    " WHERE id = $1 AND status = 'PENDING' AND deleted_at IS NULL",
    "UPDATE reward_rewards SET granted = granted + 1, remaining = remaining - 1"
    " WHERE id = $1 AND (remaining IS NULL OR remaining > 0)",
    "INSERT INTO reward_grants (request_id, reward_id, user_id, type, name, metadata, granted_at)"
    " VALUES ($1, $2, $3, 'POINT', NULL, $4, now())",
    "INSERT INTO reward_wallets (user_id, points, entries) VALUES ($1, 100, 1) ON CONFLICT (user_id) DO UPDATE"
    " SET points = reward_wallets.points + excluded.points, entries = reward_wallets.entries + 1"
    " RETURNING points, entries",
    "INSERT INTO reward_ledger (id, user_id, amount, balance, event_id, reward_id, request_id, created_at, number)"
    " VALUES ($1, $2, 100, $3, $4, $5, $6, now(), $7)",
    "SELECT id, user_id, event_id, status, holds_stock, requested_at, processed_at, operator_id, operator_key, reason,"
    " updated_at, deleted_at FROM reward_requests WHERE id = $1",
    "SELECT g.reward_id, g.type, g.name, g.metadata, g.granted_at, c.code FROM reward_grants g"
    " LEFT JOIN reward_codes c ON c.request_id = g.request_id AND c.reward_id = g.reward_id"
    " WHERE g.request_id = $1 ORDER BY g.reward_id",
    "WITH head AS (UPDATE outbox_head SET next = next + 3 WHERE partition = $1 RETURNING next - 3 AS first)"
    " INSERT INTO outbox (partition, position, message_id, topic, key, type, payload, headers, at)"
    " SELECT $1, head.first + m.n, m.id, m.topic, m.key, m.type, m.payload, m.headers, m.at"
    " FROM head, jsonb_to_recordset($2) AS m(n BIGINT, id UUID, topic TEXT, key TEXT, type TEXT, payload TEXT,"
    " headers JSONB, at TIMESTAMPTZ)"};

class Connection {
 public:
  explicit Connection(const char* conninfo) : connection_(PQconnectdb(conninfo), &PQfinish) {
    if (PQstatus(connection_.get()) != CONNECTION_OK) fail();
    for (std::size_t i = 0; i < statements; ++i)
      if (PQresultStatus(Result{PQprepare(connection_.get(), name(i).c_str(), texts[i], 0, nullptr), &PQclear}.get()) !=
          PGRES_COMMAND_OK)
        fail();
  }

  [[nodiscard]] Result ask(const char* sql) {
    Result result{PQexec(connection_.get(), sql), &PQclear};
    if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) fail();
    return result;
  }

  void claim(const Claim& claim) {
    const auto& [event, user] = claim;
    if (PQenterPipelineMode(connection_.get()) != 1) fail();
    send("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
    send("SELECT pg_current_xact_id()::text");
    send(standing, {user});
    send(account, {user});
    send(event_row, {event});
    send(pauses, {event});
    send(live_request, {user, event});
    send(met, {event, user});
    send(rewards, {event});
    const auto found = last_of_pipeline();
    const std::string reward = PQgetvalue(found.get(), 0, 0), metadata = PQgetvalue(found.get(), 0, 4);

    const auto id = new_id();
    send(add_request, {id, user, event});
    send(decide, {id});
    send(take_stock, {reward});
    send(add_grant, {id, reward, user, metadata});
    send(request, {id});
    send(grants, {id});
    send(add_points, {user});
    const auto wallet = last_of_pipeline();

    send(add_entry,
         {new_id(), user, PQgetvalue(wallet.get(), 0, 0), event, reward, id, PQgetvalue(wallet.get(), 0, 1)});
    send(add_messages, {std::to_string(random_() % 16), messages()});
    send("COMMIT");
    static_cast<void>(last_of_pipeline());
    if (PQexitPipelineMode(connection_.get()) != 1) fail();
  }

 private:
  static std::string name(std::size_t statement) { return "s" + std::to_string(statement); }

  void send(const char* sql) {
    if (PQsendQueryParams(connection_.get(), sql, 0, nullptr, nullptr, nullptr, nullptr, 0) != 1) fail();
    ++under_way_;
  }
  void send(Statement statement, std::initializer_list<std::string> given) {
    std::array<const char*, 8> values{};
    std::transform(given.begin(), given.end(), values.begin(), [](const std::string& value) { return value.c_str(); });
    if (PQsendQueryPrepared(connection_.get(), name(statement).c_str(), static_cast<int>(given.size()), values.data(),
                            nullptr, nullptr, 0) != 1)
      fail();
    ++under_way_;
  }

  /// Waits for all that was sent, and gives what the last one said.
  Result last_of_pipeline() {
    Result last{nullptr, &PQclear};
    if (PQpipelineSync(connection_.get()) != 1) fail();
    for (; under_way_ > 0; --under_way_) {
      last.reset(PQgetResult(connection_.get()));
      const auto status = PQresultStatus(last.get());
      if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail();
      if (PQgetResult(connection_.get()) != nullptr) fail();
    }
    const Result sync{PQgetResult(connection_.get()), &PQclear};
    if (PQresultStatus(sync.get()) != PGRES_PIPELINE_SYNC) fail();
    return last;
  }

  /// Three of the size of a claim's.
  std::string messages() {
    static constexpr std::array topics{"reward.requests", "reward.requests", "reward.grants"};
    static constexpr std::array types{"RewardRequested", "RewardRequestApproved", "RewardGranted"};
    static constexpr std::array<std::size_t, 3> sizes{172, 172, 261};
    std::string text = "[";
    for (std::size_t i = 0; i < topics.size(); ++i)
      text += (i == 0 ? "" : ",") + std::string{"{\"n\":"} + std::to_string(i) +
              ",\"at\":\"2026-11-28T06:32:16.825Z\",\"id\":\"" + new_id() +
              "\",\"key\":\"usr_01m7y3ktsffbvata5gmpyk0tfx\",\"type\":\"" + types[i] + "\",\"topic\":\"" + topics[i] +
              "\",\"headers\":{},\"payload\":\"" + std::string(sizes[i], 'x') + "\"}";
    return text + "]";
  }

  /// In order of time, as the server's.
  std::string new_id() {
    const auto now =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch());
    std::array<char, 33> text{};
    std::snprintf(text.data(), text.size(), "%012llx%04llx%016llx", static_cast<unsigned long long>(now.count()),
                  0x7000ULL | (random_() & 0xfffU), 0x8000000000000000ULL | (random_() >> 2U));
    return text.data();
  }

  [[noreturn]] void fail() const { throw std::runtime_error(PQerrorMessage(connection_.get())); }

  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
  std::mt19937_64 random_{std::random_device{}()};
  int under_way_ = 0;
};

/// Event by event, its users in no order: as the load on the server has them.
std::vector<Claim> load_claims(Connection& connection) {
  const auto rows =
      connection.ask("SELECT event_id, user_id FROM progress_states ORDER BY event_id, md5(user_id::text)");
  std::vector<Claim> claims;
  for (int row = 0; row < PQntuples(rows.get()); ++row)
    claims.push_back({PQgetvalue(rows.get(), row, 0), PQgetvalue(rows.get(), row, 1)});
  return claims;
}

constexpr std::chrono::milliseconds warm_up{500};  // as long as the load generator's; made and not counted

/// One connection's share, until the time is over.
void work(Connection& connection, std::span<const Claim> claims, std::atomic<std::size_t>& next, Clock::time_point from,
          Clock::time_point end, std::vector<double>& times) {
  for (auto begin = Clock::now(); begin < end;) {
    const auto number = next++;
    if (number >= claims.size()) return;
    connection.claim(claims[number]);
    if (begin >= from) times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
    begin = Clock::now();
  }
}

void measure(const char* conninfo, std::size_t count, double seconds, std::size_t skip) {
  std::vector<std::unique_ptr<Connection>> connections;
  for (std::size_t i = 0; i < count; ++i) connections.push_back(std::make_unique<Connection>(conninfo));
  const auto claims = load_claims(*connections.front());
  std::atomic<std::size_t> next{skip};
  std::atomic<bool> has_failed{false};
  std::vector<std::vector<double>> times(count);
  const auto begin = Clock::now() + warm_up;
  const auto end = begin + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < count; ++i)
    threads.emplace_back([&, i] {
      try {
        work(*connections[i], claims, next, begin, end, times[i]);
      } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_bare_pg_claims: %s\n", error.what());
        has_failed = true;
      }
    });
  for (auto& thread : threads) thread.join();
  const auto took = std::chrono::duration<double>(Clock::now() - begin).count();
  std::vector<double> all;
  for (const auto& some : times) all.insert(all.end(), some.begin(), some.end());
  if (has_failed || all.empty()) throw std::runtime_error("not every claim was made, or none is left");
  std::sort(all.begin(), all.end());
  const auto quantile = [&](double q) {
    return all[static_cast<std::size_t>(q * static_cast<double>(all.size() - 1))];
  };
  std::printf("{\"rate\":%.0f,\"p50\":%.0f,\"p99\":%.0f,\"next\":%zu}\n", static_cast<double>(all.size()) / took,
              quantile(0.5), quantile(0.99), next.load());
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 5) throw std::invalid_argument("bench_bare_pg_claims CONNINFO CONNECTIONS SECONDS SKIP");
    measure(argv[1], std::stoul(argv[2]), std::stod(argv[3]), std::stoul(argv[4]));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_bare_pg_claims: %s\n", error.what());
    return 1;
  }
}
