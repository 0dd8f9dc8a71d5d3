# Man pages, completion of shells and the sample configuration, made of the tables of commands and options:
# ${JOBTRAIL_MANUAL} then has man1, man5, bash, zsh, fish and jobtrail.conf. Those of the library, made of its
# headers' comments: ${JOBTRAIL_LIBRARY_MANUAL} has man3.
set(JOBTRAIL_MANUAL ${CMAKE_BINARY_DIR}/manual)
set(tables ${CMAKE_BINARY_DIR}/tables.json)
add_custom_command(OUTPUT ${tables}
  COMMAND jobtrail_tables > ${tables}
  DEPENDS jobtrail_tables VERBATIM)

file(GLOB makers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/packaging/*.py ${CMAKE_SOURCE_DIR}/packaging/completion/*)
add_custom_command(OUTPUT ${JOBTRAIL_MANUAL}/jobtrail.conf
  COMMAND ${JOBTRAIL_PYTHON} -B ${CMAKE_SOURCE_DIR}/packaging/manual.py ${tables} ${JOBTRAIL_MANUAL} ${JOBTRAIL_EPOCH}
  COMMAND env -i $<TARGET_FILE:jobtrail> help options --sample > ${JOBTRAIL_MANUAL}/jobtrail.conf
  DEPENDS jobtrail ${tables} ${makers} VERBATIM)

set(JOBTRAIL_LIBRARY_MANUAL ${CMAKE_BINARY_DIR}/library_manual)
file(GLOB headers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/include/jobtrail/*.h)
add_custom_command(OUTPUT ${JOBTRAIL_LIBRARY_MANUAL}/man3/libjobtrail.3.gz
  COMMAND ${JOBTRAIL_PYTHON} -B ${CMAKE_SOURCE_DIR}/packaging/library_manual.py ${CMAKE_SOURCE_DIR}/include/jobtrail
          ${JOBTRAIL_LIBRARY_MANUAL}/man3 ${PROJECT_VERSION} ${JOBTRAIL_EPOCH}
  DEPENDS ${headers} ${makers} VERBATIM)
add_custom_target(manual ALL
  DEPENDS ${JOBTRAIL_MANUAL}/jobtrail.conf ${JOBTRAIL_LIBRARY_MANUAL}/man3/libjobtrail.3.gz)
