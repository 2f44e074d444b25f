#pragma once
/// A fresh empty folder for one test, removed afterwards.

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "core/result.h"

namespace casebook {

class TemporaryFolder {
 public:
  explicit TemporaryFolder(
      const std::filesystem::path& parent = std::filesystem::temp_directory_path()) {
    std::string name = (parent / "casebook-test-XXXXXX").native();
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

/// Where a test may make very many files: in memory if the machine offers that.
inline std::filesystem::path folder_in_memory() {
  const std::filesystem::path shared = "/dev/shm";
  return ::access(shared.c_str(), W_OK) == 0 ? shared : std::filesystem::temp_directory_path();
}

}  // namespace casebook
