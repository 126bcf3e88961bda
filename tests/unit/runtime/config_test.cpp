// The configuration: defaults, what overrides what, and the one line for everything that is wrong.
#include "guerdon/config.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <sstream>

#include "guerdon/base64url.hpp"
#include "runtime/config_layers.hpp"
#include "store/embedded.hpp"
#include "support/temp_folder.hpp"

using namespace guerdon;
using namespace std::chrono_literals;

namespace {

using Environment = std::map<std::string, std::string>;

const std::string some_key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";  // 32 bytes

Config loaded(const std::string& file, const Environment& environment, const std::vector<std::string>& overrides) {
  auto config = Config::load(file, environment, overrides);
  if (!config) FAIL(config.error().detail);
  return *std::move(config);
}

std::string refusal(const std::string& file, const Environment& environment,
                    const std::vector<std::string>& overrides) {
  const auto config = Config::load(file, environment, overrides);
  REQUIRE_FALSE(config.has_value());
  CHECK(config.error().detail.find('\n') == std::string::npos);
  return config.error().detail;
}

template <class T>
void collect_keys(const std::string& prefix, std::vector<std::string>& keys) {
  boost::mp11::mp_for_each<MembersOf<T>>([&](auto descriptor) {
    using D = decltype(descriptor);
    using Member = detail::MemberType<T, D>;
    const std::string key = prefix + std::string{detail::member_name<D>.view()};
    if constexpr (DescribedStruct<Member>)
      collect_keys<Member>(key + ".", keys);
    else
      keys.push_back(key);
  });
}

}  // namespace

TEST_CASE("the documented settings are exactly those that the server knows") {
  const auto tree = parse_commented(embedded::default_config());
  REQUIRE(tree.has_value());
  const ConfigLayers layers{*tree};
  const auto views = layers.keys();
  std::vector<std::string> documented{views.begin(), views.end()};
  std::vector<std::string> known;
  collect_keys<Config>("", known);
  std::sort(documented.begin(), documented.end());
  std::sort(known.begin(), known.end());
  CHECK(documented == known);
}

TEST_CASE("each setting and each section of the file of defaults has a comment above it") {
  std::istringstream file{std::string{embedded::default_config()}};
  std::string line, before;
  int settings = 0;
  while (std::getline(file, line)) {
    const auto text = line.substr(std::min(line.find_first_not_of(' '), line.size()));
    if (text.starts_with('"')) {
      ++settings;
      INFO(line);
      CHECK(before.starts_with("// "));
      CHECK(before.size() > 8);
    }
    before = text;
  }
  CHECK(settings > 40);
}

TEST_CASE("the defaults are what the documentation promises") {
  const auto config = Config::defaults();
  CHECK(config.http.listen == Endpoint{"0.0.0.0", 8080});
  CHECK(config.admin.listen == Endpoint{"127.0.0.1", 9090});
  CHECK(config.database.url.text() == "sqlite:data/guerdon.db");
  CHECK(config.database.durability == Durability::full);
  CHECK(config.auth.access_token_ttl.value == 900s);
  CHECK(config.auth.refresh_token_ttl.value == 7 * 24h);
  CHECK(config.auth.jwt_secret_base64.empty());
  CHECK(config.auth.argon2_memory_kib == 19456);
  CHECK(config.limits.enabled);
  CHECK(config.limits.staff_unlimited);
  CHECK(config.limits.registrations == Allowance{.times = 60, .window = 1h});
  CHECK(config.limits.name_checks == Allowance{.times = 60, .window = 1min});
  CHECK(config.limits.reward_requests == Allowance{.times = 60, .window = 1min});
  CHECK(config.limits.writes == Allowance{.times = 600, .window = 1min});
  CHECK(config.limits.reads == Allowance{.times = 6000, .window = 1min});
  CHECK(config.idempotency.window.value == 60s);
  CHECK(config.time.zone.name() == "UTC");
  CHECK(config.outbox.retention.value == 7 * 24h);
  CHECK(config.feed.streams == 64);
  CHECK(config.feed.heartbeat.value == 15s);
  CHECK(config.feed.forget_readers.value == 30 * 24h);
  CHECK(config.redis.host.value().empty());
  CHECK(config.redis.port == 6379);
  CHECK(config.redis.timeout.value == 50ms);
  CHECK(config.redis.breaker_failures == 5);
  CHECK(config.redis.breaker_pause.value == 5s);
  CHECK_FALSE(config.sandbox.clock);
  CHECK(config.log.format == LogFormat::json);
}

