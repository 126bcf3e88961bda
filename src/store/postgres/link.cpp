#include "store/postgres/link.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace guerdon::store::postgres {
namespace {

using std::chrono::steady_clock;

constexpr int oldest_server = 150000;
// A server that has not answered this long after its own time-out has gone without telling.
constexpr std::chrono::milliseconds grace{5'000};

// Before `dbname`, so that the URL can overrule each.
constexpr std::array keywords{"fallback_application_name", "connect_timeout",      "keepalives_idle",
                              "keepalives_interval",       "keepalives_count",     "tcp_user_timeout",
                              "client_encoding",           "target_session_attrs", "dbname"};

std::string first_line(const char* message) {
  const std::string_view text{message};
  return std::string{text.substr(0, text.find('\n'))};
}

PGconn* connect(const Target& target) {
  const std::array values{"guerdon", "5", "10", "5", "3", "15000", "UTF8", "read-write", target.conninfo.c_str()};
  static_assert(values.size() == keywords.size());
  std::array<const char*, keywords.size() + 1> names{};
  std::array<const char*, keywords.size() + 1> texts{};
  for (std::size_t i = 0; i < keywords.size(); ++i) {
    names[i] = keywords[i];
    texts[i] = values[i];
  }
  return PQconnectdbParams(names.data(), texts.data(), 1);
}

}  // namespace

StatementError error_of(const PGresult* result) {
  const char* field = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string_view code = field == nullptr ? "" : field;
  const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  std::string what = "postgres: ";
  what += message != nullptr ? message : first_line(PQresultErrorMessage(result));
  if (!code.empty()) what.append(" (").append(code).append(")");
  return {classify(code), what, code};
}

Link::Link(const Target& target) : connection_(connect(target)), patience_(target.statement_timeout + grace) {
  if (!connection_) throw std::bad_alloc{};
  if (PQstatus(connection_.get()) != CONNECTION_OK) {
    throw StatementError{classify(""), "postgres: " + first_line(PQerrorMessage(connection_.get()))};
  }
  PQsetNoticeProcessor(connection_.get(), [](void*, const char*) {}, nullptr);
  check_server();
  set_up(target);
  if (PQsetnonblocking(connection_.get(), 1) != 0 || PQenterPipelineMode(connection_.get()) != 1) {
    lose("it refused the pipeline mode");
  }
}

Link::~Link() {
  patience_ = std::min(patience_, grace);
  try {
    pass_over_forgotten();
  } catch (const StatementError&) {
    broken_ = true;  // the server is the first to know
  }
}

void Link::check_server() const {
  if (PQserverVersion(connection_.get()) < oldest_server) {
    throw StoreError{StoreError::Kind::broken, "postgres: the server is too old: PostgreSQL 15 or newer is needed"};
  }
  const char* encoding = PQparameterStatus(connection_.get(), "server_encoding");
  if (encoding == nullptr || std::string_view{encoding} != "UTF8") {
    throw StoreError{StoreError::Kind::broken, "postgres: create the database with ENCODING 'UTF8'"};
  }
}

void Link::set_up(const Target& target) {
  const std::string statement_timeout = std::to_string(target.statement_timeout.count());
  const std::array values{statement_timeout.c_str(), target.schema.c_str(), target.durable ? "1" : "0"};
  // A stricter synchronous_commit (remote_apply) than ours stays as the operator has set it.
  const ResultPtr result{PQexecParams(connection_.get(), R"(
      SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8),
             (SELECT backend_start::text FROM pg_stat_activity WHERE pid = pg_backend_pid()),
             set_config('TimeZone', 'UTC', false),
             set_config('statement_timeout', $1, false),
             set_config('lock_timeout', '5000', false),
             set_config('idle_in_transaction_session_timeout', '30000', false),
             set_config('search_path', CASE $2 WHEN '' THEN current_setting('search_path') ELSE $2 END, false),
             set_config('synchronous_commit',
                        CASE WHEN $3 = '0' THEN 'off'
                             WHEN current_setting('synchronous_commit') = 'off' THEN 'on'
                             ELSE current_setting('synchronous_commit') END, false))",
                                      static_cast<int>(values.size()), nullptr, values.data(), nullptr, nullptr, 0)};
  if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) throw error_of(result.get());
  origin_ = {.timeline = PQgetvalue(result.get(), 0, 0), .started = PQgetvalue(result.get(), 0, 1)};
}

void Link::send(const char* statement) {
  sent(PQsendQueryParams(connection_.get(), statement, 0, nullptr, nullptr, nullptr, nullptr, 1));
}

void Link::send_prepare(const std::string& name, const char* statement, const std::vector<Oid>& types) {
  sent(PQsendPrepare(connection_.get(), name.c_str(), statement, static_cast<int>(types.size()), types.data()));
}

void Link::send_prepared(const std::string& name, const WireParams& params) {
  sent(PQsendQueryPrepared(connection_.get(), name.c_str(), params.size(), params.values(), params.lengths(),
                           params.formats(), 1));
}

void Link::send_sync() { sent(PQpipelineSync(connection_.get())); }

void Link::send_and_forget(const char* statement) {
  send(statement);
  send_sync();
  ++forgotten_;
}

void Link::sent(int accepted) {
  if (accepted != 1) lose(first_line(PQerrorMessage(connection_.get())));
}

ResultPtr Link::receive() {
  pass_over_forgotten();
  return receive_next();
}

void Link::pass_over_forgotten() {
  while (forgotten_ > 0) {
    if (PQresultStatus(receive_next().get()) == PGRES_PIPELINE_SYNC) --forgotten_;
  }
}

ResultPtr Link::receive_next() {
  // Between the results of two commands libpq puts one null; two in a row mean that nothing will come any more.
  for (int nulls = 0; nulls < 2; ++nulls) {
    await_result();
    ResultPtr result{PQgetResult(connection_.get())};
    if (!result) continue;
    if (!usable() && PQresultErrorField(result.get(), PG_DIAG_SQLSTATE) == nullptr) {
      lose(first_line(PQresultErrorMessage(result.get())));
    }
    return result;
  }
  lose("the connection was closed");
}

void Link::await_result() {
  const auto deadline = steady_clock::now() + patience_;
  while (true) {
    const int flushed = PQflush(connection_.get());
    if (PQisBusy(connection_.get()) == 0) return;  // a failure is told by the result
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
    if (left.count() <= 0) lose("no answer in time");
    pollfd socket{.fd = PQsocket(connection_.get()),
                  .events = static_cast<short>(flushed > 0 ? POLLIN | POLLOUT : POLLIN),
                  .revents = 0};
    if (socket.fd < 0) lose("the connection was closed");
    if (poll(&socket, 1, static_cast<int>(left.count())) < 0 && errno != EINTR) lose("polling failed");
    if ((socket.revents & (POLLIN | POLLHUP | POLLERR)) != 0) PQconsumeInput(connection_.get());
  }
}

void Link::run_script(const std::string& script) {
  pass_over_forgotten();
  if (PQexitPipelineMode(connection_.get()) != 1) lose("it did not leave the pipeline mode");
  ResultPtr result{PQexec(connection_.get(), script.c_str())};
  if (!usable()) lose(first_line(PQerrorMessage(connection_.get())));
  if (PQenterPipelineMode(connection_.get()) != 1) lose("it refused the pipeline mode");
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY) {
    throw error_of(result.get());
  }
}

void Link::lose(const std::string& why) {
  broken_ = true;
  throw StatementError{classify(""), "postgres: connection lost: " + why};
}

}  // namespace guerdon::store::postgres
