# One precompiled header for the whole tree and one more for the tests. It holds only what every layer may include:
# the standard library, Boost.JSON, Boost.Describe and fmt. Never Asio, Beast or a driver.
set(empty_source ${PROJECT_BINARY_DIR}/generated/empty.cpp)
file(CONFIGURE OUTPUT ${empty_source} CONTENT "// A precompiled header needs a source that goes with it.\n")

function(guerdon_add_pch target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "HEADERS;LINK")
  add_library(${target} OBJECT ${empty_source})
  target_link_libraries(${target} PRIVATE guerdon_flags Boost::headers Boost::json Boost::url fmt::fmt ${arg_LINK})
  target_compile_options(${target} PRIVATE -fpch-preprocess) # lets ccache see what the header pulls in
  target_precompile_headers(${target} PRIVATE ${arg_HEADERS})
endfunction()

function(guerdon_use_pch target)
  if(NOT GUERDON_PCH)
    return()
  endif()
  set(source guerdon_pch)
  if(ARGC GREATER 1)
    set(source ${ARGV1})
  endif()
  target_compile_options(${target} PRIVATE -fpch-preprocess)
  target_precompile_headers(${target} REUSE_FROM ${source})
endfunction()

set(guerdon_pch_headers
    <algorithm>
    <array>
    <atomic>
    <chrono>
    <compare>
    <concepts>
    <condition_variable>
    <cstddef>
    <cstdint>
    <cstring>
    <deque>
    <exception>
    <filesystem>
    <functional>
    <map>
    <memory>
    <mutex>
    <optional>
    <set>
    <span>
    <sstream>
    <stdexcept>
    <string>
    <string_view>
    <thread>
    <tuple>
    <type_traits>
    <unordered_map>
    <unordered_set>
    <utility>
    <variant>
    <vector>
    <boost/describe.hpp>
    <boost/json.hpp>
    <fmt/format.h>)
if(GUERDON_PCH)
  guerdon_add_pch(guerdon_pch HEADERS ${guerdon_pch_headers})
endif()
