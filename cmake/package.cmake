# The Debian packages, by `./dev package`: jobtrail, libjobtrail1 and libjobtrail-dev. Each is a group of two
# components: what is installed anywhere, and what Debian wants besides.
set(debian ${CMAKE_BINARY_DIR}/debian)
set(packaging ${CMAKE_SOURCE_DIR}/packaging/debian)

# Who answers for the package: whoever builds it may say so, as for Debian's own tools.
set(maintainer "Jobtrail maintainers <maintainers@jobtrail.example>")
if(NOT "$ENV{DEBEMAIL}" STREQUAL "")
  set(maintainer "$ENV{DEBFULLNAME} <$ENV{DEBEMAIL}>")
endif()

# Packages for two releases of Debian have two versions, and the later release has the higher one.
set(revision 1)
if(EXISTS /etc/os-release)
  file(STRINGS /etc/os-release release REGEX "^VERSION_ID=")
  string(REGEX REPLACE "[^0-9.]" "" release "${release}")
  if(release)
    set(revision 1~deb${release})
  endif()
endif()

execute_process(COMMAND env LC_ALL=C date --utc --date=@${JOBTRAIL_EPOCH} "+%a, %d %b %Y %H:%M:%S +0000"
  OUTPUT_VARIABLE when OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
configure_file(${packaging}/changelog.in ${debian}/changelog.Debian @ONLY)
foreach(pair changelog.Debian=${debian}/changelog.Debian changelog=${CMAKE_SOURCE_DIR}/CHANGELOG.md)
  string(REGEX MATCH "^([^=]+)=(.+)$" pair ${pair})
  execute_process(COMMAND gzip -9n -c ${CMAKE_MATCH_2} OUTPUT_FILE ${debian}/${CMAKE_MATCH_1}.gz
    COMMAND_ERROR_IS_FATAL ANY)
endforeach()
get_target_property(soname libjobtrail SOVERSION)
# What Debian wants in each package besides.
function(debian_files component package overrides)
  install(FILES ${debian}/changelog.Debian.gz ${debian}/changelog.gz ${packaging}/copyright
    DESTINATION share/doc/${package} COMPONENT ${component} EXCLUDE_FROM_ALL)
  install(FILES ${overrides} DESTINATION share/lintian/overrides RENAME ${package}
    COMPONENT ${component} EXCLUDE_FROM_ALL)
endfunction()
debian_files(debian jobtrail ${packaging}/lintian-overrides)
debian_files(library_debian libjobtrail${soname} ${packaging}/library/lintian-overrides)
debian_files(development_debian libjobtrail-dev ${packaging}/development/lintian-overrides)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT ${maintainer})
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/packages)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_SET_DESTDIR ON)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_SOURCE_DIR}/cmake/package_directories.cmake)
set(CPACK_STRIP_FILES ON)
configure_file(${CMAKE_SOURCE_DIR}/cmake/package_settings.cmake.in ${debian}/settings.cmake @ONLY)
set(CPACK_PROJECT_CONFIG_FILE ${debian}/settings.cmake)

set(CPACK_COMPONENTS_ALL service debian library library_debian development development_debian)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE ${revision})
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_SERVICE_PACKAGE_NAME jobtrail)
set(CPACK_DEBIAN_SERVICE_PACKAGE_SECTION net)
set(CPACK_DEBIAN_SERVICE_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_SERVICE_PACKAGE_DEPENDS "systemd | systemd-standalone-sysusers | systemd-sysusers")
set(CPACK_DEBIAN_SERVICE_PACKAGE_RECOMMENDS "ca-certificates")
set(CPACK_DEBIAN_SERVICE_PACKAGE_SUGGESTS "postgresql, prometheus")
set(CPACK_DEBIAN_SERVICE_PACKAGE_CONTROL_EXTRA
  ${packaging}/conffiles ${packaging}/postinst ${packaging}/prerm ${packaging}/postrm)
set(CPACK_DEBIAN_SERVICE_DESCRIPTION "projection of job events from Kafka into PostgreSQL
Jobtrail reads job lifecycle events (Avro) from Kafka and keeps one row a job
in PostgreSQL, right in whatever order and however often the events come. It
shows the jobs on a page, over an HTTP API and on the command line, live.

It takes cancel requests, and publishes a cancel command only when the
requester is the job's creator.")

set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME libjobtrail${soname})
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${packaging}/library/triggers)
set(CPACK_DEBIAN_LIBRARY_DESCRIPTION "client of Jobtrail for services in C and C++
Tells Jobtrail of the jobs that a program runs, without waiting for Kafka, and
hears commands to stop them.")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libjobtrail-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
  "libjobtrail${soname} (= ${PROJECT_VERSION}-${revision})")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SUGGESTS "libjansson-dev, librdkafka-dev, libssl-dev, zlib1g-dev")
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION "client of Jobtrail, headers and static library
What programs are built with that tell Jobtrail of their jobs: headers, a
static library (which needs what is suggested), and files for pkg-config and
CMake.")

include(CPack)
foreach(package service library development)
  cpack_add_component_group(${package})
  cpack_add_component(${package} GROUP ${package})
endforeach()
cpack_add_component(debian GROUP service)
cpack_add_component(library_debian GROUP library)
cpack_add_component(development_debian GROUP development)
