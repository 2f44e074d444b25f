# Every source of ours parses the standard library and the JSON library, every test GoogleTest as well: most of
# the time of an unoptimised build. Here each is parsed once, for libraries (position-independent code) and for
# programs (position-independent executables). Sources still include what they use: the other presets, without
# this, prove it.
set(casebook_common_headers <nlohmann/json.hpp> <algorithm> <array> <chrono> <filesystem> <fstream> <functional>
  <iostream> <map> <memory> <optional> <set> <span> <sstream> <string> <variant> <vector>)
file(WRITE ${PROJECT_BINARY_DIR}/precompiled.cpp "int main() { return 0; }\n")

add_library(casebook_precompiled OBJECT ${PROJECT_BINARY_DIR}/precompiled.cpp)
target_link_libraries(casebook_precompiled PRIVATE casebook::build_flags)
target_precompile_headers(casebook_precompiled PRIVATE ${casebook_common_headers})

add_executable(casebook_precompiled_tests ${PROJECT_BINARY_DIR}/precompiled.cpp)
target_link_libraries(casebook_precompiled_tests PRIVATE casebook::build_flags GTest::gmock_main)
target_precompile_headers(casebook_precompiled_tests PRIVATE ${casebook_common_headers} <gmock/gmock.h> <gtest/gtest.h>)

function(casebook_precompile_folder folder)
  get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target IN LISTS targets)
    get_target_property(type ${target} TYPE)
    if(target MATCHES "^casebook_(precompiled|imports$|pages$)")  # GMime and Pango ask for -pthread.
      continue()
    elseif(type STREQUAL "STATIC_LIBRARY" OR type STREQUAL "OBJECT_LIBRARY")
      target_precompile_headers(${target} REUSE_FROM casebook_precompiled)
    elseif(type STREQUAL "EXECUTABLE")
      get_target_property(libraries ${target} LINK_LIBRARIES)
      if(libraries MATCHES "GTest")
        target_precompile_headers(${target} REUSE_FROM casebook_precompiled_tests)
      endif()
    endif()
  endforeach()
  get_property(subfolders DIRECTORY ${folder} PROPERTY SUBDIRECTORIES)
  foreach(subfolder IN LISTS subfolders)
    casebook_precompile_folder(${subfolder})
  endforeach()
endfunction()
casebook_precompile_folder(${PROJECT_SOURCE_DIR})
