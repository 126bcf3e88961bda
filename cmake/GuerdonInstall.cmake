# Installs the binary, and the server as a library for a customer's own integration tests: find_package(guerdon), link
# guerdon::guerdon, include <guerdon/...>. Included last, when every target exists.
include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/guerdon)
set_target_properties(guerdon_app PROPERTIES EXPORT_NAME guerdon)
set_target_properties(guerdon_api PROPERTIES EXPORT_NAME api)
set_target_properties(guerdon_drivers PROPERTIES EXPORT_NAME drivers)
set_target_properties(guerdon_platform PROPERTIES EXPORT_NAME platform)
target_include_directories(guerdon_api INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)

set(libraries guerdon_app guerdon_api guerdon_drivers guerdon_platform)
foreach(module IN LISTS guerdon_modules)
  set_target_properties(${module} PROPERTIES OUTPUT_NAME guerdon_${module})
  list(APPEND libraries ${module} ${module}_api)
endforeach()
install(TARGETS ${libraries} EXPORT guerdon-targets)
install(EXPORT guerdon-targets NAMESPACE guerdon:: DESTINATION ${package_folder})
install(DIRECTORY include/guerdon DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS guerdon)

configure_package_config_file(cmake/guerdon-config.cmake.in guerdon-config.cmake INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(guerdon-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/guerdon-config.cmake ${PROJECT_BINARY_DIR}/guerdon-config-version.cmake
              cmake/GuerdonDependencies.cmake DESTINATION ${package_folder})
