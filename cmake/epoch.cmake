# JOBTRAIL_EPOCH: when what is built here was written, in seconds since 1970. It dates man pages and packages,
# so that two builds of one commit are the same.
if(NOT "$ENV{SOURCE_DATE_EPOCH}" STREQUAL "")
  set(JOBTRAIL_EPOCH $ENV{SOURCE_DATE_EPOCH})
else()
  execute_process(COMMAND git log -1 --format=%ct WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
    OUTPUT_VARIABLE JOBTRAIL_EPOCH OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT JOBTRAIL_EPOCH MATCHES "^[0-9]+$")
  # No checkout of git, as from an archive.
  file(TIMESTAMP ${CMAKE_SOURCE_DIR}/CHANGELOG.md JOBTRAIL_EPOCH %s UTC)
endif()
