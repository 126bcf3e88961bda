#include "support/databases.hpp"

#include <cstdlib>
#include <filesystem>

namespace guerdon::test {

namespace {

const char* postgres_server() { return std::getenv("GUERDON_TEST_POSTGRES"); }

/// In memory where there is such a place: these tests are about answers, not about disks.
std::string make_folder() {
  const std::filesystem::path memory = "/dev/shm";
  const auto parent = std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
  std::string folder = (parent / "guerdon-test-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) throw std::runtime_error("cannot make a folder in " + parent.string());
  return folder;
}

}  // namespace

std::vector<Engine> engines() {
  std::vector<Engine> result{Engine::sqlite};
  if (postgres_server() != nullptr) result.push_back(Engine::postgres);
  return result;
}

DatabasePlace::DatabasePlace(Engine engine, Schema schema) {
  if (engine == Engine::sqlite) {
    folder_ = make_folder();
    url_ = "sqlite:" + folder_ + "/test.db";
  } else if (schema == Schema::none) {
    empty_ = std::make_unique<PostgresSchema>();
    url_ = empty_->url();
  } else {
    pooled_ = std::make_unique<PooledSchema>();
    url_ = pooled_->url();
  }
}

DatabasePlace::~DatabasePlace() {
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

TestDatabase::TestDatabase(Engine engine, Schema schema, store::DatabaseOptions options)
    : place_(engine, schema), options_(std::move(options)) {
  if (options_.url.empty()) options_.url = place_.url();
  options_.clock = &clock;
  options_.ids = &ids_;
  reopen();
  if (schema == Schema::migrated) store::migrate(*database_);
}

void TestDatabase::reopen() {
  database_.reset();
  database_ = store::open_database(options_);
  database_->set_outbox_sink(&outbox);
}

}  // namespace guerdon::test
