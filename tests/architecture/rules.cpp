// Rules about who may know whom and what may stand where.
#include "rules.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <regex>
#include <set>

namespace guerdon::architecture {
namespace {

bool starts_with(std::string_view text, std::string_view prefix) { return text.substr(0, prefix.size()) == prefix; }

std::set<std::string> modules_of(const Files& files) {
  std::set<std::string> names;
  for (const auto& file : files)
    if (const auto module = module_of(file.path); !module.empty()) names.insert(module);
  return names;
}

/// Where an include of a relative path leads, from the root; empty for one that is none.
std::string resolved(const SourceFile& file, const std::string& include) {
  if (!starts_with(include, "../") && !starts_with(include, "./")) return {};
  return (std::filesystem::path{file.path}.parent_path() / include).lexically_normal().generic_string();
}

/// An include that goes around the public headers: of a module out of its folder, of the platform into one.
bool leaves_its_place(const SourceFile& file, const std::string& include) {
  const auto own = module_of(file.path);
  const auto path = resolved(file, include);
  if (own.empty()) return starts_with(include, "modules/") || starts_with(path, "modules/");
  if (starts_with(include, "modules/") || starts_with(include, "src/")) return true;
  return !path.empty() && module_of(path) != own;
}

std::string first_part(const std::string& include) { return include.substr(0, include.find('/')); }

/// The files that name modules because that is what they are for.
bool is_wiring(std::string_view path) { return path == "src/app.cpp" || starts_with(path, "src/app/"); }

bool is_platform(std::string_view path) { return starts_with(path, "src/") || starts_with(path, "include/"); }

/// Other people's libraries that are no business of a module.
constexpr std::array machinery_headers = {
    "boost/asio", "boost/beast", "thread",    "mutex",     "shared_mutex", "condition_variable",
    "future",     "semaphore",   "latch",     "coroutine", "sqlite3.h",    "libpq-fe.h",
    "hiredis",    "librdkafka",  "openssl",   "sodium",    "spdlog",       "CLI",
    "sys/",       "unistd.h",    "pthread.h", "date/tz.h", "prometheus"};

constexpr std::array machinery_words = {
    R"(\bco_await\b)",  R"(\bco_return\b)",     R"(\bstd::thread\b)",   R"(\bstd::jthread\b)",
    R"(\bsleep_for\b)", R"(system_clock::now)", R"(steady_clock::now)", R"(\btime\s*\(\s*(NULL|nullptr|0)\s*\))",
    R"(\bgetenv\b)",    R"(\bthread_local\b)"};

/// The names that a statement gives its own subqueries: WITH name AS (…).
std::set<std::string> subqueries_in(const std::string& sql) {
  static const std::regex subquery{
      R"re(\b([a-z_][a-z0-9_]*)\s*(?:\([^()]*\))?\s+AS\s+(?:(?:NOT\s+)?MATERIALIZED\s+)?\()re"};
  std::set<std::string> names;
  for (std::sregex_iterator it{sql.begin(), sql.end(), subquery}, end; it != end; ++it) names.insert((*it)[1].str());
  return names;
}

/// What an engine makes rows of a JSON parameter with.
constexpr std::array<std::string_view, 2> row_functions = {"json_each", "jsonb_array_elements_text"};

/// From a co_await on to the end of its expression: is there a conditional among what it passes on?
bool passes_conditional(std::string_view code) {
  int parentheses = 0, braces = 0;
  for (std::size_t i = 0; i < code.size(); ++i) {
    const char c = code[i];
    if (c == '"' || (c == '\'' && i > 0 && std::isalnum(static_cast<unsigned char>(code[i - 1])) == 0)) {
      for (++i; i < code.size() && code[i] != c; ++i)
        if (code[i] == '\\') ++i;
      continue;
    }
    if (c == '{') ++braces;
    if (c == '}' && --braces < 0) return false;
    if (braces > 0) continue;
    if (c == '(') ++parentheses;
    if (c == ')' && --parentheses < 0) return false;
    if (c == ';') return false;
    if (c == '?' && parentheses > 0) return true;
  }
  return false;
}

/// What stands before a parenthesis at once is a function, as json_each($1).
std::set<std::string> tables_in(const std::string& sql) {
  static const std::regex table{
      R"re(\b(?:FROM|JOIN|INTO|UPDATE|TABLE(?:\s+IF\s+(?:NOT\s+)?EXISTS)?|REFERENCES|INDEX\s+\w+\s+ON)\s+)re"
      R"re(([a-z_][a-z0-9_]*)\b(?!\())re"};
  std::set<std::string> names;
  for (std::sregex_iterator it{sql.begin(), sql.end(), table}, end; it != end; ++it) names.insert((*it)[1].str());
  return names;
}

}  // namespace

Violations forbidden_includes(const Files& files) {
  const auto modules = modules_of(files);
  Violations found;
  for (const auto& file : files) {
    if (is_wiring(file.path)) continue;
    const auto own = module_of(file.path);
    for (const auto& include : includes_of(file)) {
      if (leaves_its_place(file, include)) found.push_back(file.path + " includes " + include + ": not its own");
      const auto other = first_part(include);
      if (include == other || modules.count(other) == 0 || other == own) continue;
      if (is_platform(file.path))
        found.push_back(file.path + " includes " + include + ": the platform knows no module");
      if (!own.empty() && include == other + "/module.hpp")
        found.push_back(file.path + " includes " + include + ": only the wiring does");
    }
  }
  return found;
}

Violations module_cycles(const Files& files) {
  const auto modules = modules_of(files);
  std::map<std::string, std::set<std::string>> uses;
  for (const auto& file : files)
    for (const auto& include : includes_of(file))
      if (const auto own = module_of(file.path), other = first_part(include);
          !own.empty() && own != other && include != other && modules.count(other) != 0)
        uses[own].insert(other);

  Violations found;
  std::vector<std::string> path;
  const std::function<void(const std::string&)> visit = [&](const std::string& module) {
    if (const auto seen = std::find(path.begin(), path.end(), module); seen != path.end()) {
      std::string cycle;
      for (auto it = seen; it != path.end(); ++it) cycle += *it + " -> ";
      found.push_back(cycle + module);
      return;
    }
    path.push_back(module);
    for (const auto& other : uses[module]) visit(other);
    path.pop_back();
  };
  for (const auto& module : modules) visit(module);
  return found;
}

Violations machinery_outside_src(const Files& files) {
  Violations found;
  for (const auto& file : files) {
    if (!starts_with(file.path, "modules/") && !starts_with(file.path, "include/")) continue;
    for (const auto& include : includes_of(file))
      for (const std::string_view header : machinery_headers)
        if (include == header || starts_with(include, std::string{header} + "/") ||
            starts_with(include, std::string{header} + ".") || (header.back() == '/' && starts_with(include, header)))
          found.push_back(file.path + " includes " + include);
    const auto code = without_comments(file.text);
    for (const auto* word : machinery_words)
      if (std::regex_search(code, std::regex{word})) found.push_back(file.path + " uses " + word);
  }
  return found;
}

Violations foreign_tables(const Files& files) {
  Violations found;
  for (const auto& file : files) {
    const auto own = module_of(file.path);
    if (own.empty() || file.path.size() < 4 || file.path.substr(file.path.size() - 4) == ".sql") continue;
    for (const auto& literal : literals_of(file)) {
      const auto subqueries = subqueries_in(literal);
      for (const auto& table : tables_in(literal))
        if (!starts_with(table, own + "_") && subqueries.count(table) == 0 &&
            std::find(row_functions.begin(), row_functions.end(), table) == row_functions.end())
          found.push_back(file.path + " names the table " + table);
    }
  }
  return found;
}

Violations misplaced_migrations(const Files& files) {
  static const std::regex form{R"re(migrations/(sqlite|postgres)/(\d{4}_(platform|[a-z]+)_[a-z0-9_]+)\.sql)re"};
  Violations found;
  std::map<std::string, std::set<std::string>> engines;
  for (const auto& file : files) {
    if (!starts_with(file.path, "migrations/")) continue;
    std::smatch parts;
    if (!std::regex_match(file.path, parts, form)) {
      found.push_back(file.path + " is not named NNNN_<module>_<what>.sql");
      continue;
    }
    engines[parts[2].str()].insert(parts[1].str());
    const auto owner = parts[3].str();
    if (owner == "platform") continue;
    for (const auto& table : tables_in(file.text))
      if (!starts_with(table, owner + "_")) found.push_back(file.path + " touches the table " + table);
  }
  for (const auto& [name, of] : engines)
    if (of.size() != 2) found.push_back(name + " exists for " + *of.begin() + " only");
  return found;
}

Violations weak_randomness(const Files& files) {
  static const std::regex weak{R"re(\b(std::mt19937|std::default_random_engine|s?rand\s*\())re"};
  Violations found;
  for (const auto& file : files) {
    if (!starts_with(file.path, "src/") && !starts_with(file.path, "modules/") && !starts_with(file.path, "include/"))
      continue;
    const auto code = without_comments(file.text);
    std::smatch match;
    if (std::regex_search(code, match, weak)) found.push_back(file.path + " uses " + match.str());
  }
  return found;
}

Violations miscompiled_coroutines(const Files& files) {
  // Of one expression that awaits: a brace-made aggregate or a capturing closure among its arguments, an aggregate
  // with an awaiting member, `?:` around an await or among its arguments, a thrown value that awaits.
  static const std::array forms = {std::regex{R"re(co_await\s+[\w:.\->]+\s*(?:<[^;<>]*>)?\s*\([^;]*?[\w>)]?\s*\{)re"},
                                   std::regex{R"re(co_await\s+[\w:.\->]+\s*\([^;]*\[[^\]\s][^\]]*\]\s*[({])re"},
                                   std::regex{R"re(\{[^{};]*=\s*co_await\b)re"},
                                   std::regex{R"re(\?[^;:]*co_await[^;]*:|\?[^;]*:\s*co_await)re"},
                                   std::regex{R"re(throw\b[^;]*co_await)re"}};
  Violations found;
  for (const auto& file : files) {
    const auto code = without_comments(file.text);
    if (code.find("co_await") == std::string::npos) continue;
    for (const auto& form : forms)
      for (std::sregex_iterator it{code.begin(), code.end(), form}, end; it != end; ++it)
        found.push_back(file.path + ": " + it->str().substr(0, 80));
    constexpr std::string_view word = "co_await";
    for (auto at = code.find(word); at != code.npos; at = code.find(word, at + word.size()))
      if (passes_conditional(std::string_view{code}.substr(at)))
        found.push_back(file.path + ": a conditional in " + code.substr(at, 80));
  }
  return found;
}

Violations missing_openings(const Files& files) {
  std::set<std::string> opened;
  for (const auto& file : files)
    if (starts_with(file.text, "//")) opened.insert(file.path);
  Violations found;
  for (const auto& file : files) {
    const std::string_view mark = file.path.substr(file.path.size() - 4) == ".sql" ? "--" : "//";
    const auto own_header = file.path.substr(0, file.path.size() - 4) + ".hpp";
    if (!starts_with(file.text, mark) && opened.count(own_header) == 0)
      found.push_back(file.path + " does not open with what it is");
  }
  return found;
}

}  // namespace guerdon::architecture
