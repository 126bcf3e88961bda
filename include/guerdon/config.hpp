// Every setting, typed. Defaults and explanations are in config/guerdon.json, which is embedded and decoded first;
// a file, the environment and --set override it, in that order. A key that is unknown or bad stops the start.
#pragma once

#include <boost/describe.hpp>
#include <map>
#include <string>
#include <vector>

#include "guerdon/codec.hpp"
#include "guerdon/config_types.hpp"
#include "guerdon/kafka_config.hpp"
#include "guerdon/redis_config.hpp"
#include "guerdon/result.hpp"

namespace guerdon {

/// Time-outs of one phase each: a slow peer can't stretch them by sending a byte now and then.
using Timeout = Within<10, hour_ms>;

struct HttpConfig {
  Endpoint listen;
  Bounded<0, 64> threads;  ///< 0 = one per core
  std::vector<Network> trusted_proxies;
  Timeout header_timeout, body_timeout, handler_timeout, write_timeout, idle_timeout;
  Within<10, 20'000> drain_timeout;  ///< what else a stop takes fits into the usual grace of 30 s with it
  Within<second_ms, 30 * day_ms> max_connection_age;
  Bounded<1, 1'000'000'000> max_requests_per_connection;
  Bounded<1, 1'000'000> max_connections, max_connections_per_address;
  List<WebOrigin, 0, 100> cors_origins;
};
BOOST_DESCRIBE_STRUCT(HttpConfig, (),
                      (listen, threads, trusted_proxies, header_timeout, body_timeout, handler_timeout, write_timeout,
                       idle_timeout, drain_timeout, max_connection_age, max_requests_per_connection, max_connections,
                       max_connections_per_address, cors_origins))

struct AdminConfig {
  Endpoint listen;       ///< may be off
  Timeout metrics_wait;  ///< of /metrics, for the store
};
BOOST_DESCRIBE_STRUCT(AdminConfig, (), (listen, metrics_wait))

/// What a power failure may take: nothing, or the last moments (never a middle one, never with a crash of the process).
enum class Durability : std::uint8_t { full, normal };
BOOST_DESCRIBE_ENUM(Durability, full, normal)
template <>
struct Codec<Durability> : LowerCaseCodec<Durability> {};

struct DatabaseConfig {
  DatabaseUrl url;
  Durability durability = Durability::full;
  Bounded<1, 256> connections;         ///< PostgreSQL: workers
  Bounded<16, 1'000'000> queue;        ///< commands waiting at most
  Within<second_ms, day_ms> watchdog;  ///< no progress for so long ends the process
};
BOOST_DESCRIBE_STRUCT(DatabaseConfig, (), (url, durability, connections, queue, watchdog))

struct AuthConfig {
  SigningKey jwt_secret_base64;           ///< never empty once the App is up: without one it makes and keeps its own
  SigningKey jwt_previous_secret_base64;  ///< still accepted, for rotation; may be empty
  Ed25519PrivateKey ed25519_private_key;  ///< signs access tokens if there is one
  Ed25519PublicKey ed25519_previous_public_key;  ///< still accepted, for rotation
  Text<1, 200> issuer, audience;
  Within<second_ms, 365 * day_ms> access_token_ttl, refresh_token_ttl;
  Bounded<8, 128> password_min_length, password_min_length_staff;
  Bounded<8, 4'194'304> argon2_memory_kib;
  Bounded<1, 100> argon2_iterations;
  Bounded<0, 256> hash_threads;  ///< 0 = one per core
  Bounded<1, 100'000> hash_queue;
};
BOOST_DESCRIBE_STRUCT(AuthConfig, (),
                      (jwt_secret_base64, jwt_previous_secret_base64, ed25519_private_key, ed25519_previous_public_key,
                       issuer, audience, access_token_ttl, refresh_token_ttl, password_min_length,
                       password_min_length_staff, argon2_memory_kib, argon2_iterations, hash_threads, hash_queue))

struct TasksConfig {
  Bounded<1, 64> threads;
  Bounded<1, 100'000> queue;
};
BOOST_DESCRIBE_STRUCT(TasksConfig, (), (threads, queue))

struct LimitsConfig {
  bool enabled = true;
  bool staff_unlimited = true;
  Allowance registrations, name_checks;      ///< of an address
  Allowance refreshes;                       ///< of a user
  Allowance reward_requests, writes, reads;  ///< of a user or service key; of an address where there is neither
};
BOOST_DESCRIBE_STRUCT(LimitsConfig, (),
                      (enabled, staff_unlimited, registrations, name_checks, refreshes, reward_requests, writes, reads))

struct IdempotencyConfig {
  Within<second_ms, 7 * day_ms> window;
};
BOOST_DESCRIBE_STRUCT(IdempotencyConfig, (), (window))

struct TimeConfig {
  TimeZone zone;
};
BOOST_DESCRIBE_STRUCT(TimeConfig, (), (zone))

/// When each of the server's jobs runs, in time.zone; off where empty.
struct JobsConfig {
  CronSchedule hard_delete, self_check;
  CronSchedule prune_outbox, prune_idempotency_keys, prune_sessions, prune_password_resets, prune_login_failures;
};
BOOST_DESCRIBE_STRUCT(JobsConfig, (),
                      (hard_delete, self_check, prune_outbox, prune_idempotency_keys, prune_sessions,
                       prune_password_resets, prune_login_failures))

enum class PersonalData : std::uint8_t { full, pseudonymous };
BOOST_DESCRIBE_ENUM(PersonalData, full, pseudonymous)
template <>
struct Codec<PersonalData> : LowerCaseCodec<PersonalData> {};

struct MessagesConfig {
  PersonalData personal_data = PersonalData::full;
};
BOOST_DESCRIBE_STRUCT(MessagesConfig, (), (personal_data))

struct OutboxConfig {
  Within<minute_ms, 3650 * day_ms> retention;
};
BOOST_DESCRIBE_STRUCT(OutboxConfig, (), (retention))

/// The log as readers outside follow it.
struct FeedConfig {
  Bounded<0, 10'000> streams;                       ///< of events, open at once
  Within<second_ms, hour_ms> heartbeat;             ///< into a stream with nothing to tell
  Within<minute_ms, 3650 * day_ms> forget_readers;  ///< that have not committed for so long
};
BOOST_DESCRIBE_STRUCT(FeedConfig, (), (streams, heartbeat, forget_readers))

/// How long what was softly deleted can be restored.
struct RetentionConfig {
  Bounded<1, 3650> days;
};
BOOST_DESCRIBE_STRUCT(RetentionConfig, (), (days))

struct SandboxConfig {
  bool clock = false;
};
BOOST_DESCRIBE_STRUCT(SandboxConfig, (), (clock))

enum class LogLevel : std::uint8_t { debug, info, warning, error, off };
BOOST_DESCRIBE_ENUM(LogLevel, debug, info, warning, error, off)
template <>
struct Codec<LogLevel> : LowerCaseCodec<LogLevel> {};

enum class LogFormat : std::uint8_t { json, text };
BOOST_DESCRIBE_ENUM(LogFormat, json, text)
template <>
struct Codec<LogFormat> : LowerCaseCodec<LogFormat> {};

struct LogConfig {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::json;
};
BOOST_DESCRIBE_STRUCT(LogConfig, (), (level, format))

struct Config {
  HttpConfig http;
  AdminConfig admin;
  DatabaseConfig database;
  AuthConfig auth;
  TasksConfig tasks;
  LimitsConfig limits;
  IdempotencyConfig idempotency;
  TimeConfig time;
  JobsConfig jobs;
  MessagesConfig messages;
  OutboxConfig outbox;
  KafkaConfig kafka;
  FeedConfig feed;
  RetentionConfig retention;
  RedisConfig redis;
  SandboxConfig sandbox;
  LogConfig log;

  /// The defaults alone. Throws std::logic_error when the embedded file is wrong, which a test rules out.
  static Config defaults();
  /// Defaults ← file (if any) ← environment ← `key=value` overrides. Errors name the key, the rule and the source.
  static Result<Config> load(const std::string& file, const std::map<std::string, std::string>& environment,
                             const std::vector<std::string>& overrides);
};
BOOST_DESCRIBE_STRUCT(Config, (),
                      (http, admin, database, auth, tasks, limits, idempotency, time, jobs, messages, outbox, kafka,
                       feed, retention, redis, sandbox, log))

}  // namespace guerdon
