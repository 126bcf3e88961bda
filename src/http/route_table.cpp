// A tree of path segments. Small: a node's children are searched one by one.
#include "http/route_table.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <stdexcept>
#include <utility>

namespace guerdon::http {

struct RouteTable::Node {
  std::vector<std::pair<std::string, std::unique_ptr<Node>>> literals;
  std::unique_ptr<Node> captured;
  std::vector<const Entry*> entries;  // one a method
  const Page* page = nullptr;
  std::string allow;

  [[nodiscard]] const Entry* entry(std::string_view method) const {
    const auto found =
        std::find_if(entries.begin(), entries.end(), [&](const Entry* e) { return e->route.spec.method == method; });
    return found == entries.end() ? nullptr : *found;
  }

  [[nodiscard]] const Node* find(std::span<const std::string_view> path,
                                 std::vector<std::string_view>& captures) const {
    if (path.empty()) return entries.empty() && page == nullptr ? nullptr : this;
    for (const auto& [name, child] : literals) {
      if (name != path.front()) continue;
      if (const auto* found = child->find(path.subspan(1), captures)) return found;
    }
    if (!captured || path.front().empty()) return nullptr;
    captures.push_back(path.front());
    const auto* found = captured->find(path.subspan(1), captures);
    if (found == nullptr) captures.pop_back();
    return found;
  }

  template <class F>
  void visit(F visitor) {
    visitor(*this);
    for (auto& [name, child] : literals) child->visit(visitor);
    if (captured) captured->visit(visitor);
  }
};

namespace {

[[noreturn]] void refuse(const RouteSpec& spec, const std::string& why) {
  throw std::logic_error("route " + std::string{spec.method} + " " + std::string{spec.path} + " " + why);
}

void check(const Route& route) {
  constexpr std::array<std::string_view, 4> writing{"POST", "PUT", "PATCH", "DELETE"};
  const bool writes = std::find(writing.begin(), writing.end(), route.spec.method) != writing.end();
  if (route.kind == Route::Kind::query && route.spec.method != "GET")
    refuse(route.spec, "is a query: it must be a GET");
  if (route.kind != Route::Kind::query && !writes)
    refuse(route.spec, "is a command: its method must be one that writes");
  if (!route.spec.policy.is_public() && route.spec.policy.allowed().empty()) refuse(route.spec, "lets nobody in");
  if (route.spec.etag && route.kind != Route::Kind::query) refuse(route.spec, "has an ETag: it must be a GET");
  if (route.spec.remembered && (route.kind != Route::Kind::query || route.spec.policy.is_public()))
    refuse(route.spec, "is remembered: it must be a GET with a token");
}

}  // namespace

RouteTable::RouteTable() : root_(std::make_unique<Node>()) {}
RouteTable::~RouteTable() = default;

RouteTable::Node& RouteTable::node_for(std::string_view path) {
  if (is_sealed_) throw std::logic_error("the routes are sealed: " + std::string{path});
  if (!path.starts_with('/')) throw std::logic_error("a path must begin with a slash: " + std::string{path});
  Node* node = root_.get();
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    if (segment.starts_with('{')) {
      if (!node->captured) node->captured = std::make_unique<Node>();
      node = node->captured.get();
      continue;
    }
    auto& literals = node->literals;
    auto child =
        std::find_if(literals.begin(), literals.end(), [&](const auto& literal) { return literal.first == segment; });
    if (child == literals.end()) child = literals.emplace(child, segment, std::make_unique<Node>());
    node = child->second.get();
  }
  return *node;
}

void RouteTable::place(std::string_view path, const Entry& entry) {
  Node& node = node_for(path);
  if (node.page != nullptr || node.entry(entry.route.spec.method) != nullptr)
    refuse(entry.route.spec, "is declared twice");
  node.entries.push_back(&entry);
}

void RouteTable::add(Route route) {
  check(route);
  const auto& entry = entries_.emplace_back(std::make_unique<Entry>(Entry{.route = std::move(route)}));
  place(entry->route.spec.path, *entry);
  if (!entry->route.spec.alias.empty()) place(entry->route.spec.alias, *entry);
}

void RouteTable::add(Page page) {
  Node& node = node_for(page.path);
  if (node.page != nullptr || !node.entries.empty()) throw std::logic_error("page " + page.path + " is declared twice");
  node.page = pages_.emplace_back(std::make_unique<Page>(std::move(page))).get();
}

void RouteTable::follow(std::string_view path, OpenEvents events) {
  for (auto& entry : entries_) {
    if (entry->route.spec.path != path || entry->route.kind != Route::Kind::query) continue;
    entry->events = std::move(events);
    return;
  }
  throw std::logic_error("no query has the path " + std::string{path});
}

void RouteTable::seal() {
  is_sealed_ = true;
  std::size_t number = 0;
  for (const auto& entry : entries_) entry->number = ++number;
  for (const auto& page : pages_) page->number = ++number;
  root_->visit([this](Node& node) {
    const auto* get = node.entry("GET");
    if (get != nullptr || node.page != nullptr) node.allow = "GET, HEAD, ";
    for (const auto* entry : node.entries) {
      if (entry != get) node.allow += std::string{entry->route.spec.method} + ", ";
      const auto owned =
          std::find_if(entries_.begin(), entries_.end(), [&](const auto& e) { return e.get() == entry; });
      if (entry != get && get != nullptr && get->route.spec.etag) (*owned)->paired = get;
    }
    node.allow += "OPTIONS";
  });
}

void RouteTable::visit_numbers(
    FunctionRef<void(std::size_t number, std::string_view method, std::string_view path)> visit) const {
  for (const auto& entry : entries_) visit(entry->number, entry->route.spec.method, entry->route.spec.path);
  for (const auto& page : pages_) visit(page->number, "GET", page->path);
}

void RouteTable::find(std::string_view method, const Target& target, Match& match) const {
  match.entry = nullptr;
  match.page = nullptr;
  match.allow = {};
  match.captured.clear();
  const auto* node = target.segments().empty() ? nullptr : root_->find(target.segments(), match.captured);
  if (node == nullptr) return;
  match.allow = node->allow;
  const auto wanted = method == "HEAD" ? std::string_view{"GET"} : method;
  match.entry = node->entry(wanted);
  if (wanted == "GET") match.page = node->page;
}

}  // namespace guerdon::http
