# guerdon_module(<name> [USES <other>_api...]) declares the module in the current folder as two targets:
#   <name>_api  INTERFACE  include/ of the module: what others may see
#   <name>      STATIC     its sources, which see the platform's public headers, their own and those of USES; nothing else
function(guerdon_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "USES")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "guerdon_module(${name}): expected USES <other>_api..., got '${arg_UNPARSED_ARGUMENTS}'")
  endif()

  add_library(${name}_api INTERFACE)
  target_include_directories(${name}_api INTERFACE $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>)
  target_link_libraries(${name}_api INTERFACE guerdon_api)
  # Public headers speak of what is in USES. Who includes them names that themselves, so that nobody sees more than their
  # own USES; only where each header is compiled alone there is nobody to do so.
  if(CMAKE_VERIFY_INTERFACE_HEADER_SETS)
    target_link_libraries(${name}_api INTERFACE ${arg_USES})
  endif()
  guerdon_verify_headers(${name}_api ${CMAKE_CURRENT_SOURCE_DIR}/include)

  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(sources)
    guerdon_unite(${name} sources)
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PRIVATE $<BUILD_INTERFACE:guerdon_flags> ${name}_api ${arg_USES} $<LINK_ONLY:$<TARGET_NAME:guerdon_platform>>)
    guerdon_use_pch(${name})
    set(scope PRIVATE)
  else()
    add_library(${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  foreach(api IN LISTS arg_USES)
    string(REGEX REPLACE "_api$" "" other ${api})
    target_link_libraries(${name} ${scope} $<LINK_ONLY:$<TARGET_NAME:${other}>>)
  endforeach()

  set_property(GLOBAL APPEND PROPERTY GUERDON_MODULES ${name})
  set_property(GLOBAL PROPERTY GUERDON_USES_${name} ${arg_USES})
endfunction()

# Runs when all modules are declared: CMake itself would take a misspelt name for a system library.
function(guerdon_check_modules)
  get_property(modules GLOBAL PROPERTY GUERDON_MODULES)
  foreach(module IN LISTS modules)
    get_property(uses GLOBAL PROPERTY GUERDON_USES_${module})
    foreach(api IN LISTS uses)
      if(NOT api MATCHES "_api$" OR NOT TARGET ${api})
        message(FATAL_ERROR "modules/${module}/CMakeLists.txt: USES names '${api}', which is no module's <name>_api")
      endif()
    endforeach()
  endforeach()
endfunction()
