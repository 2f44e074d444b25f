#pragma once
/// A fresh empty folder for one test, removed afterwards.

#include <cstdlib>
#include <filesystem>
#include <string>

#include "core/result.h"

namespace casebook {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "casebook-test-XXXXXX").native();
    check(::mkdtemp(name.data()) != nullptr, "make a temporary folder");
    path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace casebook
