# cpack runs this before it packs. The folders that it made above what is installed have whatever mode the umask
# left them; in a package they are open to all but where a mode was given to them.
cmake_policy(SET CMP0009 NEW)
file(GLOB_RECURSE paths LIST_DIRECTORIES true ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/*)
foreach(path ${paths})
  if(IS_DIRECTORY ${path} AND NOT IS_SYMLINK ${path} AND NOT path MATCHES "/secrets$")
    file(CHMOD ${path} PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
      WORLD_READ WORLD_EXECUTE)
  endif()
endforeach()
# Of a static library cpack leaves what debuggers want.
foreach(path ${paths})
  if(path MATCHES "\\.a$")
    execute_process(COMMAND strip --strip-debug --remove-section=.comment --enable-deterministic-archives ${path}
      COMMAND_ERROR_IS_FATAL ANY)
  endif()
endforeach()
