// A message for the tests of the bus, and a table of what subscribers made of it: an effect that a second delivery
// would show.
#pragma once

#include <string>
#include <vector>

#include "guerdon/bus.hpp"
#include "support/databases.hpp"

namespace guerdon::test {

struct Noted {
  static constexpr std::string_view topic = "test.notes", type = "Noted";
  std::string subject;
  std::int64_t number = 0;
  [[nodiscard]] std::string key() const { return subject; }
};
BOOST_DESCRIBE_STRUCT(Noted, (), (subject, number))

/// Another type on the same topic.
struct Erased {
  static constexpr std::string_view topic = "test.notes", type = "Erased";
  std::string subject;
  [[nodiscard]] std::string key() const { return subject; }
};
BOOST_DESCRIBE_STRUCT(Erased, (), (subject))

struct Other {
  static constexpr std::string_view topic = "test.other", type = "Other";
  std::string subject;
  [[nodiscard]] std::string key() const { return subject; }
};
BOOST_DESCRIBE_STRUCT(Other, (), (subject))

inline void make_effects(TestDatabase& store) {
  store
      ->write([](Tx& tx) -> Result<void> {
        tx.exec({"CREATE TABLE test_effects (n INTEGER PRIMARY KEY, consumer TEXT, subject TEXT, number INTEGER)",
                 "CREATE TABLE test_effects (n SERIAL PRIMARY KEY, consumer TEXT, subject TEXT, number BIGINT)"});
        return {};
      })
      .value();
}

inline void add_effect(Tx& tx, std::string_view consumer, const Noted& note) {
  tx.exec("INSERT INTO test_effects (consumer, subject, number) VALUES ($1, $2, $3)", consumer, note.subject,
          note.number);
}

using Numbers = std::vector<std::int64_t>;

/// The numbers that a consumer has noted, in the order of their inserts.
inline Numbers effects(Snapshot& snapshot, std::string_view consumer, std::string_view subject) {
  return snapshot.list<std::int64_t>("SELECT number FROM test_effects WHERE consumer = $1 AND subject = $2 ORDER BY n",
                                     consumer, subject);
}
inline Numbers effects(TestDatabase& store, std::string_view consumer, std::string_view subject) {
  return store->read([&](Snapshot& snapshot) { return effects(snapshot, consumer, subject); });
}

template <class... M>
void publish_all(TestDatabase& store, const M&... messages) {
  store
      ->write([&](Tx& tx) -> Result<void> {
        (publish(tx, messages), ...);
        return {};
      })
      .value();
}

/// One number.
inline std::int64_t count(TestDatabase& store, Sql sql) {
  return store->read([&](Snapshot& snapshot) { return snapshot.get<std::int64_t>(sql); });
}

inline void change(TestDatabase& store, Sql sql) {
  store
      ->write([&](Tx& tx) -> Result<void> {
        tx.exec(sql);
        return {};
      })
      .value();
}

}  // namespace guerdon::test
