# Everything comes from the distribution by package name; scripts/bootstrap installs it.
find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
find_package(GTest REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
# bcrypt-pbkdf for encrypted OpenSSH keys: Debian 13 has Botan 3, Debian 12 has Botan 2.
pkg_search_module(BOTAN REQUIRED IMPORTED_TARGET botan-3 botan-2)
find_package(Threads REQUIRED)
# Exports of others (docs/decisions/0150): inflate for zips, a validating parser for a million records.
find_package(ZLIB REQUIRED)
pkg_check_modules(SIMDJSON REQUIRED IMPORTED_TARGET simdjson)
pkg_check_modules(GMIME REQUIRED IMPORTED_TARGET gmime-3.0)
# Documents as PDF (docs/decisions/0170): shaping and drawing text; fonts are read from their files.
pkg_check_modules(PANGO REQUIRED IMPORTED_TARGET pangocairo pangofc pangoft2 cairo-pdf fontconfig)
