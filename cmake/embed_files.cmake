# casebook_embed_files(OUTPUT FOLDER LIST...): writes OUTPUT, a list of {"name", R"(text)"} lines for a
# C++ source to include, made from the files of LIST (relative to FOLDER). Rewritten when one changes.
function(casebook_embed_files output folder)
  set(files ${ARGN})
  list(TRANSFORM files PREPEND ${folder}/ OUTPUT_VARIABLE paths)
  string(REPLACE ";" "\n" listed "${files}")
  set(list_file ${output}.list)
  file(GENERATE OUTPUT ${list_file} CONTENT "${listed}\n")
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DFOLDER=${folder} -DLIST=${list_file}
      -P ${PROJECT_SOURCE_DIR}/cmake/embed/write_embedded.cmake
    DEPENDS ${paths} ${list_file} ${PROJECT_SOURCE_DIR}/cmake/embed/write_embedded.cmake VERBATIM)
endfunction()
