#pragma once
/// Compares text with a file of tests/golden. CASEBOOK_ACCEPT_GOLDEN=1 rewrites the file and marks
/// the test skipped, so that nobody takes an accepted change for a passed one.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace casebook {

/// @param name  path below tests/golden.
inline void expect_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(CASEBOOK_SOURCE_DIR) + "/tests/golden/" + name;
  if (std::getenv("CASEBOOK_ACCEPT_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
    GTEST_SKIP() << "accepted " << path;
  }
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file) << "missing " << path << "; make it with CASEBOOK_ACCEPT_GOLDEN=1";
  std::ostringstream expected;
  expected << file.rdbuf();
  EXPECT_EQ(expected.str(), text) << "in " << path;
}

}  // namespace casebook
