# What `cmake --install` puts where, below any prefix. A component is what a package is made of:
#   service   what runs and is read: everything but what follows
#   archive   what whoever installs without a package wants besides (licence, changes)
#   debian    what Debian wants instead (cmake/package.cmake)
# The client library brings its own (cmake/install_library.cmake).
set(JOBTRAIL_DOC share/doc/jobtrail)
install(TARGETS jobtrail RUNTIME DESTINATION bin COMPONENT service)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/schemas ${CMAKE_SOURCE_DIR}/clients
  ${CMAKE_SOURCE_DIR}/examples DESTINATION share/jobtrail
  COMPONENT service PATTERN __pycache__ EXCLUDE)
install(FILES ${CMAKE_SOURCE_DIR}/docs/operate/alerts.yaml ${CMAKE_SOURCE_DIR}/docs/operate/dashboard.json
  DESTINATION share/jobtrail COMPONENT service)
install(DIRECTORY ${JOBTRAIL_MANUAL}/man1 ${JOBTRAIL_MANUAL}/man5 DESTINATION share/man COMPONENT service)
install(DIRECTORY ${JOBTRAIL_MANUAL}/bash/ DESTINATION share/bash-completion/completions COMPONENT service)
install(DIRECTORY ${JOBTRAIL_MANUAL}/zsh/ DESTINATION share/zsh/vendor-completions COMPONENT service)
install(DIRECTORY ${JOBTRAIL_MANUAL}/fish/ DESTINATION share/fish/vendor_completions.d COMPONENT service)

install(FILES ${CMAKE_SOURCE_DIR}/README.md ${CMAKE_SOURCE_DIR}/CONTRIBUTING.md
  DESTINATION ${JOBTRAIL_DOC} COMPONENT service)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs DESTINATION ${JOBTRAIL_DOC} COMPONENT service
  PATTERN alerts.yaml EXCLUDE PATTERN dashboard.json EXCLUDE)
# Links in the documents lead to what is elsewhere.
set(links ${CMAKE_BINARY_DIR}/links)
file(MAKE_DIRECTORY ${links})
foreach(folder schemas clients examples)
  file(CREATE_LINK ../../jobtrail/${folder} ${links}/${folder} SYMBOLIC)
  install(FILES ${links}/${folder} DESTINATION ${JOBTRAIL_DOC} COMPONENT service)
endforeach()
foreach(file alerts.yaml dashboard.json)
  file(CREATE_LINK ../../../../jobtrail/${file} ${links}/${file} SYMBOLIC)
  install(FILES ${links}/${file} DESTINATION ${JOBTRAIL_DOC}/docs/operate COMPONENT service)
endforeach()

# What says where it was installed, and the configuration.
install(CODE "set(JOBTRAIL_PACKAGING \"${CMAKE_SOURCE_DIR}/packaging\")
set(JOBTRAIL_MANUAL \"${JOBTRAIL_MANUAL}\")
set(JOBTRAIL_MADE \"${CMAKE_BINARY_DIR}/installed\")" COMPONENT service)
install(SCRIPT ${CMAKE_SOURCE_DIR}/cmake/install_service.cmake COMPONENT service)

install(FILES ${CMAKE_SOURCE_DIR}/LICENSE ${CMAKE_SOURCE_DIR}/CHANGELOG.md
  DESTINATION ${JOBTRAIL_DOC} COMPONENT archive)
