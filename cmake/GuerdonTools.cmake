# Build tools that are used when they are there: ccache and mold. Neither changes what is built.
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Precompiled headers are only cacheable with this sloppiness; base_dir and nohashdir let every clone share one cache.
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
               CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE_PROGRAM})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_link_options(-fuse-ld=mold)
endif()

# With CMAKE_VERIFY_INTERFACE_HEADER_SETS (the preset lint), target all_verify_interface_header_sets compiles each public
# header alone, without the precompiled header that hides a forgotten include.
function(guerdon_verify_headers target folder)
  if(CMAKE_VERIFY_INTERFACE_HEADER_SETS)
    file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${folder}/*.hpp)
    target_sources(${target} INTERFACE FILE_SET HEADERS BASE_DIRS ${folder} FILES ${headers})
  endif()
endfunction()
