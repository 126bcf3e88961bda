// Makes a database to measure on: users with sessions, events whose condition some of them have met, a reward each.
// It writes rows, through the modules' own repositories, and publishes nothing: so nobody is granted anything before
// the load asks for it.
//   bench_seed CONFIG USERS CLAIMANTS EVENTS FOLDER [STOCK]
// CONFIG is the server's; FOLDER gets `tokens` (of the claimants, in no order), `names` of the others and `events`, one
// a line. Everybody's password is that of bench/run.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "guerdon/actor.hpp"
#include "guerdon/app.hpp"
#include "guerdon/password.hpp"
#include "guerdon/random.hpp"
#include "modules/auth/access_tokens.hpp"
#include "modules/auth/accounts.hpp"
#include "modules/auth/repository.hpp"
#include "modules/event/listening.hpp"
#include "modules/event/repository.hpp"
#include "modules/progress/counting.hpp"
#include "modules/progress/fact_repository.hpp"
#include "modules/progress/repository.hpp"
#include "modules/reward/repository.hpp"

namespace {

using namespace guerdon;

constexpr std::size_t rows_a_transaction = 20'000;
constexpr std::int64_t points = 100, endless = 1'000'000'000;

constexpr std::string_view password = "correct horse battery staple";

struct Claimant {
  UserId user;
  SessionId session;
};

struct People {
  std::vector<Claimant> claimants;
  std::vector<std::string> others;  ///< by name
};

/// Calls `each(tx, i)` for i = 0 … count-1, many a transaction.
template <class F>
void write_rows(Database& database, std::size_t count, F each) {
  for (std::size_t begin = 0; begin < count; begin += rows_a_transaction) {
    const auto written = database.write([&](Tx& tx) -> Result<void> {
      for (std::size_t i = begin; i < std::min(count, begin + rows_a_transaction); ++i) each(tx, i);
      return {};
    });
    if (!written) throw std::runtime_error("a transaction was refused");
  }
}

People add_users(Database& database, const Config& config, std::size_t users, std::size_t claimants) {
  const auto hash = hash_password(auth::password_cost(config.auth), password, PasswordSalt{});
  const auto stride = std::max<std::size_t>(users / claimants, 1);
  People found;
  write_rows(database, users, [&](Tx& tx, std::size_t i) {
    const Claimant one{tx.new_id<UserId>(), tx.new_id<SessionId>()};
    const auto name = "user" + std::to_string(10'000'000 + i), email = name + "@example.com";
    auth::add_user(tx, one.user,
                   {.username = name,
                    .username_key = name,
                    .email = email,
                    .email_key = email,
                    .password_hash = hash,
                    .roles = {Role::user},
                    .invite_code = to_text(one.user.uuid()).substr(uuid_text_size - 12),
                    .profile = {},
                    .invited_by = std::nullopt});
    auth::replace_session(tx, one.user, one.session, tx.now() + config.auth.refresh_token_ttl.value);
    if (i % stride == 0 && found.claimants.size() < claimants)
      found.claimants.push_back(one);
    else
      found.others.push_back(name);
  });
  return found;
}

std::vector<event::EventId> add_events(Database& database, std::size_t count, UserId creator, std::int64_t stock) {
  std::vector<event::EventId> events;
  write_rows(database, count, [&](Tx& tx, std::size_t i) {
    event::EventRow row;
    row.id = tx.new_id<event::EventId>();
    row.name = "A day with us, number " + std::to_string(i + 1);
    row.description = "Log in on one day and be rewarded.";
    row.condition_type = "CONSECUTIVE_LOGIN";
    row.condition_params = {{"days", 1}, {"freezeDays", 0}, {"source", "LOGIN"}};
    row.start_at = tx.now() - std::chrono::days{1};
    row.end_at = tx.now() + std::chrono::days{30};
    row.is_active = row.was_active = true;
    row.created_by = ActorId::trusted(creator.to_string());
    row.created_at = row.updated_at = tx.now();
    event::add_event(tx, row);
    event::save_topics(tx, row);
    event::mark_has_progress(tx, row.id);
    reward::RewardRow reward;
    reward.id = tx.new_id<reward::RewardId>();
    reward.event_id = row.id;
    reward.metadata = {{"amount", points}};
    reward.quantity = reward.remaining = stock;
    reward.created_at = reward.updated_at = tx.now();
    reward::add_reward(tx, reward);
    events.push_back(row.id);
  });
  return events;
}

void add_progress(Database& database, const std::vector<event::EventId>& events,
                  const std::vector<Claimant>& claimants) {
  const Instant login = SystemClock{}.now();
  const progress::Streak met{
      .run = 1, .freezes_used = 0, .best = 1, .last_day = TimeZone{}.local_date(login), .met_at = login};
  const auto state = to_json(progress::Fold{.tally = {.state = json::parse(to_json(met)), .met_at = login},
                                            .last = progress::FactKey{.at = login, .id = {}}});
  write_rows(database, claimants.size(),
             [&](Tx& tx, std::size_t i) { progress::add_login(tx, claimants[i].user, login); });
  write_rows(database, claimants.size() * events.size(), [&](Tx& tx, std::size_t i) {
    progress::add_state(tx, {.id = tx.new_id<progress::ProgressId>(),
                             .event_id = events[i / claimants.size()],
                             .user_id = claimants[i % claimants.size()].user,
                             .progress = 1,
                             .required = 1,
                             .met_at = login,
                             .last_update = login,
                             .state = state});
  });
}

void write_tokens(const Config& config, std::vector<Claimant> claimants, const std::string& path) {
  const auto lifetime = std::chrono::floor<std::chrono::seconds>(config.auth.access_token_ttl.value);
  const auth::AccessTokens tokens{
      {.issuer = config.auth.issuer.value(), .audience = config.auth.audience.value(), .lifetime = lifetime},
      {.current = config.auth.jwt_secret_base64.bytes(), .previous = {}}};
  std::shuffle(claimants.begin(), claimants.end(), std::mt19937_64{});  // the same order each time
  const auto random = system_random();
  const auto now = SystemClock{}.now();
  std::ofstream file{path};
  for (const auto& [user, session] : claimants)
    file << tokens.issue({.user = user, .session = session, .version = 1, .roles = {Role::user}}, now, *random) << '\n';
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

void seed(const Config& config, std::size_t users, std::size_t claimants, std::size_t events, const std::string& folder,
          std::int64_t stock) {
  App app{config, {}};
  const auto people = add_users(app.database(), config, users, claimants);
  const auto made = add_events(app.database(), events, people.claimants.front().user, stock);
  add_progress(app.database(), made, people.claimants);
  write_tokens(config, people.claimants, folder + "/tokens");
  std::ofstream names{folder + "/names"};
  for (const auto& name : people.others) names << name << '\n';
  std::ofstream file{folder + "/events"};
  for (const auto event : made) file << event.to_string() << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 6 && argc != 7) throw std::invalid_argument("bench_seed CONFIG USERS CLAIMANTS EVENTS FOLDER [STOCK]");
    const auto config = Config::load(argv[1], {}, {});
    if (!config) throw std::invalid_argument(problem_document(config.error(), {}));
    seed(*config, std::stoul(argv[2]), std::stoul(argv[3]), std::stoul(argv[4]), argv[5],
         argc == 7 ? std::stoll(argv[6]) : endless);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_seed: %s\n", error.what());
    return 1;
  }
}
