# jobtrail_definition(OUT FILE)
#   What is served of the API's definition FILE, as a list of files in OUT: openapi.yaml, and
#   openapi-3.0.json in the older OpenAPI that more clients read. Made when it is built.
function(jobtrail_definition out file)
  # Debian's Python has Debian's module; another one that is found first may have none.
  find_program(JOBTRAIL_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
  find_program(JOBTRAIL_PYTHON python3 REQUIRED)
  execute_process(COMMAND ${JOBTRAIL_PYTHON} -c "import yaml" RESULT_VARIABLE missing ERROR_QUIET)
  if(missing)
    message(FATAL_ERROR "${JOBTRAIL_PYTHON} has no module yaml: install python3-yaml")
  endif()
  set(made ${CMAKE_CURRENT_BINARY_DIR}/definition)
  file(MAKE_DIRECTORY ${made})
  add_custom_command(OUTPUT ${made}/openapi.yaml ${made}/openapi-3.0.json
    COMMAND ${JOBTRAIL_PYTHON} ${CMAKE_SOURCE_DIR}/cmake/definition.py
      ${file} ${made}/openapi.yaml ${made}/openapi-3.0.json
    DEPENDS ${file} ${CMAKE_SOURCE_DIR}/cmake/definition.py VERBATIM)
  set(${out} ${made}/openapi.yaml ${made}/openapi-3.0.json PARENT_SCOPE)
endfunction()
