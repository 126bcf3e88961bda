# What the server's binary takes its memory from: jemalloc, linked statically. Who embeds guerdon keeps their own
# allocator, and a sanitizer its own.
option(GUERDON_JEMALLOC "Link jemalloc into the server's binary" ${PROJECT_IS_TOP_LEVEL})
add_library(guerdon_allocator INTERFACE)
if(GUERDON_JEMALLOC AND NOT GUERDON_SANITIZE)
  find_library(GUERDON_JEMALLOC_LIBRARY NAMES libjemalloc_pic.a libjemalloc.a)
  if(NOT GUERDON_JEMALLOC_LIBRARY)
    message(FATAL_ERROR "There is no static jemalloc (Debian: libjemalloc-dev). Or do without: -DGUERDON_JEMALLOC=OFF")
  endif()
  target_sources(guerdon_allocator INTERFACE ${PROJECT_SOURCE_DIR}/src/allocator.cpp)
  target_link_libraries(guerdon_allocator INTERFACE ${GUERDON_JEMALLOC_LIBRARY} Threads::Threads ${CMAKE_DL_LIBS} m)
endif()
