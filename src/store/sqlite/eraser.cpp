// A step first copies the whole log into the file and drops the page cache: the file then has the newest of every page,
// and none of the old copies is written back by a later change. The file's bytes go through SQLite's own file object,
// since closing another descriptor of the file would drop its locks.
#include "store/sqlite/eraser.hpp"

#include <algorithm>
#include <utility>

#include "store/sqlite/errors.hpp"

namespace guerdon::store {

namespace {

constexpr std::int64_t stretch = 1024;  // pages: some 4 MiB

// From here on the number of a page may begin with what marks a tree's page, so that an overflow page looks like one.
constexpr std::int64_t most_pages = 0x0200'0000;

sqlite3_file* file_of(sqlite3* db) {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  return file;
}

std::size_t number_at(const unsigned char* bytes) { return static_cast<std::size_t>(bytes[0]) << 8U | bytes[1]; }

struct Gap {
  std::size_t from = 0, to = 0;
};

/// Between the array of cell pointers and the cells; empty for what is no page of a tree.
Gap gap_of(const unsigned char* page, std::size_t size, bool is_first) {
  const std::size_t header = is_first ? 100 : 0;  // behind the file's own
  const auto kind = page[header];
  const bool is_leaf = kind == 10 || kind == 13;
  if (!is_leaf && kind != 2 && kind != 5) return {};
  const auto cells = number_at(page + header + 3);
  auto content = number_at(page + header + 5);
  if (content == 0) content = 65536;
  const auto from = header + (is_leaf ? 8 : 12) + 2 * cells;
  if (content > size || from >= content) return {};
  return {from, content};
}

bool is_clean(const unsigned char* bytes, const Gap& gap) {
  return std::all_of(bytes + gap.from, bytes + gap.to, [](unsigned char byte) { return byte == 0; });
}

}  // namespace

bool Eraser::is_due() const noexcept { return is_wanted() && Steady::now() - rested_ >= pause; }

std::optional<std::string> Eraser::step() {
  if (is_asked_anew()) begin();
  rested_ = Steady::now();
  if (!is_working_) return std::nullopt;
  bool is_whole = false;
  if (auto failure = checkpointer_.copy_all(is_whole)) return failure;
  if (!is_whole) return std::nullopt;  // a reader is at an older state: later
  sqlite3_db_release_memory(connection_.handle());
  if (!erase_stretch()) return sqlite_error(connection_.handle(), SQLITE_IOERR, "erasing what was deleted").what();
  if (next_ >= 0) return std::nullopt;
  bool is_cut = false;
  if (auto failure = checkpointer_.cut(is_cut)) return failure;
  rested_ = Steady::now();
  if (is_cut) end();
  return std::nullopt;
}

void Eraser::ask(std::function<void()> done) {
  const std::lock_guard lock{asking_};
  asked_done_ = std::move(done);
  is_asked_ = true;
}

/// Who has asked is told in the end, and who asked before them is not.
bool Eraser::is_asked_anew() {
  const std::lock_guard lock{asking_};
  if (!is_asked_.exchange(false)) return false;
  done_ = std::exchange(asked_done_, nullptr);
  return true;
}

void Eraser::begin() {
  page_size_ = std::stoll(connection_.pragma("PRAGMA page_size"));
  const bool is_plain = connection_.pragma("PRAGMA auto_vacuum") == "0";
  next_ = is_plain ? 0 : -1;
  has_written_ = false;
  is_working_ = true;
}

void Eraser::end() {
  is_working_ = false;
  if (const auto done = std::exchange(done_, nullptr)) done();
}

/// The next pages of the file; -1 is next when all are done. False after an I/O error.
bool Eraser::erase_stretch() {
  if (next_ < 0) return true;
  auto* const file = file_of(connection_.handle());
  sqlite3_int64 size = 0;
  if (file == nullptr || file->pMethods->xFileSize(file, &size) != SQLITE_OK) return false;
  const std::int64_t pages = size / page_size_;
  const auto end = std::min(pages, next_ + stretch);
  if (pages < most_pages && next_ < end) {
    buffer_.resize(static_cast<std::size_t>((end - next_) * page_size_));
    if (file->pMethods->xRead(file, buffer_.data(), static_cast<int>(buffer_.size()), next_ * page_size_) != SQLITE_OK)
      return false;
    for (auto page = next_; page < end; ++page)
      if (!erase_page(page, buffer_.data() + (page - next_) * page_size_)) return false;
  }
  next_ = end;
  if (end < pages && pages < most_pages) return true;
  next_ = -1;
  buffer_ = {};
  return !has_written_ || file->pMethods->xSync(file, SQLITE_SYNC_NORMAL) == SQLITE_OK;
}

bool Eraser::erase_page(std::int64_t page, const unsigned char* bytes) {
  const auto gap = gap_of(bytes, static_cast<std::size_t>(page_size_), page == 0);
  if (gap.from == gap.to || is_clean(bytes, gap)) return true;
  const std::vector<unsigned char> zeros(gap.to - gap.from);
  auto* const file = file_of(connection_.handle());
  has_written_ = true;
  return file->pMethods->xWrite(file, zeros.data(), static_cast<int>(zeros.size()),
                                page * page_size_ + static_cast<std::int64_t>(gap.from)) == SQLITE_OK;
}

}  // namespace guerdon::store
