// How much one command of a hard delete touches, by what SQLite itself counts: rows, since time is the machine's.
#include "integration/purge/graveyard.hpp"

using namespace guerdon;
using namespace guerdon::test;

namespace {

constexpr int users = 150, sessions = 20;

void add_sessions(Graveyard& yard, UserId user) {
  yard.write([&](Tx& tx) {
    for (int i = 0; i < sessions; ++i)
      tx.exec("INSERT INTO progress_sessions (user_id, at) VALUES ($1, $2)", user, tx.now() - (i + 1) * 15min);
  });
}

struct Pass {
  bool is_last = false;
  std::int64_t rows = 0;  // inserted, changed and deleted
};

Pass pass(Graveyard& yard) {
  return yard.store
      ->write([&](Tx& tx) -> Result<Pass> {
        const auto before = tx.get<std::int64_t>("SELECT total_changes()");
        const bool is_last = yard.hard_delete.pass(tx);
        return Pass{is_last, tx.get<std::int64_t>("SELECT total_changes()") - before};
      })
      .value();
}

}  // namespace

TEST_CASE("no command of a large hard delete touches more rows than a batch and what goes with its subjects") {
  const HardDeleteRules rules{.most_users = 2 * users};
  Graveyard yard{Engine::sqlite, rules};
  for (int i = 0; i < users; ++i) {
    const auto user = yard.new_user();
    add_sessions(yard, user);
    yard.delete_softly(user);
  }
  yard.pass_time(30 * 24h);
  REQUIRE(yard.begin().due_users == users);
  // Tombstones, the receipt, the remains, an account's own rows; and those of the run.
  const auto most = rules.rows_a_pass + 8 * rules.subjects_a_pass + 20;
  std::int64_t all = 0;
  for (Pass one; !one.is_last;) {
    one = pass(yard);
    CHECK(one.rows <= most);
    all += one.rows;
  }
  CHECK(yard.last_run().users == users);
  CHECK(all >= users * (sessions + 1));
  CHECK(yard.violations() == Lines{});
}
