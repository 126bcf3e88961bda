// A hard delete whose process ends in the middle, on both engines: it goes on where it was.
#include <stdexcept>

#include "integration/purge/customer.hpp"

using namespace guerdon;
using namespace guerdon::test;
using Outcome = PurgeStart::Outcome;

TEST_CASE("a run under way goes on after a restart, and asking again joins it") {
  Graveyard yard{GENERATE(from_range(engines())), {.rows_a_pass = 3}};
  Customer customer{yard};
  yard.delete_softly(customer.user);
  yard.pass_time(30 * 24h);
  const auto run = yard.begin().run;
  REQUIRE_FALSE(yard.pass());
  REQUIRE_FALSE(yard.has_account(customer.user));
  REQUIRE(rows_left(yard, customer.user) > 0);
  yard.store.reopen();
  const auto again = yard.begin();
  CHECK(again.outcome == Outcome::running);
  CHECK(again.run == run);
  yard.finish();
  CHECK(rows_left(yard, customer.user) == 0);
  CHECK(yard.last_run().users == 1);
}

TEST_CASE("a run that is cut off before and after each of its commits removes the same, and no batch does half of it") {
  Graveyard yard{GENERATE(from_range(engines())), {.rows_a_pass = 3}};
  Customer customer{yard};
  yard.delete_softly(customer.user);
  yard.pass_time(30 * 24h);
  const auto run = yard.begin().run;
  int passes = 0;
  for (bool is_done = false; !is_done; ++passes) {
    const auto before = rows_left(yard, customer.user);
    CHECK_THROWS_WITH(yard.store->write([&](Tx& tx) -> Result<bool> {
      static_cast<void>(yard.hard_delete.pass(tx));
      throw std::runtime_error("the power goes");
    }),
                      "the power goes");
    yard.store.reopen();
    CHECK(rows_left(yard, customer.user) == before);
    is_done = yard.pass();
    yard.store.reopen();
    CHECK(yard.violations() == Lines{});
  }
  CHECK(passes > 3);
  CHECK(rows_left(yard, customer.user) == 0);
  CHECK_FALSE(yard.has_account(customer.user));
  CHECK(yard.last_run().id == run);
  CHECK(yard.last_run().users == 1);
}
