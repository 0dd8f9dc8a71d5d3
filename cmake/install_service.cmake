# Runs when Jobtrail is installed: the prefix is known only then. /usr has its configuration in /etc.
if(CMAKE_INSTALL_PREFIX MATCHES "^(/usr)?/?$")
  set(configuration /etc/jobtrail)
else()
  set(configuration ${CMAKE_INSTALL_PREFIX}/etc/jobtrail)
endif()
# Two that install from one build at the same time have a folder each.
string(MD5 mark "$ENV{DESTDIR}:${CMAKE_INSTALL_PREFIX}")
set(made ${JOBTRAIL_MADE}/${mark})
set(program ${CMAKE_INSTALL_PREFIX}/bin/jobtrail)

configure_file(${JOBTRAIL_PACKAGING}/jobtrail.service.in ${made}/jobtrail.service @ONLY)
file(INSTALL DESTINATION ${CMAKE_INSTALL_PREFIX}/lib/systemd/system TYPE FILE
  FILES ${made}/jobtrail.service)
configure_file(${JOBTRAIL_PACKAGING}/jobtrail.sysusers ${made}/jobtrail.conf COPYONLY)
file(INSTALL DESTINATION ${CMAKE_INSTALL_PREFIX}/lib/sysusers.d TYPE FILE
  FILES ${made}/jobtrail.conf)

# Passwords may be in both: nobody else reads them. What is there is somebody's.
file(MAKE_DIRECTORY ${made}/secrets)
file(INSTALL DESTINATION ${configuration} TYPE DIRECTORY FILES ${made}/secrets
  DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE)
if(EXISTS $ENV{DESTDIR}${configuration}/jobtrail.conf)
  message(STATUS "Kept: ${configuration}/jobtrail.conf")
else()
  file(INSTALL DESTINATION ${configuration} TYPE FILE FILES ${JOBTRAIL_MANUAL}/jobtrail.conf
    PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ)
endif()
