#include "store/postgres/session.hpp"

#include "store/postgres/answers.hpp"
#include "store/postgres/row.hpp"

namespace guerdon::store::postgres {
namespace {

using std::chrono::steady_clock;

constexpr std::string_view savepoint = "SAVEPOINT s";
constexpr std::string_view release = "RELEASE s";
constexpr std::string_view undo = "ROLLBACK TO s";

// Asked at once, so that the fate of this transaction can be found out whenever the connection dies. It is an id of
// 64 bits, sent as text.
constexpr const char* ask_xid = "SELECT pg_current_xact_id()::text";

std::int64_t changed_rows(PGresult* result) {
  if (std::string_view{PQcmdStatus(result)}.starts_with("SELECT")) return 0;
  const std::string_view count = PQcmdTuples(result);
  std::int64_t rows = 0;
  for (const char digit : count) rows = rows * 10 + (digit - '0');
  return rows;
}

}  // namespace

void Session::connect() {
  disconnect();
  link_ = std::make_unique<Link>(target_);
}

void Session::disconnect() noexcept {
  link_.reset();
  statements_.forget();
  begun_ = false;
}

void Session::begin_write() { begin("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", true); }

void Session::begin_read(std::chrono::milliseconds limit) {
  begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", false);
  if (limit.count() <= 0) return;
  pending_.push_back("SET LOCAL statement_timeout = " + std::to_string(limit.count()));
  deadline_ = steady_clock::now() + limit;
}

void Session::begin(std::string statement, bool writes) {
  end();
  pending_.push_back(std::move(statement));
  writes_ = writes;
}

void Session::end() noexcept {
  pending_.clear();
  begun_ = false;
  xid_.clear();
  deadline_.reset();
  failed_.reset();
  spoiled_.reset();
}

void Session::commit() {
  inject([](FaultInjector& faults) { faults.before_commit(); });
  check();
  if (begun_) {
    const CommitLost lost{.xid = xid_, .origin = link_->origin()};
    try {
      send_pending();
      link_->send("COMMIT");
      link_->send_sync();
      Answers answers{*link_};
      receive_pending(answers);
      const ResultPtr result = answers.next();
      answers.finish();
      if (std::string_view{PQcmdStatus(result.get())} != "COMMIT") {
        throw StatementError{failure_of(StoreError::Kind::broken), "postgres: the transaction was not committed"};
      }
    } catch (const StatementError& error) {
      if (error.remedy() != Remedy::reconnect) throw note(error);
      disconnect();
      throw CommitLost{lost};
    }
  }
  end();
  try {
    if (faults_ != nullptr) faults_->after_commit();
  } catch (const std::exception& error) {
    throw StoreError{StoreError::Kind::commit_unknown, error.what()};
  }
}

void Session::rollback() noexcept {
  const bool dead = spoiled_ && spoiled_->remedy() == Remedy::reconnect;
  try {
    if (begun_ && !dead) link_->send_and_forget("ROLLBACK");
    if (dead) disconnect();
  } catch (const StatementError&) {
    disconnect();  // and with it the transaction
  }
  end();
}

std::int64_t Session::execute(const Sql& sql, std::span<const Param> params, RowVisitor visit) {
  const char* text = sql.text(Engine::postgres);
  inject([&](FaultInjector& faults) { faults.before_statement(text); });
  if (text == undo && !spoiled_) failed_.reset();
  check();
  if (defer(text)) return 0;
  const ResultPtr result = run(text, WireParams{params});
  const int rows = PQntuples(result.get());
  for (int row = 0; row < rows; ++row) visit(ResultRow{result.get(), row});
  return changed_rows(result.get());
}

void Session::run_script(std::string_view sql) {
  execute("SET LOCAL statement_timeout = 0", {}, [](const Row&) {});
  execute("SET LOCAL lock_timeout = 0", {}, [](const Row&) {});
  inject([&](FaultInjector& faults) { faults.before_statement(sql); });
  try {
    link_->run_script(std::string{sql});
  } catch (const StatementError& error) {
    throw note(error);
  }
}

void Session::check() const {
  if (spoiled_) throw StatementError{*spoiled_};
  if (failed_) throw StatementError{*failed_};
  if (deadline_ && steady_clock::now() > *deadline_) {
    throw StatementError{failure_of(StoreError::Kind::overrun), "postgres: the query took more than its budget"};
  }
}

bool Session::defer(std::string_view control) {
  const bool untouched = !pending_.empty() && pending_.back() == savepoint;  // nothing ran since it was set
  if (control == savepoint) {
    pending_.emplace_back(control);
  } else if (control == release) {
    if (untouched)
      pending_.pop_back();
    else
      pending_.emplace_back(control);
  } else if (control == undo) {
    if (!untouched) pending_.emplace_back(control);
  } else {
    return false;
  }
  return true;
}

ResultPtr Session::run(const char* text, const WireParams& params) {
  // Nothing of this transaction is on the server yet: a session that died while idle can be replaced unnoticed.
  const bool replaceable = !begun_ && connected();
  try {
    if (!begun_ && !connected()) connect();
    return exchange(text, params);
  } catch (const StatementError& error) {
    if (!replaceable || error.remedy() != Remedy::reconnect) throw note(error);
  }
  try {
    connect();
    return exchange(text, params);
  } catch (const StatementError& error) {
    throw note(error);
  }
}

ResultPtr Session::exchange(const char* text, const WireParams& params) {
  Statement& statement = statements_.find_or_add(text, params.types());
  const bool prepare = !statement.known;
  send_pending();
  if (prepare) link_->send_prepare(statement.name, text, statement.types);
  link_->send_prepared(statement.name, params);
  link_->send_sync();

  Answers answers{*link_};
  receive_pending(answers);
  if (prepare) statement.known = answers.next() != nullptr;
  ResultPtr result = answers.next();
  // What a new session has to be told again is kept.
  if (!answers.error() || answers.error()->remedy() != Remedy::reconnect) pending_.clear();
  answers.finish();
  return result;
}

void Session::send_pending() {
  for (const auto& control : pending_) {
    link_->send(control.c_str());
    if (!begun_ && writes_ && &control == &pending_.front()) link_->send(ask_xid);
  }
}

void Session::receive_pending(Answers& answers) {
  const bool beginning = !begun_;
  for (std::size_t i = 0; i < pending_.size(); ++i) {
    const ResultPtr result = answers.next();
    if (!beginning || i > 0) continue;
    begun_ = result != nullptr;
    if (!writes_) continue;
    if (const ResultPtr xid = answers.next()) xid_ = PQgetvalue(xid.get(), 0, 0);
  }
}

void Session::inject(FunctionRef<void(FaultInjector&)> fault) {
  if (faults_ == nullptr) return;
  try {
    fault(*faults_);
  } catch (const StoreError& error) {
    throw note(StatementError{failure_of(error.kind()), error.what()});
  }
}

StatementError Session::note(const StatementError& error) {
  if (error.remedy() == Remedy::none)
    failed_ = error;
  else
    spoiled_ = error;
  return error;
}

}  // namespace guerdon::store::postgres
