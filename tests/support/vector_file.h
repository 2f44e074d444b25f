#pragma once
/// Reads the line vectors of tests/vectors: '#' begins a comment line, tabs separate fields.

#include <fstream>
#include <string>
#include <vector>

#include "core/result.h"

namespace casebook {

/// @param name  a file in tests/vectors. An absent or empty file ends the test program.
inline std::vector<std::vector<std::string>> read_vectors(const std::string& name) {
  std::ifstream file(std::string(CASEBOOK_SOURCE_DIR) + "/tests/vectors/" + name);
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    std::vector<std::string> fields;
    for (std::size_t start = 0; start <= line.size();) {
      const std::size_t end = std::min(line.find('\t', start), line.size());
      fields.push_back(line.substr(start, end - start));
      start = end + 1;
    }
    rows.push_back(std::move(fields));
  }
  check(!rows.empty(), "a vector file holds vectors");
  return rows;
}

}  // namespace casebook
