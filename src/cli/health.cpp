// guerdon health: one call to a server, for the health checks of containers, which have no curl.
#include <cstdio>

#include "cli/commands.hpp"
#include "runtime/exit_codes.hpp"
#include "runtime/http_client.hpp"

namespace guerdon::cli {
namespace {

constexpr std::chrono::seconds patience{3};

struct Target {
  Endpoint endpoint;
  std::string path;
};

// Where a server with this configuration answers on this machine.
Target own_target(const Config& config) {
  Endpoint endpoint = config.http.listen;
  if (endpoint.host == "0.0.0.0") endpoint.host = "127.0.0.1";
  if (endpoint.host == "::") endpoint.host = "::1";
  return {endpoint, "/readyz"};
}

Target parse_url(const std::string& url) {
  constexpr std::string_view scheme = "http://";
  const auto slash = url.find('/', scheme.size());
  const auto authority = url.substr(0, slash);
  const auto endpoint =
      url.starts_with(scheme) ? Endpoint::parse(std::string_view{authority}.substr(scheme.size())) : std::nullopt;
  if (!endpoint || endpoint->is_off())
    throw StartError(exit_usage, "--url must be http://ADDRESS:PORT/PATH such as http://127.0.0.1:8080/healthz");
  return {*endpoint, slash == url.npos ? "/" : url.substr(slash)};
}

}  // namespace

int check_health(const Config& config, const std::string& url) {
  const auto target = url.empty() ? own_target(config) : parse_url(url);
  try {
    HttpClient client{target.endpoint.host, target.endpoint.port, patience};
    const auto reply = client.send({"GET", target.path, {{"Connection", "close"}}, {}});
    std::printf("%s\n", reply.body.c_str());
    return reply.status == 200 ? exit_ok : exit_unavailable;
  } catch (const std::runtime_error& error) {
    throw StartError(exit_unavailable, error.what());
  }
}

}  // namespace guerdon::cli
