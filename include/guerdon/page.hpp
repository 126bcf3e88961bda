// Cursor pages, newest first, over rows whose key is a UUIDv7 id.
#pragma once

#include <algorithm>
#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "guerdon/codec.hpp"
#include "guerdon/cursor.hpp"
#include "guerdon/result.hpp"

namespace guerdon {

/// Base of every list's query: `?limit=` (1–100, default 20) and `?cursor=` (opaque).
struct PageQuery {
  std::optional<Bounded<1, 100>> limit;
  std::optional<Text<1, 512>> cursor;
};
BOOST_DESCRIBE_STRUCT(PageQuery, (), (limit, cursor))

template <class T>
struct Page {
  std::vector<T> items;
  std::optional<std::string> next_cursor;
  BOOST_DESCRIBE_CLASS(Page, (), (items, next_cursor), (), ())
};

/// The id that the rows of a page lie below, for `id < $n`: beyond all ids where no page came before, since an index has
/// no bound in `$n IS NULL OR id < $n`.
[[nodiscard]] inline Uuid below(std::optional<Uuid> before) {
  Uuid highest;
  highest.bytes.fill(0xFF);
  return before.value_or(highest);
}

/// Fetches one page: `fetch(before, limit)` returns at most `limit` rows with an id below `before` (if given), newest
/// first; `key(row)` is that id. Errors: validation-failed for a cursor that was not made here.
template <class Row, class Fetch, class Key>
Result<Page<Row>> page_by_id(const CursorCodec& cursors, const PageQuery& query, Fetch fetch, Key key) {
  std::optional<Uuid> before;
  if (query.cursor) {
    const auto payload = cursors.open(*query.cursor);
    if (!payload || payload->size() != 16) {
      Error error{problems::validation_failed, "the cursor is not one of ours"};
      error.faults.push_back({"cursor", true, "bad-format", "use nextCursor of the page before"});
      return error;
    }
    Uuid id;
    std::copy(payload->begin(), payload->end(), id.bytes.begin());
    before = id;
  }
  const std::int64_t limit = query.limit ? query.limit->value() : 20;
  Page<Row> page;
  page.items = fetch(before, limit + 1);
  if (static_cast<std::int64_t>(page.items.size()) > limit) {
    page.items.pop_back();
    const Uuid last = key(page.items.back());
    page.next_cursor = cursors.seal({reinterpret_cast<const char*>(last.bytes.data()), last.bytes.size()});
  }
  return page;
}

}  // namespace guerdon
