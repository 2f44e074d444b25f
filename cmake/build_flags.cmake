# One interface target carries the flags that every target of ours is compiled with.
add_library(casebook_build_flags INTERFACE)
add_library(casebook::build_flags ALIAS casebook_build_flags)
# Designated initialisers name what differs from the default; the rest is not "missing".
target_compile_options(casebook_build_flags INTERFACE
  -Wall -Wextra -Wno-missing-field-initializers -Wpedantic -Wshadow $<$<COMPILE_LANGUAGE:CXX>:-Wconversion -Wold-style-cast>)
target_compile_definitions(casebook_build_flags INTERFACE
  $<$<CONFIG:Release>:_FORTIFY_SOURCE=2> _FILE_OFFSET_BITS=64)
target_compile_options(casebook_build_flags INTERFACE
  $<$<CONFIG:Release>:-fstack-protector-strong>)
target_link_options(casebook_build_flags INTERFACE $<$<CONFIG:Release>:-Wl,-z,relro,-z,now>)
# g++ 12 sees overlaps and uninitialised members in std::string and std::optional where there are
# none (GCC bugs 105329 and 80635), more of them the more it inlines.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(casebook_build_flags INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict -Wno-maybe-uninitialized>)
endif()
if(CASEBOOK_WERROR)
  target_compile_options(casebook_build_flags INTERFACE -Werror)
endif()
if(CASEBOOK_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
if(CASEBOOK_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
endif()
