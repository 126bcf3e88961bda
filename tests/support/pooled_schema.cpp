// See pooled_schema.hpp. Which schema is whose is said by advisory locks, which end with their session, as when a
// process dies; that one is as new is said by its comment, which is the fingerprint of its tables.
#include "support/pooled_schema.hpp"

#include <stdexcept>

#include "guerdon/random.hpp"
#include "store/open.hpp"
#include "support/fake_clock.hpp"

namespace guerdon::test {
namespace {

constexpr int pool = 7'206'001;    // the first half of the advisory locks' keys
constexpr int most_schemas = 150;  // each takes two connections and more, of which the server has 200
const std::string pristine = "pooled_pristine";

std::string replaced(std::string text, const std::string& word, const std::string& by) {
  for (auto at = text.find(word); at != text.npos; at = text.find(word, at + by.size()))
    text.replace(at, word.size(), by);
  return text;
}

std::string of(const std::string& schema, const std::string& statement) {
  return replaced(replaced(statement, "{schema}", schema), "{pristine}", pristine);
}

// Everything that a test could have altered: columns, defaults, constraints, indexes, triggers, functions, options.
constexpr const char* fingerprint = R"(
  SELECT coalesce(md5(string_agg(replace(part, '{schema}', ''), ';' ORDER BY part)), '') FROM (
    SELECT concat_ws(' ', c.relname, c.relkind, c.relpersistence, c.reloptions::text, a.attname,
                     format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid)) AS part
    FROM pg_class c
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = to_regnamespace('{schema}')
    UNION ALL
    SELECT concat_ws(' ', conname, pg_get_constraintdef(oid)) FROM pg_constraint
    WHERE connamespace = to_regnamespace('{schema}')
    UNION ALL
    SELECT concat_ws(' ', pg_get_indexdef(indexrelid), indisvalid) FROM pg_index
    JOIN pg_class c ON c.oid = indexrelid WHERE c.relnamespace = to_regnamespace('{schema}')
    UNION ALL
    SELECT concat_ws(' ', pg_get_triggerdef(t.oid), tgenabled) FROM pg_trigger t
    JOIN pg_class c ON c.oid = tgrelid WHERE c.relnamespace = to_regnamespace('{schema}') AND NOT tgisinternal
    UNION ALL
    SELECT concat_ws(' ', proname, prosrc) FROM pg_proc WHERE pronamespace = to_regnamespace('{schema}')
  ) parts)";

constexpr const char* drop_own_tables = R"(
  SET client_min_messages = error;
  DO $$
  DECLARE name text;
  BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = '{schema}' LOOP
      IF to_regclass('{pristine}.' || quote_ident(name)) IS NULL THEN
        EXECUTE format('DROP TABLE {schema}.%I CASCADE', name);
      END IF;
    END LOOP;
  END $$)";

// Neither triggers nor references are asked. What has grown is cut off, so that dead rows do not slow down who is next.
constexpr const char* empty_and_fill = R"(
  SET LOCAL session_replication_role = replica;
  DO $$
  DECLARE name text;
  BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = '{schema}' LOOP
      IF pg_relation_size(('{schema}.' || quote_ident(name))::regclass) > 262144 THEN
        EXECUTE format('TRUNCATE {schema}.%I CASCADE', name);
      ELSE
        EXECUTE format('DELETE FROM {schema}.%I', name);
      END IF;
    END LOOP;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = '{pristine}' LOOP
      EXECUTE format('INSERT INTO {schema}.%I SELECT * FROM {pristine}.%I', name, name);
    END LOOP;
  END $$)";

void migrate(const std::string& schema) {
  const FakeClock clock;
  const auto random = system_random();
  IdSource ids{*random};
  store::DatabaseOptions options;
  options.url = schema_url(schema);
  options.clock = &clock;
  options.ids = &ids;
  options.connections = 1;
  const auto database = store::open_database(options);
  store::migrate(*database);
}

std::string comment(SideSession& session, const std::string& schema) {
  return session.run(of(schema, "SELECT obj_description(to_regnamespace('{schema}'), 'pg_namespace')"));
}

void set_comment(SideSession& session, const std::string& schema, const std::string& text) {
  session.run(of(schema, "COMMENT ON SCHEMA {schema} IS '") + text + "'");
}

void make(SideSession& session, const std::string& schema) {
  session.run(of(schema, "SET client_min_messages = error; DROP SCHEMA IF EXISTS {schema} CASCADE"));
  migrate(schema);
  set_comment(session, schema, session.run(of(schema, fingerprint)));
}

/// What all others are compared with and filled from; the first process of a run makes it.
std::string pristine_fingerprint(SideSession& session) {
  const auto found = comment(session, pristine);
  if (!found.empty()) return found;
  const auto key = std::to_string(pool) + ", " + std::to_string(most_schemas);
  session.run("SELECT pg_advisory_lock(" + key + ")");
  if (comment(session, pristine).empty()) make(session, pristine);
  session.run("SELECT pg_advisory_unlock(" + key + ")");
  return comment(session, pristine);
}

}  // namespace

PooledSchema::PooledSchema() : session_(postgres_url()) {
  for (int number = 0; number < most_schemas; ++number)
    if (take(number)) return;
  throw std::runtime_error("no schema is left");
}

bool PooledSchema::take(int number) {
  const auto key = std::to_string(pool) + ", " + std::to_string(number);
  if (session_.run("SELECT pg_try_advisory_lock(" + key + ")") != "t") return false;
  name_ = "pooled_" + std::to_string(number);
  const auto as_new = pristine_fingerprint(session_);
  try {
    session_.run("SET lock_timeout = '5s'");  // a session of a server that was killed may have it still
    if (comment(session_, name_) != as_new) make(session_, name_);
    set_comment(session_, name_, "in use");
    return true;
  } catch (const std::runtime_error&) {
    session_.run("SELECT pg_advisory_unlock(" + key + ")");
    return false;
  }
}

PooledSchema::~PooledSchema() {
  try {
    make_as_new();
  } catch (const std::exception&) {
    // Its comment still says that it is in use: who takes it next makes it anew.
  }
}

void PooledSchema::make_as_new() {
  const auto as_new = comment(session_, pristine);
  session_.run(of(name_, drop_own_tables));
  if (session_.run(of(name_, fingerprint)) != as_new) return;
  session_.run(of(name_, empty_and_fill));
  set_comment(session_, name_, as_new);
}

}  // namespace guerdon::test
