# casebook::sqlcipher: the private static library that scripts/bootstrap builds. Looked for in
# CASEBOOK_SQLCIPHER_PREFIX, in build/deps and in the user's cache, where bootstrap leaves a copy under
# the digest of its recipe for other checkouts. Never the system's: its file format is another one.
set(CASEBOOK_SQLCIPHER_PREFIX "" CACHE PATH "Where SQLCipher 4.6 lies (lib/, include/)")
file(SHA256 ${PROJECT_SOURCE_DIR}/scripts/build-sqlcipher casebook_sqlcipher_recipe)
string(SUBSTRING ${casebook_sqlcipher_recipe} 0 16 casebook_sqlcipher_recipe)
set(casebook_cache "$ENV{XDG_CACHE_HOME}")
if(NOT casebook_cache)
  set(casebook_cache "$ENV{HOME}/.cache")
endif()
unset(casebook_sqlcipher_found)
foreach(prefix IN ITEMS
    "${CASEBOOK_SQLCIPHER_PREFIX}" "${PROJECT_SOURCE_DIR}/build/deps/sqlcipher"
    "${casebook_cache}/casebook/sqlcipher-${casebook_sqlcipher_recipe}")
  if(prefix AND EXISTS "${prefix}/lib/libcbsqlcipher.a" AND NOT casebook_sqlcipher_found)
    set(casebook_sqlcipher_found "${prefix}")
  endif()
endforeach()
if(NOT casebook_sqlcipher_found)
  message(FATAL_ERROR "SQLCipher 4.6 is not built yet: run scripts/bootstrap sqlcipher")
endif()
add_library(casebook_sqlcipher STATIC IMPORTED GLOBAL)
add_library(casebook::sqlcipher ALIAS casebook_sqlcipher)
set_target_properties(casebook_sqlcipher PROPERTIES
  IMPORTED_LOCATION "${casebook_sqlcipher_found}/lib/libcbsqlcipher.a"
  INTERFACE_INCLUDE_DIRECTORIES "${casebook_sqlcipher_found}/include"
  INTERFACE_COMPILE_DEFINITIONS SQLITE_HAS_CODEC)
target_link_libraries(casebook_sqlcipher INTERFACE OpenSSL::Crypto Threads::Threads m ${CMAKE_DL_LIBS})
