// What a log line looks like whatever is put into it, and where lines go.
#include <catch2/catch.hpp>

#include <mutex>
#include <string>
#include <vector>

#include "guerdon/json.hpp"
#include "telemetry/log.hpp"
#include "telemetry/log_line.hpp"

using namespace guerdon;

namespace {

std::string rendered(log::Format format, std::string_view message, log::Fields fields = {},
                     std::string_view request = {}) {
  const Instant time = *parse_rfc3339("2026-11-20T10:15:30Z");
  return log::render({time, log::Level::info, "http", message, request, fields}, format);
}

json::object parsed(const std::string& line) {
  const auto value = parse_json(std::string_view{line}.substr(0, line.size() - 1));
  if (!value) FAIL(value.error().detail << " in " << line);
  return value->as_object();
}

class Lines {
 public:
  log::OutputOptions options(log::Level level, log::Format format = log::Format::json) {
    return {.level = level, .format = format, .sink = [this](std::string_view line) { lines.emplace_back(line); }};
  }
  std::vector<std::string> lines;  // read once the output is gone
};

}  // namespace

TEST_CASE("a log line is one JSON object with its time, level, component, message and fields") {
  CHECK(rendered(log::Format::json, "request done", {{"status", 200}, {"ok", true}, {"path", "/api"}, {"seconds", 0.5}},
                 "r1") ==
        R"({"time":"2026-11-20T10:15:30.000Z","level":"info","component":"http","message":"request done",)"
        R"("requestId":"r1","status":200,"ok":true,"path":"/api","seconds":0.5})"
        "\n");
}

TEST_CASE("a log line for people quotes only what needs it") {
  CHECK(
      rendered(log::Format::text, "request done", {{"status", 200}, {"path", "/a b"}, {"id", "evt_1"}, {"none", ""}}) ==
      "2026-11-20T10:15:30.000Z info    http: request done status=200 path=\"/a b\" id=evt_1 none=\"\"\n");
}

TEST_CASE("nothing in a log line can break out of it or reach the terminal") {
  const std::string nasty = "a\r\n{\"level\":\"error\"}\x1b[31m\x7f\xc2\x9b\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xae\t\\\"";
  for (const auto format : {log::Format::json, log::Format::text}) {
    const auto line = rendered(format, nasty, {{"value", nasty}}, nasty);
    CHECK(line.find_first_of("\r\n\x1b\x7f\t") == line.size() - 1);
    CHECK(line.find("\xe2\x80") == std::string::npos);
    CHECK(line.find("\xc2\x9b") == std::string::npos);
  }
  CHECK(parsed(rendered(log::Format::json, nasty, {{"value", nasty}})).at("value").as_string() == nasty);
}

TEST_CASE("what is not UTF-8 is replaced in a log line") {
  const std::string_view bad = "a\xff\xc0\xaf\xed\xa0\x80\xf5\xe2\x82";
  const auto text = parsed(rendered(log::Format::json, "m", {{"value", bad}})).at("value").as_string();
  CHECK(text.subview(0, 4) == "a\xEF\xBF\xBD");
  CHECK(rendered(log::Format::json, "\xe2\x82\xac \xf0\x9f\x8e\x81").find("\xe2\x82\xac \xf0\x9f\x8e\x81") !=
        std::string::npos);
}

TEST_CASE("a log line never exceeds 8 KiB and says what it left out") {
  const std::string huge(1'000'000, '\x01');
  for (const auto format : {log::Format::json, log::Format::text}) {
    const auto line = rendered(format, huge, {{"a", huge}, {"b", huge}, {"c", huge}, {"d", huge}, {"e", huge}}, huge);
    CHECK(line.size() <= log::max_line);
    CHECK(line.find("truncated") != std::string::npos);
  }
  CHECK(parsed(rendered(log::Format::json, huge, {{"a", huge}, {"b", huge}, {"c", huge}, {"d", huge}}))
            .at("truncated")
            .as_bool());
}

TEST_CASE("a field whose name sounds secret is masked in the log") {
  const auto line =
      rendered(log::Format::json, "m", {{"newPassword", "hunter2"}, {"accessToken", "abc"}, {"user", "usr_1"}});
  CHECK(line.find("hunter2") == std::string::npos);
  CHECK(line.find("abc") == std::string::npos);
  CHECK(parsed(line).at("user").as_string() == "usr_1");
}

TEST_CASE("the log drops what is below its level and carries the request of its thread") {
  Lines lines;
  {
    const log::Output output{lines.options(log::Level::info)};
    log::debug("test", "too fine");
    const log::RequestScope outer{"one"};
    {
      const log::RequestScope inner{"two", "4bf92f3577b34da6a3ce929d0e0e4736"};
      log::info("test", "inner");
    }
    log::warning("test", "outer");
  }
  log::error("test", "after the output is gone");
  REQUIRE(lines.lines.size() == 2);
  CHECK(parsed(lines.lines[0]).at("requestId").as_string() == "two");
  CHECK(parsed(lines.lines[0]).at("traceId").as_string() == "4bf92f3577b34da6a3ce929d0e0e4736");
  CHECK_FALSE(parsed(lines.lines[1]).contains("traceId"));
  CHECK(parsed(lines.lines[1]).at("requestId").as_string() == "one");
  CHECK(parsed(lines.lines[1]).at("level").as_string() == "warning");
}

TEST_CASE("a log that nobody reads loses its oldest lines, counts them and holds nobody up") {
  Lines lines;
  std::mutex gate;
  auto options = lines.options(log::Level::info);
  options.sink = [&](std::string_view line) {
    const std::lock_guard lock{gate};
    lines.lines.emplace_back(line);
  };
  {
    std::unique_lock held{gate};
    const log::Output output{options};
    for (int i = 0; i < 5000; ++i) log::info("test", "line", {{"i", i}});
    held.unlock();
  }
  CHECK(lines.lines.size() < 2000);
  CHECK(parsed(lines.lines.back()).at("component").as_string() == "log");
}

TEST_CASE("addresses are logged as networks and secrets as fingerprints") {
  CHECK(log::address("192.0.2.17") == "192.0.2.0");
  CHECK(log::address("2001:db8:1:2:3::4") == "2001:db8:1::");
  CHECK(log::address("not an address") == "unknown");
  CHECK(log::fingerprint("abc") == "ba7816bf");
}
