// What a run of the tests logs, kept in the folder that GUERDON_TEST_LOGS names: tests/logs/search.sh goes through it
// when all are done. Without that variable nothing is kept.
#pragma once

#include <memory>
#include <string_view>

namespace guerdon::test {

/// The log of this process, at level debug, as long as it lives. A test that makes an Output of its own takes over.
class KeptLog {
 public:
  KeptLog();
  ~KeptLog();
  KeptLog(const KeptLog&) = delete;
  KeptLog& operator=(const KeptLog&) = delete;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// What another process has said.
void keep_log(std::string_view text);

}  // namespace guerdon::test
