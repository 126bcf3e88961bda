// Rows that can't be read any more: whose they are stays until they are mended, and everybody else goes in time.
#include "integration/purge/graveyard.hpp"

using namespace guerdon;
using namespace guerdon::test;

namespace {

UserId new_customer(Graveyard& yard) {
  const auto user = yard.new_user();
  for (int day = 0; day < 3; ++day) {
    yard.log_in(user);
    yard.pass_time(24h);
  }
  yard.delete_softly(user);
  yard.pass_time(1s);
  return user;
}

/// A message of the user that nobody can read any more.
void damage(Graveyard& yard, UserId user) {
  yard.write([&](Tx& tx) {
    tx.exec(
        "INSERT INTO outbox (position, partition, message_id, topic, key, type, payload, headers, at)"
        " VALUES (900, 0, $1, 'auth.events.user', $2, 'UserCreated', $3, $4, $5)",
        tx.new_id<MessageId>(), user.to_string(), R"({"email":"cut o)", json::object{}, tx.now());
  });
}

void mend(Graveyard& yard) {
  yard.write([](Tx& tx) { tx.exec("UPDATE outbox SET payload = $1 WHERE position = 900", R"({"email":"whole"})"); });
}

std::string message(Graveyard& yard) {
  return yard.store->read(
      [](Snapshot& s) { return s.get<std::string>("SELECT payload FROM outbox WHERE position = 900"); });
}

std::int64_t hidden_rows(Graveyard& yard, UserId user) {
  return yard.count("SELECT count(*) FROM progress_deleted_logins WHERE user_id = $1", user.uuid());
}

std::int64_t audited_failures(Graveyard& yard, PurgeRunId run) {
  const auto details = yard.store->read([&](Snapshot& s) {
    return s.get<std::string>("SELECT details FROM audit_log WHERE action = 'hard-delete.done' AND subject = $1",
                              run.to_string());
  });
  return parse_json(details).value().at("failed").as_int64();
}

}  // namespace

TEST_CASE("one damaged user stays whole, is counted, and holds up nobody, until what is damaged is mended") {
  Graveyard yard{GENERATE(from_range(engines())), {.subjects_a_pass = 2}};
  std::vector<UserId> users;
  for (int i = 0; i < 7; ++i) users.push_back(new_customer(yard));
  const auto damaged = users[1];
  damage(yard, damaged);
  const auto rows = hidden_rows(yard, damaged);
  REQUIRE(rows > 0);
  yard.pass_time(30 * 24h);
  const auto run = yard.begin().run;
  yard.finish();
  for (const auto user : users) CHECK(yard.has_account(user) == (user == damaged));
  CHECK(hidden_rows(yard, damaged) == rows);
  CHECK(yard.last_run().users == 6);
  CHECK(yard.last_run().failed == 1);
  CHECK(audited_failures(yard, run) == 1);
  CHECK(yard.violations() == Lines{});

  mend(yard);
  yard.begin();
  yard.finish();
  CHECK_FALSE(yard.has_account(damaged));
  CHECK(yard.last_run().users == 1);
  CHECK(yard.last_run().failed == 0);
  CHECK(message(yard) == "{}");
}

TEST_CASE("who turns out to be damaged once their account is gone is left for the next run, which removes the rest") {
  Graveyard yard{GENERATE(from_range(engines())), {.rows_a_pass = 2}};
  const auto damaged = new_customer(yard);
  const auto other = new_customer(yard);
  damage(yard, damaged);
  const auto remains = [&] { return yard.count("SELECT count(*) FROM purge_subjects WHERE id = $1", damaged.uuid()); };
  yard.pass_time(30 * 24h);
  yard.begin();
  yard.finish();
  CHECK_FALSE(yard.has_account(damaged));
  CHECK_FALSE(yard.has_account(other));
  CHECK(yard.last_run().users == 2);
  CHECK(yard.last_run().failed == 1);
  CHECK(remains() == 1);

  mend(yard);
  yard.begin();
  yard.finish();
  CHECK(yard.last_run().failed == 0);
  CHECK(remains() == 0);
  CHECK(message(yard) == "{}");
  CHECK(yard.erasures == 2);
}
