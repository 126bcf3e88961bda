// Adds users who were softly deleted long ago to a database that bench_seed made, and a hard delete that is under way:
// its job is asked for, so a server goes on with it as it starts.
//   bench_doomed CONFIG USERS    adds them
//   bench_doomed CONFIG          says how many are left, and whether the hard delete is done
#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <string>

#include "cron/job_rows.hpp"
#include "guerdon/app.hpp"
#include "modules/auth/repository.hpp"
#include "modules/progress/repository.hpp"
#include "modules/reward/repository.hpp"
#include "purge/hard_delete.hpp"
#include "purge/runs.hpp"

namespace {

using namespace guerdon;

constexpr std::int64_t users_a_transaction = 2'000, log_ins = 10;
constexpr std::chrono::days long_ago{40};

void add_account(Tx& tx, UserId user, std::int64_t number) {
  const auto name = "doomed" + std::to_string(10'000'000 + number);
  const auto email = name + "@example.com";
  auth::add_user(tx, user,
                 {.username = name,
                  .username_key = name,
                  .email = email,
                  .email_key = email,
                  .password_hash = std::string(96, 'x'),
                  .roles = {Role::user},
                  .invite_code = to_text(user.uuid()).substr(uuid_text_size - 12),
                  .profile = {},
                  .invited_by = std::nullopt});
  tx.exec("UPDATE auth_users SET status = 'DELETED', deleted_at = $2, deleted_by = $1 WHERE id = $1", user,
          tx.now() - long_ago);
}

/// What a user of some weeks leaves behind, hidden under the mark of their deletion.
void add_life(Tx& tx, UserId user, event::EventId event) {
  for (std::int64_t day = 1; day <= log_ins; ++day)
    tx.exec("INSERT INTO progress_deleted_logins (user_id, at, deleted_by) VALUES ($1, $2, $1)", user,
            tx.now() - long_ago - std::chrono::days{day});
  tx.exec(
      "INSERT INTO progress_deleted_states (event_id, user_id, progress, required, last_update, state, id, deleted_by,"
      " deleted_at) VALUES ($1, $2, 1, 2, $3, '{}', $4, $2, $3)",
      event, user, tx.now() - long_ago, tx.new_id<progress::ProgressId>());
  tx.exec(
      "INSERT INTO reward_requests (id, user_id, event_id, status, requested_at, processed_at, reason, updated_at)"
      " VALUES ($1, $2, $3, 'REJECTED', $4, $4, 'event-over', $4)",
      tx.new_id<reward::RequestId>(), user, event, tx.now() - long_ago);
}

void begin_run(Tx& tx, std::int64_t users) {
  PurgeRun run;
  run.id = tx.new_id<PurgeRunId>();
  run.until_at = tx.now();
  run.due_users = users;
  run.started_at = tx.now();
  if (!add_run(tx, run)) throw std::runtime_error("another hard delete is under way");

  cron::JobRow job;
  job.name = HardDelete::job;
  cron::add_job(tx, job);  // where no server has done so
  job = cron::lock_job(tx, job.name).value();
  job.asked_at = tx.now();
  cron::update_job(tx, job);
}

void add_doomed(Database& database, std::int64_t users) {
  const auto event = database.read(
      [](Snapshot& s) { return s.get<event::EventId>("SELECT id FROM event_events ORDER BY id LIMIT 1"); });
  for (std::int64_t begin = 0; begin < users; begin += users_a_transaction) {
    const auto added = database.write([&](Tx& tx) -> Result<void> {
      for (auto number = begin; number < std::min(users, begin + users_a_transaction); ++number) {
        const auto user = tx.new_id<UserId>();
        add_account(tx, user, number);
        add_life(tx, user, event);
      }
      return {};
    });
    if (!added) throw std::runtime_error("a transaction was refused");
  }
  const auto begun = database.write([&](Tx& tx) -> Result<void> {
    begin_run(tx, users);
    return {};
  });
  if (!begun) throw std::runtime_error("a transaction was refused");
}

void print_rest(Database& database) {
  const auto left = database.read(
      [](Snapshot& s) { return s.get<std::int64_t>("SELECT count(*) FROM auth_users WHERE status = 'DELETED'"); });
  const auto run = database.read([](Snapshot& s) { return find_last_run(s); });
  const bool is_done = run && run->state == PurgeState::done;
  std::printf("{\"left\":%lld,\"finished\":%s}\n", static_cast<long long>(left), is_done ? "true" : "false");
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 2 && argc != 3) throw std::invalid_argument("bench_doomed CONFIG [USERS]");
    const auto config = Config::load(argv[1], {}, {});
    if (!config) throw std::invalid_argument(problem_document(config.error(), {}));
    App app{*config, {}};
    if (argc == 3)
      add_doomed(app.database(), std::stoll(argv[2]));
    else
      print_rest(app.database());
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_doomed: %s\n", error.what());
    return 1;
  }
}
