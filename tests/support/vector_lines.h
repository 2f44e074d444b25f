#pragma once
/// Lines of tests/vectors/*.txt: fields between bars, comments begin with '#'.

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

namespace casebook {

inline std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// Every line must have `fields` fields.
inline std::vector<std::vector<std::string>> vector_lines(const std::string& file,
                                                          std::size_t fields) {
  std::ifstream in(std::string(CASEBOOK_SOURCE_DIR) + "/tests/vectors/" + file);
  EXPECT_TRUE(in) << file;
  std::vector<std::vector<std::string>> lines;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::vector<std::string> parts;
    std::size_t at = 0;
    while (at <= line.size()) {
      const std::size_t bar = std::min(line.find('|', at), line.size());
      parts.push_back(trimmed(line.substr(at, bar - at)));
      at = bar + 1;
    }
    EXPECT_EQ(parts.size(), fields) << line;
    lines.push_back(std::move(parts));
  }
  return lines;
}

}  // namespace casebook
