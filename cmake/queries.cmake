# jobtrail_queries(OUT FOLDER)
#   The queries of FOLDER, as a list of files in OUT: each NAME.sql as it is, and from each template
#   the two queries that differ in a few words alone, made when the build is configured.
#     NAME.both_ways.sql   NAME_asc.sql and NAME_desc.sql: @BEHIND@ (> or <), @DOWN@ (DESC), @WAY@
#     NAME.both_logs.sql   NAME.sql of events and cancel_NAME.sql of cancel requests: @POSITIONS@ is
#                          the table, @SOURCE@ what its rows are of, @FORGET_LOG_END@
function(jobtrail_queries out folder)
  file(GLOB queries CONFIGURE_DEPENDS ${folder}/*.sql)
  set(made ${CMAKE_CURRENT_BINARY_DIR}/queries)
  foreach(query ${queries})
    if(query MATCHES "/([a-z_]+)\\.both_ways\\.sql$")
      set(name ${CMAKE_MATCH_1})
      jobtrail_query_of(${query} ${made}/${name}_asc.sql BEHIND ">" DOWN "" WAY upwards)
      jobtrail_query_of(${query} ${made}/${name}_desc.sql BEHIND "<" DOWN " DESC" WAY downwards)
      list(APPEND files ${made}/${name}_asc.sql ${made}/${name}_desc.sql)
    elseif(query MATCHES "/([a-z_]+)\\.both_logs\\.sql$")
      set(name ${CMAKE_MATCH_1})
      jobtrail_query_of(${query} ${made}/${name}.sql POSITIONS jobtrail_p1.source_position
        SOURCE "a source of events"
        FORGET_LOG_END "log_end = NULL, log_end_seen_at = NULL, caught_up_at = NULL, ")
      jobtrail_query_of(${query} ${made}/cancel_${name}.sql POSITIONS jobtrail.cancel_position
        SOURCE "a source of cancel requests"
        FORGET_LOG_END "log_end = NULL, log_end_seen_at = NULL, ")
      list(APPEND files ${made}/${name}.sql ${made}/cancel_${name}.sql)
    else()
      list(APPEND files ${query})
    endif()
  endforeach()
  set(${out} ${files} PARENT_SCOPE)
endfunction()

# jobtrail_query_of(TEMPLATE FILE NAME VALUE ...): the template with each @NAME@ replaced.
function(jobtrail_query_of template file)
  cmake_parse_arguments(ARG "" "BEHIND;DOWN;WAY;POSITIONS;SOURCE;FORGET_LOG_END" "" ${ARGN})
  foreach(name BEHIND DOWN WAY POSITIONS SOURCE FORGET_LOG_END)
    set(${name} "${ARG_${name}}")
  endforeach()
  configure_file(${template} ${file} @ONLY)
endfunction()
