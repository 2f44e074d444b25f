# The artifact definitions become a C++ source: a host tool joins and compresses them at build time.
add_executable(casebook_embed_artifacts ${PROJECT_SOURCE_DIR}/cmake/embed/embed_artifacts.cpp)
target_link_libraries(casebook_embed_artifacts
  PRIVATE casebook::core casebook::build_flags PkgConfig::ZSTD)

set(CASEBOOK_ARTIFACT_STAGES
  00-self 01-memory 02-process 03-hiding-checks 04-network 05-kernel 06-sessions 07-mounts-storage
  08-containers 09-persistence 10-identity 11-history 12-logs 13-cloud 14-packages 15-files
  16-user-data)
list(TRANSFORM CASEBOOK_ARTIFACT_STAGES PREPEND ${PROJECT_SOURCE_DIR}/policies/artifacts/
  OUTPUT_VARIABLE artifact_files)
list(TRANSFORM artifact_files APPEND .json)
set(artifact_files ${PROJECT_SOURCE_DIR}/policies/artifacts/catalogue.json ${artifact_files})
set(embedded ${PROJECT_BINARY_DIR}/generated/collector/embedded_artifacts_data.cpp)
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/generated/collector)
add_custom_command(OUTPUT ${embedded}
  COMMAND casebook_embed_artifacts ${embedded} ${artifact_files}
  DEPENDS casebook_embed_artifacts ${artifact_files} VERBATIM)

add_library(casebook_embedded_artifacts STATIC
  ${PROJECT_SOURCE_DIR}/collector/embedded_artifacts.cpp ${embedded})
add_library(casebook::embedded_artifacts ALIAS casebook_embedded_artifacts)
target_link_libraries(casebook_embedded_artifacts
  PUBLIC casebook::core PRIVATE casebook::build_flags PkgConfig::ZSTD)
