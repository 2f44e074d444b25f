# Where `cmake --install` puts things, below the prefix: what people type in bin, what programs start in lib/casebook, the
# checks that need no Casebook in share/casebook, manual, completion and formats where Debian looks for them.
include(GNUInstallDirs)
install(TARGETS casebook casebook-collect RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS casebook-pages RUNTIME DESTINATION lib/casebook)
install(PROGRAMS scripts/bagit-check scripts/seal-code scripts/stock-key-check scripts/verify-with-stock-tools
  scripts/verify-case-with-stock-tools
  DESTINATION ${CMAKE_INSTALL_DATADIR}/casebook)
install(FILES README.md LICENSE SECURITY.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/spec DESTINATION ${CMAKE_INSTALL_DOCDIR})
if(TARGET casebook_man)
  install(DIRECTORY ${PROJECT_BINARY_DIR}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 FILES_MATCHING PATTERN "*.1")
endif()
set(completion ${PROJECT_BINARY_DIR}/completion)
add_custom_command(OUTPUT ${completion}/casebook ${completion}/_casebook
  COMMAND ${CMAKE_COMMAND} -E make_directory ${completion}
  COMMAND sh -c "$<TARGET_FILE:casebook> completion bash > ${completion}/casebook"
  COMMAND sh -c "$<TARGET_FILE:casebook> completion zsh > ${completion}/_casebook"
  DEPENDS casebook VERBATIM)
add_custom_target(casebook_completion ALL DEPENDS ${completion}/casebook)
install(FILES ${completion}/casebook DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${completion}/_casebook DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
