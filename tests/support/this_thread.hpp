// Which of the server's threads a test's code runs on.
#pragma once

#include <pthread.h>

#include <array>
#include <string>

namespace guerdon::test {

/// As top(1) shows it.
inline std::string this_thread_name() {
  std::array<char, 16> name{};
  pthread_getname_np(pthread_self(), name.data(), name.size());
  return name.data();
}

}  // namespace guerdon::test
