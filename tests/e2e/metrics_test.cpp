// The page of metrics of the real binary as Prometheus' own tool judges it, and the configuration that is shipped for
// Prometheus.
#include <catch2/catch.hpp>
#include <fstream>
#include <regex>
#include <sstream>

#include "support/live_server.hpp"
#include "support/paths.hpp"
#include "support/promtool.hpp"
#include "support/scrape.hpp"

namespace guerdon::test {
namespace {

std::string shipped(const std::string& file) { return std::string{source_dir()} + "/config/" + file; }

std::string text_of(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream{file}.rdbuf();
  return text.str();
}

Scrape page_of_a_used_server() {
  const TempFolder folder;
  auto settings = settings_for(folder, {"admin.listen=127.0.0.1:0", "admin.metricsWait=20s", "limits.enabled=true"});
  Process process{{.arguments = settings}};
  const auto ready = parse_json(process.wait_for_line("\"message\":\"ready\"")).value().as_object();
  const auto port_of = [&](const char* name) { return static_cast<std::uint16_t>(ready.at(name).as_int64()); };
  testing::Client client{port_of("port")};
  const json::value account{
      {"username", "bob"}, {"email", "bob@example.com"}, {"password", "correct horse battery staple"}};
  const json::value login{{"username", "bob"}, {"password", "correct horse battery staple"}};
  CHECK(client.send(testing::json_call("POST", "/api/auth/register", account)).status == 201);
  CHECK(client.send(testing::json_call("POST", "/api/auth/login", login)).status == 200);
  CHECK(client.send(testing::json_call("GET", "/nothing", {})).status == 404);
  return Scrape::of(port_of("adminPort"));
}

}  // namespace

TEST_CASE("promtool finds nothing wrong with the metrics of a server that was used") {
  const auto page = page_of_a_used_server();
  CHECK(page.get("auth_logins_total") == 1);
  CHECK(page.get("store_wal_pages") >= 0);
  const auto judged = promtool({"check", "metrics"}, page.text());
  INFO(judged.out << judged.err);
  CHECK(judged.code == 0);
  CHECK(judged.out + judged.err == "");
  CHECK(promtool({"check", "metrics"}, "# HELP a_total B.\n# TYPE a_total gauge\na_total 1\n").code != 0);
}

TEST_CASE("the rules that are shipped for Prometheus are sound and fire when they should") {
  for (const auto& arguments :
       std::vector<std::vector<std::string>>{{"check", "config", shipped("prometheus/prometheus.yml")},
                                             {"test", "rules", shipped("prometheus/guerdon.rules.test.yml")}}) {
    const auto judged = promtool(arguments);
    INFO(judged.out << judged.err);
    CHECK(judged.code == 0);
  }
}

TEST_CASE("the shipped rules and the dashboard ask for metrics that exist") {
  const auto documented = text_of(std::string{source_dir()} + "/docs/metrics.md");
  const std::regex name{
      "\\b(http|store|pool|bus|cron|auth|reward|saga|redis|kafka|jobs|purge|telemetry|process|guerdon)_[a-z_]+[a-z]"};
  int found = 0;
  for (const auto* file : {"prometheus/guerdon.rules.yml", "grafana/guerdon.json"}) {
    // Ratios that the rules record have names of their own.
    const auto text = std::regex_replace(text_of(shipped(file)), std::regex{"guerdon:[a-z0-9_:]+"}, "");
    for (std::sregex_iterator each{text.begin(), text.end(), name}, end; each != end; ++each) {
      const auto metric = std::regex_replace(each->str(), std::regex{"_(bucket|sum|count)$"}, "");
      INFO(file << " asks for " << metric);
      CHECK((documented.find("`" + metric + "`") != documented.npos ||
             documented.find("`" + metric + "{") != documented.npos));
      ++found;
    }
  }
  CHECK(found > 30);
}

}  // namespace guerdon::test
