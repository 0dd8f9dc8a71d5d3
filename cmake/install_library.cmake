# The client library, below any prefix. Components:
#   library       for programs that run with it
#   development   for those that are built with it
set(JOBTRAIL_LIBDIR lib CACHE STRING "where libraries go below the prefix")
install(TARGETS libjobtrail EXPORT jobtrail
  LIBRARY DESTINATION ${JOBTRAIL_LIBDIR} COMPONENT library NAMELINK_COMPONENT development
  INCLUDES DESTINATION include)
install(FILES ${CMAKE_BINARY_DIR}/lib/libjobtrail.a DESTINATION ${JOBTRAIL_LIBDIR} COMPONENT development)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/include/jobtrail DESTINATION include COMPONENT development)
install(DIRECTORY ${JOBTRAIL_LIBRARY_MANUAL}/man3 DESTINATION share/man COMPONENT development)

set(made ${CMAKE_BINARY_DIR}/library)
set(JOBTRAIL_PKGCONFIG ${JOBTRAIL_LIBDIR}/pkgconfig)
set(JOBTRAIL_CMAKE ${JOBTRAIL_LIBDIR}/cmake/jobtrail)
# From where these files are, the prefix: they say no path that would be wrong elsewhere.
string(REGEX REPLACE "[^/]+" ".." up_pkgconfig ${JOBTRAIL_PKGCONFIG})
string(REGEX REPLACE "[^/]+" ".." up_cmake ${JOBTRAIL_CMAKE})
configure_file(${CMAKE_SOURCE_DIR}/packaging/library/jobtrail.pc.in ${made}/jobtrail.pc @ONLY)
configure_file(${CMAKE_SOURCE_DIR}/packaging/library/jobtrail-config.cmake.in ${made}/jobtrail-config.cmake @ONLY)
include(CMakePackageConfigHelpers)
write_basic_package_version_file(${made}/jobtrail-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${made}/jobtrail.pc DESTINATION ${JOBTRAIL_PKGCONFIG} COMPONENT development)
install(FILES ${made}/jobtrail-config.cmake ${made}/jobtrail-config-version.cmake
  DESTINATION ${JOBTRAIL_CMAKE} COMPONENT development)
install(EXPORT jobtrail NAMESPACE jobtrail:: FILE jobtrail-targets.cmake DESTINATION ${JOBTRAIL_CMAKE}
  COMPONENT development)
