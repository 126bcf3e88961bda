// The document as a page: one table of operations a tag. No script, no font, no image.
#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <vector>

#include "guerdon/base64url.hpp"
#include "guerdon/crypto.hpp"
#include "guerdon/json.hpp"
#include "http/openapi.hpp"

namespace guerdon::http {

namespace {

constexpr std::string_view style =
    "body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.3rem .6rem;"
    "border-bottom:1px solid #ddd}code{font-family:ui-monospace,monospace;font-size:.9em}th{font-weight:600}";

std::string_view view(const json::string& text) { return {text.data(), text.size()}; }

void append_text(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '&')
      out += "&amp;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
}

void append_element(std::string& out, std::string_view name, std::string_view text) {
  out.append("<").append(name).append(">");
  append_text(out, text);
  out.append("</").append(name).append(">");
}

void append_row(std::string& out, std::string_view method, std::string_view path, const json::object& operation) {
  std::string upper{method};
  std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
  out += "<tr><td>";
  append_element(out, "code", upper);
  out += "</td><td>";
  append_element(out, "code", path);
  out += "</td>";
  std::string words{view(operation.at("summary").as_string())};
  if (const auto* description = operation.if_contains("description")) {
    words.append(". ").append(view(description->as_string()));
  }
  append_element(out, "td", words);
  out += "<td>";
  for (const auto& answer : operation.at("responses").as_object()) {
    append_element(out, "code", {answer.key().data(), answer.key().size()});
    out += ' ';
  }
  out += "</td></tr>\n";
}

// base64 with padding, as a policy's hash wants it.
std::string base64(const Digest& digest) {
  auto out = to_base64url(as_text(digest));
  std::replace(out.begin(), out.end(), '-', '+');
  std::replace(out.begin(), out.end(), '_', '/');
  return out + "=";
}

}  // namespace

DocsPage docs_page(const std::string& document) {
  const auto parsed = json::parse(document);
  std::map<std::string, std::string> rows;
  for (const auto& path : parsed.at("paths").as_object()) {
    for (const auto& method : path.value().as_object()) {
      const auto& operation = method.value().as_object();
      append_row(rows[std::string{view(operation.at("tags").at(0).as_string())}],
                 {method.key().data(), method.key().size()}, {path.key().data(), path.key().size()}, operation);
    }
  }
  std::string html = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>guerdon</title><style>";
  html.append(style).append("</style></head><body>\n<h1>guerdon ");
  append_text(html, view(parsed.at("info").at("version").as_string()));
  html += "</h1>\n<p>Every call. Parameters, bodies and codes: <a href=\"/openapi.json\">openapi.json</a>.</p>\n";
  for (const auto& [tag, list] : rows) {
    append_element(html, "h2", tag);
    html += "\n<table><tr><th>Method</th><th>Path</th><th>What it does</th><th>Answers</th></tr>\n";
    html.append(list).append("</table>\n");
  }
  html += "</body></html>\n";
  return {std::move(html), "default-src 'none'; style-src 'sha256-" + base64(sha256(style)) +
                               "'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"};
}

}  // namespace guerdon::http
