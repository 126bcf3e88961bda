#include "support/postgres.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <thread>
#include <vector>

namespace guerdon::test {
namespace {

namespace fs = std::filesystem;

std::string random_name() {
  std::random_device random;
  return "test_" + std::to_string(random()) + "_" + std::to_string(getpid());
}

std::string with_parameter(const std::string& url, const std::string& parameter) {
  return url + (url.find('?') == std::string::npos ? '?' : '&') + parameter;
}

std::string server_program(const std::string& name) {
  const fs::path versions = "/usr/lib/postgresql";
  if (!fs::exists(versions)) throw std::runtime_error("no PostgreSQL server found: ./dev setup installs it");
  fs::path newest;
  for (const auto& version : fs::directory_iterator{versions}) {
    const auto program = version.path() / "bin" / name;
    if (fs::exists(program) && program > newest) newest = program;
  }
  if (newest.empty()) throw std::runtime_error("no PostgreSQL server found: ./dev setup installs it");
  return newest.string();
}

/// PostgreSQL refuses to run as root.
const passwd* server_user() {
  return geteuid() == 0 ? getpwnam("postgres") : nullptr;  // NOLINT(concurrency-mt-unsafe): of one thread only
}

/// In the child: never returns.
[[noreturn]] void become(const std::vector<std::string>& command, const passwd* user, const std::string& folder) {
  const int log = ::open((folder + "/log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (log >= 0) {
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
  }
  if (user != nullptr && (setgroups(0, nullptr) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)) {
    _exit(126);
  }
  prctl(PR_SET_PDEATHSIG, SIGQUIT);
  if (chdir(folder.c_str()) != 0) _exit(126);
  std::vector<char*> arguments;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  execv(arguments[0], arguments.data());
  _exit(127);
}

pid_t spawn(const std::vector<std::string>& command, const std::string& folder) {
  const passwd* user = server_user();
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0) become(command, user, folder);
  return child;
}

}  // namespace

std::string postgres_url() {
  const char* url = std::getenv("GUERDON_TEST_POSTGRES");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  if (url == nullptr) throw std::runtime_error("GUERDON_TEST_POSTGRES is not set: run ./dev test");
  return url;
}

std::string schema_url(const std::string& name) { return with_parameter(postgres_url(), "schema=" + name); }

SideSession::SideSession(const std::string& url) : connection_(PQconnectdb(url.c_str())) {
  if (PQstatus(connection_.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(connection_.get()));
  PQsetNoticeProcessor(connection_.get(), [](void*, const char*) {}, nullptr);
}

std::string SideSession::run(const std::string& statement) {
  const std::unique_ptr<PGresult, decltype(&PQclear)> result{PQexec(connection_.get(), statement.c_str()), &PQclear};
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    throw std::runtime_error(PQresultErrorMessage(result.get()));
  }
  return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
}

PostgresSchema::PostgresSchema() : name_(random_name()) {}

PostgresSchema::~PostgresSchema() {
  try {
    SideSession{postgres_url()}.run("DROP SCHEMA IF EXISTS " + name_ + " CASCADE");
  } catch (const std::exception&) {
    // The server goes away with the test run anyway.
  }
}

std::string PostgresSchema::url(const std::string& socket_folder) const {
  return "postgres://guerdon@/postgres?host=" + socket_folder + "&schema=" + name_;
}

PostgresServer::PostgresServer() {
  std::string folder = "/tmp/guerdon-server-XXXXXX";  // short: a socket's path has 107 characters at most
  if (mkdtemp(folder.data()) == nullptr) throw std::runtime_error("can't make a folder in /tmp");
  folder_ = folder;
  if (const passwd* user = server_user(); user != nullptr && chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0) {
    throw std::runtime_error("can't give a folder to the user postgres");
  }
  const pid_t initdb = spawn({server_program("initdb"), "-D", folder_ + "/data", "-U", "guerdon", "-A", "trust", "-E",
                              "UTF8", "--locale=C", "--no-instructions", "--no-sync"},
                             folder_);
  int status = 0;
  if (waitpid(initdb, &status, 0) != initdb || status != 0) throw std::runtime_error("initdb failed: see " + folder_);
  start();
}

PostgresServer::~PostgresServer() {
  stop(SIGQUIT);
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::string PostgresServer::url() const { return "postgres://guerdon@/postgres?host=" + folder_; }

void PostgresServer::start() {
  // The death of a process loses nothing that the kernel has: no need to wait for the disk.
  process_ = spawn({server_program("postgres"), "-D", folder_ + "/data", "-k", folder_, "-c", "listen_addresses=", "-c",
                    "fsync=off"},
                   folder_);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  while (PQping(url().c_str()) != PQPING_OK) {
    if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("PostgreSQL did not start: " + folder_);
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
}

void PostgresServer::stop(int signal) {
  if (process_ == 0) return;
  kill(process_, signal);
  waitpid(process_, nullptr, 0);
  process_ = 0;
}

}  // namespace guerdon::test
