# jobtrail_embed(TARGET SYMBOL FILES ...)
#   Puts files into TARGET as they are. SYMBOL.h then declares
#       extern const struct embedded_file SYMBOL[];  extern const size_t SYMBOL_count;
#   sorted by name (see base/embedded.h).
function(jobtrail_embed target symbol)
  set(files ${ARGN})
  list(SORT files)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/embedded)
  set(assembly "    .section .rodata\n")
  set(entries "")
  set(declarations "")
  set(index 0)
  foreach(file ${files})
    get_filename_component(name ${file} NAME)
    string(APPEND assembly
      "    .global ${symbol}_${index}\n    .hidden ${symbol}_${index}\n    .balign 16\n${symbol}_${index}:\n    .incbin \"${file}\"\n"
      "    .global ${symbol}_${index}_end\n    .hidden ${symbol}_${index}_end\n${symbol}_${index}_end:\n    .byte 0\n")
    string(APPEND declarations "extern const char ${symbol}_${index}[], ${symbol}_${index}_end[];\n")
    string(APPEND entries "    {\"${name}\", ${symbol}_${index}, ${symbol}_${index}_end},\n")
    math(EXPR index "${index} + 1")
  endforeach()
  string(APPEND assembly "    .section .note.GNU-stack,\"\",%progbits\n")
  file(CONFIGURE OUTPUT ${out}/${symbol}.S CONTENT "${assembly}" @ONLY)
  file(CONFIGURE OUTPUT ${out}/${symbol}.h CONTENT
    "#pragma once\n#include \"base/embedded.h\"\nextern const struct embedded_file ${symbol}[];\nextern const size_t ${symbol}_count;\n" @ONLY)
  file(CONFIGURE OUTPUT ${out}/${symbol}.c CONTENT
    "#include \"${symbol}.h\"\n${declarations}const struct embedded_file ${symbol}[] = {\n${entries}};\nconst size_t ${symbol}_count = ${index};\n" @ONLY)
  set_source_files_properties(${out}/${symbol}.S PROPERTIES OBJECT_DEPENDS "${files}")
  target_sources(${target} PRIVATE ${out}/${symbol}.S ${out}/${symbol}.c)
  target_include_directories(${target} PUBLIC ${out})
endfunction()
