# One interface target that every target of ours links: warnings, hardening, sanitizers.
add_library(jobtrail_flags INTERFACE)
target_compile_options(jobtrail_flags INTERFACE
  -Wall -Wextra -Wformat=2 -Wconversion -Wsign-conversion -Wimplicit-fallthrough -Wshadow
  -Wmissing-prototypes -Wstrict-prototypes -Werror=format-security -Werror=implicit
  -Werror=incompatible-pointer-types -Werror=int-conversion -Werror
  -fno-delete-null-pointer-checks -fno-strict-overflow -fno-strict-aliasing
  -fstack-protector-strong -ftrivial-auto-var-init=zero
  -fvisibility=hidden -ffunction-sections)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  target_compile_options(jobtrail_flags INTERFACE -Wtrampolines -Wbidi-chars=any)
endif()
if(CMAKE_C_COMPILER_ID STREQUAL "Clang")
  if(CMAKE_C_COMPILER_VERSION VERSION_LESS 16)
    # Needed for the option above; from 18 on unknown.
    target_compile_options(jobtrail_flags INTERFACE
      -enable-trivial-auto-var-init-zero-knowing-it-will-be-removed-from-clang)
  endif()
  target_compile_options(jobtrail_flags INTERFACE -Wno-unused-command-line-argument)
endif()
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  target_compile_options(jobtrail_flags INTERFACE -fcf-protection=full)
endif()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
target_link_options(jobtrail_flags INTERFACE
  -Wl,-z,noexecstack,-z,relro,-z,now,--as-needed,--gc-sections)
if(JOBTRAIL_SANITIZE)
  target_compile_options(jobtrail_flags INTERFACE
    -fsanitize=${JOBTRAIL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(jobtrail_flags INTERFACE -fsanitize=${JOBTRAIL_SANITIZE})
  if(JOBTRAIL_SANITIZE STREQUAL "thread")
    # Named so that the linker takes it for librdkafka, which is no archive, too.
    add_library(tsan_threads STATIC ${CMAKE_SOURCE_DIR}/tests/support/tsan_threads.c)
    target_link_options(jobtrail_flags INTERFACE -Wl,--undefined=thrd_create)
    target_link_libraries(jobtrail_flags INTERFACE tsan_threads)
  endif()
else()
  target_compile_options(jobtrail_flags INTERFACE
    -fstack-clash-protection -U_FORTIFY_SOURCE
    $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=3>)
endif()
if(JOBTRAIL_COVERAGE)
  target_compile_options(jobtrail_flags INTERFACE --coverage)
  target_link_options(jobtrail_flags INTERFACE --coverage)
endif()
if(JOBTRAIL_FAULTS)
  target_compile_definitions(jobtrail_flags INTERFACE JOBTRAIL_FAULTS)
endif()
