// What every operation has in common is added here; what is its own comes from its route.
#include "http/openapi.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "http/event_streams.hpp"
#include "http/framing.hpp"
#include "http/job.hpp"

namespace guerdon::http {

namespace {

// The codes of each status. Ordered, so that the document is the same each time.
using Codes = std::map<int, std::vector<std::string_view>>;

json::string text(std::string_view view) { return json::string(view.data(), view.size()); }

json::object reference(std::string_view to) { return {{"$ref", to}}; }

void add(Codes& codes, const Problem& problem) {
  auto& list = codes[problem.status];
  if (std::find(list.begin(), list.end(), problem.code) == list.end()) list.push_back(problem.code);
}

// "/api/items/{id}/codes" as GET: getItemsByIdCodes.
std::string operation_id(std::string_view method, std::string_view path) {
  std::string id;
  for (const char c : method) id += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (path.starts_with("/api/")) path.remove_prefix(4);
  bool raise = false;
  for (const char c : path) {
    if (c == '{') id += "By";
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (is_letter) id += raise && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    raise = !is_letter;
  }
  return id;
}

// The second segment: "items" of "/api/items/{id}".
std::string tag_of(std::string_view path) {
  if (!path.starts_with("/api/")) return "server";
  path.remove_prefix(5);
  return std::string{path.substr(0, path.find('/'))};
}

json::object problem_schema() {
  return json::parse(R"({
    "type": "object",
    "description": "What went wrong (RFC 9457). `code` is stable; `detail` is for people.",
    "properties": {
      "type": {"type": "string"},
      "title": {"type": "string"},
      "status": {"type": "integer"},
      "code": {"type": "string"},
      "detail": {"type": "string"},
      "requestId": {"type": "string"},
      "errors": {
        "type": "array",
        "description": "All faults of the input.",
        "items": {
          "type": "object",
          "properties": {
            "pointer": {"type": "string", "description": "JSON pointer into the body."},
            "parameter": {"type": "string", "description": "Name of a parameter of path or query."},
            "code": {"type": "string"},
            "detail": {"type": "string"}
          },
          "required": ["code", "detail"]
        }
      }
    },
    "required": ["type", "title", "status", "code"]
  })")
      .as_object();
}

json::object header_parameter(std::string_view name, std::string_view description, json::object schema) {
  return {{"name", name}, {"in", "header"}, {"description", description}, {"schema", std::move(schema)}};
}

json::object shared_parameters() {
  return {
      {"IdempotencyKey",
       header_parameter("Idempotency-Key", "A repeat with the same key gets the first answer and has no effect.",
                        {{"type", "string"}, {"minLength", 1}, {"maxLength", 255}, {"pattern", "^[!-~]+$"}})},
      {"IfMatch",
       header_parameter("If-Match", "Only if the resource still has this entity tag.", {{"type", "string"}})},
      {"LastEventId", header_parameter("Last-Event-ID", "With `Accept: text/event-stream`: goes on after that event.",
                                       {{"type", "string"}})},
      {"IfNoneMatch",
       header_parameter("If-None-Match", "Only if the resource no longer has this entity tag.", {{"type", "string"}})}};
}

json::object header_answer(std::string_view description, std::string_view example) {
  return {{"description", description}, {"schema", {{"type", "string"}, {"examples", json::array{text(example)}}}}};
}

// Answers of counted routes carry the last two as well; they are described where a client needs them.
json::object shared_headers() {
  return {{"RetryAfter", header_answer("Seconds until it is worth another try.", "12")},
          {"RateLimit", header_answer("What is left of the budget: `r` calls; it is whole again in `t` seconds.",
                                      "\"reads\";r=5999;t=1")},
          {"RateLimitPolicy", header_answer("The budget: `q` calls in `w` seconds.", "\"reads\";q=6000;w=60")}};
}

void add_limit_headers(json::object& answer) {
  auto& headers = answer["headers"].emplace_object();
  headers["Retry-After"] = reference("#/components/headers/RetryAfter");
  headers["RateLimit"] = reference("#/components/headers/RateLimit");
  headers["RateLimit-Policy"] = reference("#/components/headers/RateLimitPolicy");
}

// The answer can be followed: its items as server-sent events.
void add_events(json::object& answer) {
  json::object schema{
      {"type", "string"},
      {"description",
       "Server-sent events, to whoever asks for them by Accept. `data` is an item as in the page, `id` "
       "its cursor, told alone where there is no event yet; an event `problem` tells why the stream ends."}};
  json::object media{{"schema", std::move(schema)}};
  answer["content"].as_object()["text/event-stream"] = std::move(media);
}

// What the platform itself may answer.
Codes general_problems(const Route& route, bool has_body, bool has_precondition) {
  Codes codes;
  for (const auto& problem : {problems::malformed_request, problems::validation_failed, problems::not_acceptable,
                              problems::rate_limited, problems::internal, problems::unavailable}) {
    add(codes, problem);
  }
  if (!route.spec.policy.is_public()) {
    for (const auto& problem :
         {problems::unauthenticated, problems::token_expired, problems::token_revoked, problems::forbidden}) {
      add(codes, problem);
    }
  }
  if (route.kind == Route::Kind::query) return codes;
  add(codes, problems::storage_full);
  add(codes, problems::commit_unknown);
  if (has_precondition) add(codes, problems::precondition_failed);
  if (has_body) {
    for (const auto& problem : {problems::malformed_json, problems::body_too_large, problems::unsupported_media_type}) {
      add(codes, problem);
    }
  }
  if (route.spec.idempotent) {
    add(codes, problems::idempotency_in_progress);
    add(codes, problems::idempotency_key_reused);
  }
  return codes;
}

json::object problem_answer(int status, const std::vector<std::string_view>& codes) {
  json::array names;
  std::string description{reason_phrase(status)};
  for (const auto code : codes) {
    names.push_back(text(code));
    description.append(codes.front() == code ? ": `" : ", `").append(code).append("`");
  }
  json::object code_is{{"type", "object"}};
  code_is["properties"].emplace_object()["code"].emplace_object()["enum"] = std::move(names);
  json::object schema;
  auto& all = schema["allOf"].emplace_array();
  all.push_back(reference("#/components/schemas/Problem"));
  all.push_back(std::move(code_is));
  json::object media{{"schema", std::move(schema)}};
  json::object content{{"application/problem+json", std::move(media)}};
  return {{"description", description}, {"content", std::move(content)}};
}

std::string roles_text(const Policy& policy) {
  if (policy.is_public()) return "For everyone.";
  std::string roles;
  if (policy.allowed() == Policy::any_account().allowed())
    roles = "For any account";
  else
    for (const auto role : policy.allowed().list()) roles.append(roles.empty() ? "For " : ", ").append(wire_name(role));
  return roles + (policy.is_for_users_only() ? ", not for service keys." : ".");
}

class Document {
 public:
  explicit Document(const RouteTable& routes) : routes_(routes) {}