TEST_CASE("a file overrides the defaults, the environment the file, the command line everything") {
  const test::TempFolder folder;
  const auto file = folder.write("g.json", R"({"http": {"listen": "127.0.0.1:1", "threads": 3}, // ours
      /* and */ "log": {"level": "debug", "format": "text"}})");
  const auto config =
      loaded(file, {{"GUERDON_HTTP__LISTEN", "127.0.0.1:2"}, {"GUERDON_LOG__LEVEL", "error"}}, {"http.listen=[::1]:3"});
  CHECK(config.http.listen == Endpoint{"::1", 3});
  CHECK(config.http.threads == 3);
  CHECK(config.log.level == LogLevel::error);
  CHECK(config.log.format == LogFormat::text);
  CHECK(config.http.max_connections == 10000);
}

TEST_CASE("environment variables join camel-case words and separate levels by two underscores") {
  const auto config = loaded("",
                             {{"GUERDON_AUTH__ACCESSTOKENTTL", "5m"},
                              {"GUERDON_LIMITS__ENABLED", "false"},
                              {"GUERDON_HTTP__TRUSTEDPROXIES", "10.0.0.0/8,::1"},
                              {"GUERDON_HTTP__MAXCONNECTIONS", "77"},
                              {"GUERDON_SERVICE_HOST", "10.1.2.3"},  // an orchestrator's, none of ours
                              {"GUERDON_ADMIN_USERNAME", "root"},
                              {"HTTP_LISTEN", "x"}},
                             {});
  CHECK(config.auth.access_token_ttl.value == 5min);
  CHECK_FALSE(config.limits.enabled);
  REQUIRE(config.http.trusted_proxies.size() == 2);
  CHECK(config.http.trusted_proxies[0].contains("10.200.0.1"));
  CHECK(config.http.max_connections == 77);
}

TEST_CASE("a limit of rates that is wrong is refused by its name") {
  const auto refused = refusal("", {}, {"limits.rewardRequests=often"});
  CHECK(refused.find("limits.rewardRequests") != std::string::npos);
  CHECK(refused.find("60/1h") != std::string::npos);
  CHECK(loaded("", {{"GUERDON_LIMITS__NAMECHECKS", "5/10s"}}, {}).limits.name_checks.to_string() == "5/10s");
}

TEST_CASE("names of variables in use before guerdon still count, behind its own") {
  auto config = loaded("", {{"JWT_SECRET_BASE64", some_key}, {"JWT_EXPIRES_IN", "600"}, {"PORT", "3000"}}, {});
  CHECK(config.auth.jwt_secret_base64.bytes().size() == 32);
  CHECK(config.auth.access_token_ttl.value == 600s);
  CHECK(config.http.listen == Endpoint{"0.0.0.0", 3000});
  config = loaded("", {{"JWT_EXPIRES_IN", "15m"}, {"GUERDON_AUTH__ACCESSTOKENTTL", "1m"}, {"PORT", ""}}, {});
  CHECK(config.auth.access_token_ttl.value == 1min);
  CHECK(config.http.listen.port == 8080);
  CHECK(refusal("", {{"PORT", "http"}}, {}).find("PORT") == 0);
  CHECK(refusal("", {{"JWT_EXPIRES_IN", "soon"}}, {}).find("JWT_EXPIRES_IN") != std::string::npos);
}

TEST_CASE("the names of Redis in use before guerdon count, but not what an orchestrator calls a port") {
  auto config = loaded("", {{"REDIS_HOST", "cache"}, {"REDIS_PORT", "6380"}, {"REDIS_PASSWORD", "hush"}}, {});
  CHECK(config.redis.host.value() == "cache");
  CHECK(config.redis.port == 6380);
  CHECK(config.redis.password.reveal() == "hush");
  CHECK(to_json(config).find("hush") == std::string::npos);
  CHECK(to_json(config).find(R"("password":"***")") != std::string::npos);
  config = loaded("", {{"REDIS_PORT", "tcp://10.0.0.7:6379"}, {"REDIS_PASSWORD", ""}}, {});
  CHECK(config.redis.port == 6379);
  CHECK(config.redis.password.empty());
  CHECK(refusal("", {}, {"redis.password=hush"}).find("redis.password") == 0);
}

