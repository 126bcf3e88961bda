// Every route of one listener, found by path and method. Literal segments win over `{name}` ones.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "guerdon/function_ref.hpp"
#include "guerdon/routes.hpp"
#include "http/response.hpp"
#include "http/target.hpp"

namespace guerdon::http {

/// Something to GET that is not part of the API: health, the document. Anyone may.
struct Page {
  std::string path;
  std::string_view content_type;   ///< of static storage
  std::function<Response()> make;  ///< on an I/O thread: must not wait
  std::string_view summary = {};   ///< for the OpenAPI document; without one it is not in there
  /// Instead of `make`: calls back with the answer, once, on any thread. Only on a listener that has pages alone.
  std::function<void(std::function<void(Response)>)> make_later = {};
  std::size_t number = 0;  ///< the table's affair
};

class EventSource;

/// Makes of a request to a query what its caller will follow as server-sent events. `last_event_id`: the id of the last
/// event that a client who comes back has seen; empty otherwise. Errors: validation-failed.
using OpenEvents =
    std::function<Result<std::unique_ptr<EventSource>>(const RawRequest& raw, std::string_view last_event_id)>;

class RouteTable final : public Router {
 public:
  struct Entry {
    Route route;
    const Entry* paired = nullptr;  ///< the GET of the same path, where it has an ETag
    std::size_t number = 0;         ///< counted from 1
    OpenEvents events = {};         ///< where it can be followed; its policy and parameters are the query's
  };
  struct Match {
    const Entry* entry = nullptr;
    const Page* page = nullptr;
    std::string_view allow;  ///< methods of the path, for Allow; empty where no route has that path
    std::vector<std::string_view> captured;

    /// Of the route or the page; 0 = none was found.
    [[nodiscard]] std::size_t number() const {
      if (entry != nullptr) return entry->number;
      return page != nullptr ? page->number : 0;
    }
  };

  RouteTable();
  ~RouteTable() override;

  void add(Route route) override;
  /// Throws std::logic_error for a path that is declared twice.
  void add(Page page);
  /// The query of that path can be followed too, by those whose Accept asks for events. Throws std::logic_error where
  /// there is none.
  void follow(std::string_view path, OpenEvents events);
  /// No more routes. Called once, before the first find().
  void seal();

  /// Into `match`, whose memory is reused. HEAD finds what GET does.
  void find(std::string_view method, const Target& target, Match& match) const;

  /// How many numbers there are, 0 for none included.
  [[nodiscard]] std::size_t numbers() const { return entries_.size() + pages_.size() + 1; }
  /// What each number but 0 stands for.
  void visit_numbers(FunctionRef<void(std::size_t number, std::string_view method, std::string_view path)> visit) const;

  [[nodiscard]] const std::vector<std::unique_ptr<Entry>>& entries() const { return entries_; }
  [[nodiscard]] const std::vector<std::unique_ptr<Page>>& pages() const { return pages_; }

 private:
  struct Node;

  Node& node_for(std::string_view path);
  void place(std::string_view path, const Entry& entry);

  std::unique_ptr<Node> root_;
  std::vector<std::unique_ptr<Entry>> entries_;
  std::vector<std::unique_ptr<Page>> pages_;
  bool is_sealed_ = false;
};

}  // namespace guerdon::http
