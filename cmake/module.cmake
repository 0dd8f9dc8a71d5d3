# jobtrail_module(NAME LINK ...)
#   One static library a folder: every .c file of the calling folder, and what it may stand on.
function(jobtrail_module name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.c)
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR}/service)
  target_link_libraries(${name} PRIVATE jobtrail_flags PUBLIC ${ARG_LINK})
endfunction()

# jobtrail_test(NAME SOURCES ... LINK ... [LABELS ...] [WRAP_MALLOC])
#   One cmocka program and its ctest entry. WRAP_MALLOC sends the allocations of our code
#   through tests/support/failing_malloc.h, so that a test can make the n-th one fail. Where the
#   variable ONE_THREAD is ON the program is labelled one_thread, of which the thread sanitizer
#   would find nothing; one that could start a thread does not link then.
function(jobtrail_test name)
  cmake_parse_arguments(ARG "WRAP_MALLOC" "" "SOURCES;LINK;LABELS" ${ARGN})
  # A folder of service/ may have the test's name for its library.
  set(program ${name}_test)
  add_executable(${program} ${ARG_SOURCES})
  set_target_properties(${program} PROPERTIES OUTPUT_NAME ${name})
  target_include_directories(${program} PRIVATE ${CMAKE_SOURCE_DIR}/service ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(${program} PRIVATE jobtrail_flags ${ARG_LINK} cmocka)
  if(ARG_WRAP_MALLOC)
    target_sources(${program} PRIVATE ${CMAKE_SOURCE_DIR}/tests/support/failing_malloc.c)
    target_link_options(${program} PRIVATE
      -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup,--wrap=strndup)
  endif()
  if(ONE_THREAD)
    list(APPEND ARG_LABELS one_thread)
    target_link_options(${program} PRIVATE -Wl,--wrap=pthread_create)
  endif()
  add_test(NAME ${name} COMMAND ${program})
  if(ARG_LABELS)
    set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}")
  endif()
endfunction()