TEST_CASE("the names of Kafka in use before guerdon count") {
  const auto config = loaded("",
                             {{"KAFKA_BROKERS", "kafka1:9092,kafka2:9092"},
                              {"KAFKA_CLIENT_ID", "me"},
                              {"KAFKA_GROUP_ID", "we"},
                              {"KAFKA_SASL_USERNAME", "u"},
                              {"KAFKA_SASL_PASSWORD", "hush"}},
                             {});
  CHECK(config.kafka.brokers.value() == "kafka1:9092,kafka2:9092");
  CHECK(config.kafka.client_id.value() == "me");
  CHECK(config.kafka.group_id.value() == "we");
  CHECK(config.kafka.sasl_username.value() == "u");
  CHECK(config.kafka.sasl_password.reveal() == "hush");
  CHECK(to_json(config).find("hush") == std::string::npos);
  CHECK(refusal("", {}, {"kafka.saslPassword=hush"}).find("kafka.saslPassword") == 0);
}

TEST_CASE("a secret may come from a file that only its owner can read") {
  const test::TempFolder folder;
  const auto file = folder.write("key", some_key + "\n");
  const auto config = loaded("", {{"GUERDON_AUTH__JWTSECRETBASE64_FILE", file}}, {});
  CHECK(config.auth.jwt_secret_base64.bytes()[31] == 31);
  CHECK(loaded("", {{"JWT_SECRET_BASE64_FILE", file}}, {}).auth.jwt_secret_base64.bytes().size() == 32);

  CHECK(refusal("", {{"JWT_SECRET_BASE64_FILE", file}, {"JWT_SECRET_BASE64", some_key}}, {}).find("not both") !=
        std::string::npos);
  chmod(file.c_str(), 0640);
  CHECK(refusal("", {{"JWT_SECRET_BASE64_FILE", file}}, {}).find("chmod 600") != std::string::npos);
  CHECK(refusal("", {{"JWT_SECRET_BASE64_FILE", folder / "none"}}, {}).find("No such file") != std::string::npos);
  CHECK(refusal("", {{"JWT_SECRET_BASE64_FILE", folder.path().string()}}, {}).find("is not a file") !=
        std::string::npos);
}

TEST_CASE("whatever is wrong in the configuration is said in one line with key, rule and source") {
  const test::TempFolder folder;
  using Row = std::tuple<std::string, Environment, std::vector<std::string>, std::string>;
  const auto file = [&](const std::string& text) { return folder.write("bad.json", text); };
  const auto [path, environment, overrides, expected] = GENERATE_COPY(
      Row{"", {}, {"http.listn=0.0.0.0:1"}, "http.listn is not a setting (--set); did you mean http.listen?"},
      Row{"", {}, {"http=1"}, "http is not a setting (--set)"},
      Row{"", {}, {"http.listen"}, "--set wants KEY=VALUE, such as --set http.listen=127.0.0.1:8081"},
      Row{"", {}, {"http.listen=8080"}, "http.listen must be ADDRESS:PORT such as 0.0.0.0:8080 or [::1]:8080 (--set)"},
      Row{"", {}, {"http.listen="}, "http.listen must be ADDRESS:PORT (--set)"},
      Row{"", {}, {"log.level=loud"}, "log.level must be one of debug, info, warning, error, off (--set)"},
      Row{"", {{"GUERDON_HTTP__THREADS", "two"}}, {}, "http.threads must be an integer (GUERDON_HTTP__THREADS)"},
      Row{"", {{"GUERDON_HTTP__THREADS", "65"}}, {}, "http.threads must be at most 64 (GUERDON_HTTP__THREADS)"},
      Row{"",
          {{"GUERDON_LIMITS__ENABLED", "yes"}},
          {},
          "limits.enabled must be true or false (GUERDON_LIMITS__ENABLED)"},
      Row{"",
          {{"GUERDON_HTTP_LISTEN", "x"}},
          {},
          "GUERDON_HTTP_LISTEN is not a setting: two underscores stand between levels, as in GUERDON_HTTP__LISTEN"},
      Row{"",
          {{"GUERDON_HTTP__LISTN", "x"}},
          {},
          "GUERDON_HTTP__LISTN is not a setting: `guerdon config` lists them all"},
      Row{"",
          {},
          {"http.headerTimeout=-1s"},
          "http.headerTimeout must be a length of time from 10ms to 1h, such as 250ms, 30s, 15m, 12h or 7d (--set)"},
      Row{"",
          {},
          {"http.trustedProxies=10.0.0.0/33"},
          "http.trustedProxies.0 must be an address or a range such as 10.0.0.0/8 or ::1 (--set)"},
      Row{"",
          {},
          {"time.zone=Mars/Olympus"},
          "time.zone must be the name of an IANA time zone such as Asia/Seoul (--set)"},
      Row{"",
          {},
          {"database.url=mysql://x"},
          "database.url must be sqlite:FILE, sqlite::memory: or postgres://USER@HOST/NAME (--set)"},
      Row{"",
          {{"JWT_SECRET_BASE64", "c2hvcnQ="}},
          {},
          "auth.jwtSecretBase64 must be base64 of at least 32 bytes (openssl rand -base64 32) (JWT_SECRET_BASE64)"},
      Row{"",
          {},
          {"auth.refreshTokenTtl=1m"},
          "auth.refreshTokenTtl must not be shorter than auth.accessTokenTtl (--set)"},
      Row{"",
          {},
          {"auth.jwtSecretBase64=" + some_key},
          "auth.jwtSecretBase64: a secret on the command line can be seen by others; use a file or the environment"},
      Row{"",
          {},
          {"database.url=postgres://u:p@h/n"},
          "database.url: a secret on the command line can be seen by others; use a file or the environment"});
  CHECK(refusal(path, environment, overrides) == expected);
  CHECK(refusal(file(R"({"http": {"listen": 1, "threads": "x"}})"), {}, {}).find("; and 1 more") != std::string::npos);
}