  void add_all() {
    for (const auto& entry : routes_.entries()) {
      const auto& spec = entry->route.spec;
      place(spec.path, spec.method, describe(*entry, spec.path, ""));
      if (!spec.alias.empty()) place(spec.alias, spec.method, describe(*entry, spec.alias, "Alias"));
    }
    for (const auto& page : routes_.pages()) {
      if (!page->summary.empty()) place(page->path, "GET", describe(*page));
    }
  }

  json::object take(std::string_view version) {
    json::array tags;
    for (const auto& tag : tags_) {
      tags.push_back(json::object{{"name", tag}, {"description", "Calls about " + tag + "."}});
    }
    json::array servers;
    servers.push_back(json::object{{"url", "/"}});
    json::object schemas = schemas_.components();
    schemas["Problem"] = problem_schema();
    return {
        {"openapi", "3.1.0"},
        {"info",
         {{"title", "guerdon"},
          {"description", "Campaigns, progress, rewards. All times are RFC 3339 in UTC, all members in camelCase."},
          {"version", version},
          {"license", {{"name", "Apache 2.0"}, {"identifier", "Apache-2.0"}}}}},
        {"servers", std::move(servers)},
        {"tags", std::move(tags)},
        {"paths", std::move(paths_)},
        {"components",
         {{"schemas", std::move(schemas)},
          {"parameters", shared_parameters()},
          {"headers", shared_headers()},
          {"securitySchemes", {{"bearerAuth", {{"type", "http"}, {"scheme", "bearer"}, {"bearerFormat", "JWT"}}}}}}}};
  }

