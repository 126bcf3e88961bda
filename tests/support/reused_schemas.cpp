// See reused_schemas.hpp.
#include "support/reused_schemas.hpp"

#include <stdexcept>

#include "guerdon/random.hpp"
#include "store/open.hpp"
#include "support/databases.hpp"

namespace guerdon::test {
namespace {

thread_local ReusedSchemas* of_this_thread = nullptr;

void migrate(const std::string& url) {
  const FakeClock clock;
  const auto random = system_random();
  IdSource ids{*random};
  store::DatabaseOptions options;
  options.url = url;
  options.clock = &clock;
  options.ids = &ids;
  options.connections = 1;
  const auto database = store::open_database(options);
  store::migrate(*database);
}

/// Of the tables in SCHEMA those that PRISTINE has get its rows, the others go. Neither triggers nor references are
/// asked.
constexpr const char* make_as_new = R"(
  SET session_replication_role = replica;
  DO $$
  DECLARE name text;
  BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'SCHEMA' LOOP
      IF to_regclass('PRISTINE.' || quote_ident(name)) IS NULL THEN
        EXECUTE format('DROP TABLE SCHEMA.%I CASCADE', name);
      ELSE
        EXECUTE format('DELETE FROM SCHEMA.%I', name);
        EXECUTE format('INSERT INTO SCHEMA.%I SELECT * FROM PRISTINE.%I', name, name);
      END IF;
    END LOOP;
  END $$)";

std::string replaced(std::string text, const std::string& word, const std::string& by) {
  for (auto at = text.find(word); at != text.npos; at = text.find(word, at + by.size()))
    text.replace(at, word.size(), by);
  return text;
}

}  // namespace

ReusedSchemas::ReusedSchemas() {
  if (of_this_thread != nullptr) throw std::logic_error("schemas are reused already");
  if (engines().size() > 1) {
    pristine_ = std::make_unique<PostgresSchema>();
    migrate(pristine_->url());
  }
  of_this_thread = this;
}

ReusedSchemas::~ReusedSchemas() { of_this_thread = nullptr; }

ReusedSchemas* ReusedSchemas::current() { return of_this_thread; }

std::unique_ptr<PostgresSchema> ReusedSchemas::take() {
  if (idle_.empty()) return std::make_unique<PostgresSchema>();
  auto schema = std::move(idle_.back());
  idle_.pop_back();
  return schema;
}

void ReusedSchemas::give_back(std::unique_ptr<PostgresSchema> schema) {
  const auto statement = replaced(replaced(make_as_new, "SCHEMA", schema->name()), "PRISTINE", pristine_->name());
  SideSession{postgres_url()}.run(statement);
  idle_.push_back(std::move(schema));
}

}  // namespace guerdon::test