TEST_CASE("a configuration file that can't be used is named with what is wrong") {
  const test::TempFolder folder;
  const auto said = [&](const std::string& text, const std::string& expected) {
    const auto file = folder.write("g.json", text);
    const auto line = refusal(file, {}, {});
    INFO(line);
    CHECK(line.find(file) != std::string::npos);
    CHECK(line.find(expected) != std::string::npos);
  };
  said(R"({"http": {"listen": "0.0.0.0:1",}})", "");
  said(R"({"http": {}, "http": {}})", "twice");
  said(R"({"http": 5})", "http must be an object of settings");
  said(R"({"kafkaesque": {"brokers": ""}})", "kafkaesque is not a setting");
  said("[]", "must be a JSON object");
  said("{} /* open", "");
  CHECK(refusal(folder / "none.json", {}, {}).find("can't read") != std::string::npos);
  CHECK(refusal(folder.path().string(), {}, {}).find("can't read") != std::string::npos);
}

TEST_CASE("comments in a configuration file do not disturb strings") {
  const auto tree = parse_commented("{\"a\": \"x // y /* z */ \\\" // \", // \"b\": 1\n \"c\": /* 2 */ 3}");
  REQUIRE(tree.has_value());
  CHECK(tree->at("a").as_string() == "x // y /* z */ \" // ");
  CHECK(tree->at("c") == 3);
  CHECK(tree->size() == 2);
}

TEST_CASE("a configuration that is shown has its secrets masked") {
  const test::TempFolder folder;
  const auto config = loaded(
      "", {{"JWT_SECRET_BASE64", some_key}, {"GUERDON_DATABASE__URL", "postgres://app:hunter2@db:5432/guerdon"}}, {});
  const auto text = to_json(config);
  CHECK(text.find("AAEC") == std::string::npos);
  CHECK(text.find("hunter2") == std::string::npos);
  CHECK(text.find(R"("jwtSecretBase64":"***","jwtPreviousSecretBase64":"")") != std::string::npos);
  CHECK(text.find("postgres://app:***@db:5432/guerdon") != std::string::npos);
}

TEST_CASE("a schedule that is none stops the start with its key, the field and the rule") {
  CHECK(refusal("", {}, {"jobs.hardDelete=0 25 * * *"}) ==
        "jobs.hardDelete is no cron expression such as 0 4 * * MON-FRI: hour: '25' must be a number from 0 to 23 "
        "(--set)");
  CHECK(loaded("", {}, {"jobs.hardDelete="}).jobs.hard_delete.is_off());
  CHECK(loaded("", {{"GUERDON_JOBS__SELFCHECK", "@hourly"}}, {}).jobs.self_check.text() == "@hourly");
  CHECK(Config::defaults().jobs.hard_delete.text() == "0 0 * * *");
}
