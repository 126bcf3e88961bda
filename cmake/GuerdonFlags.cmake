# How our own code is compiled. What must be the same in every translation unit, because it decides whether the
# precompiled headers fit, is set for the directory; warnings are a target, so that they never reach a customer.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

add_compile_definitions(_GLIBCXX_ASSERTIONS)

if(GUERDON_SANITIZE)
  add_compile_options(-fsanitize=${GUERDON_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${GUERDON_SANITIZE})
  if(GUERDON_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
endif()

if(GUERDON_HARDEN)
  include(CheckCXXCompilerFlag)
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection -fPIE)
  check_cxx_compiler_flag(-fcf-protection GUERDON_HAS_CF_PROTECTION) # x86 only
  if(GUERDON_HAS_CF_PROTECTION)
    add_compile_options(-fcf-protection)
  endif()
  add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack)
  if(NOT CMAKE_SKIP_PIE_LINK)
    add_link_options($<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:-pie>)
  endif()
endif()

add_library(guerdon_flags INTERFACE)
target_compile_options(guerdon_flags INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
if(GUERDON_UNITY)
  # A neighbour's names are no outer scope's, and the file that names a type of its own is not the one compiled.
  target_compile_options(guerdon_flags INTERFACE -Wno-shadow -Wshadow=local -Wno-subobject-linkage)
endif()
if(GUERDON_WERROR)
  target_compile_options(guerdon_flags INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False alarms of g++ 12: std::string's operator+ (GCC PR 105651), and moving an empty std::optional<std::string>.
  target_compile_options(guerdon_flags INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
  if(GUERDON_SANITIZE MATCHES "thread")
    target_compile_options(guerdon_flags INTERFACE -Wno-tsan)
  endif()
endif()