 private:
  void place(std::string_view path, std::string_view method, json::object operation) {
    std::string key{method};
    std::transform(key.begin(), key.end(), key.begin(), [](char c) { return static_cast<char>(c - 'A' + 'a'); });
    auto& methods = paths_[{path.data(), path.size()}];
    if (!methods.is_object()) methods.emplace_object();
    methods.as_object()[key] = std::move(operation);
  }

  json::object start(std::string_view method, std::string_view path, std::string_view summary) {
    const auto tag = tag_of(path);
    tags_.insert(tag);
    return {{"operationId", operation_id(method, path)},
            {"summary", text(summary)},
            {"tags", json::array{json::value(tag)}}};
  }

  [[nodiscard]] bool has_etag(std::string_view path) const {
    const auto& entries = routes_.entries();
    return std::any_of(entries.begin(), entries.end(),
                       [&](const auto& entry) { return entry->route.spec.path == path && entry->route.spec.etag; });
  }

  json::object describe(const RouteTable::Entry& entry, std::string_view path, std::string_view suffix) {
    const auto& route = entry.route;
    const auto& spec = route.spec;
    auto operation = start(spec.method, path, spec.summary);
    operation["operationId"].as_string().append(suffix);
    operation["description"] = roles_text(spec.policy);
    auto& security = operation["security"].emplace_array();
    if (!spec.policy.is_public()) security.push_back(json::object{{"bearerAuth", json::array{}}});
    route.describe(operation, schemas_);

    const bool is_query = route.kind == Route::Kind::query;
    const bool has_precondition = !is_query && has_etag(spec.path);
    add_header(operation, "IdempotencyKey", !is_query && spec.idempotent);
    add_header(operation, "IfMatch", has_precondition);
    add_header(operation, "IfNoneMatch", is_query && spec.etag);
    add_header(operation, "LastEventId", static_cast<bool>(entry.events));
    auto& responses = operation["responses"].as_object();
    if (entry.events) add_events(responses["200"].as_object());
    if (is_query && spec.etag) responses["304"] = {{"description", "The copy that If-None-Match names is still good."}};
    auto codes = general_problems(route, operation.contains("requestBody"), has_precondition);
    if (entry.events) add(codes, problems::too_many_streams);
    for (const auto& problem : spec.problems) add(codes, problem);
    for (const auto& [status, list] : codes) {
      auto& answer = responses[std::to_string(status)];
      answer = problem_answer(status, list);
      if (status == 429) add_limit_headers(answer.as_object());
    }
    return operation;
  }

  json::object describe(const Page& page) {
    auto operation = start("GET", page.path, page.summary);
    operation["security"].emplace_array();
    const auto type = page.content_type.substr(0, page.content_type.find(';'));
    auto& responses = operation["responses"].emplace_object();
    json::object content;
    content[{type.data(), type.size()}].emplace_object();
    responses["200"] = {{"description", reason_phrase(200)}, {"content", std::move(content)}};
    responses["406"] = problem_answer(406, {problems::not_acceptable.code});
    return operation;
  }

  static void add_header(json::object& operation, std::string_view name, bool applies) {
    if (!applies) return;
    auto& parameters = operation["parameters"];
    if (!parameters.is_array()) parameters.emplace_array();
    parameters.as_array().push_back(reference("#/components/parameters/" + std::string{name}));
  }

  const RouteTable& routes_;
  SchemaRegistry schemas_;
  json::object paths_;
  std::set<std::string> tags_;
};

}  // namespace

std::string openapi_document(const RouteTable& routes, std::string_view version) {
  Document document{routes};
  document.add_all();
  return json::serialize(document.take(version));
}

void add_documentation(RouteTable& to, const std::string& document) {
  to.add(Page{"/openapi.json", json_type, [document] { return Response{.body = document}; }});
  auto page = docs_page(document);
  to.add(Page{"/docs", "text/html; charset=utf-8", [page = std::move(page)] {
                return Response{.body = page.html,
                                .headers = {{"Content-Security-Policy", page.content_security_policy}}};
              }});
}

}  // namespace guerdon::http
