#pragma once
/// Makes a sparse file again from its data ranges joined, and gives it its name at the end.

#include <filesystem>
#include <vector>

#include "core/bag_format.h"
#include "core/durable_file.h"

namespace casebook {

class SparseFile final : public ByteSink {
 public:
  struct Shape {
    std::vector<DataRange> ranges;    ///< Ascending, apart from each other.
    std::uint64_t logical_bytes = 0;  ///< Size of the file with its holes.
  };
  /// @return `invalid_input` when the ranges overlap or pass the logical size.
  static Result<SparseFile> create(const std::filesystem::path& path, mode_t mode, Shape shape,
                                   FileCalls& calls = system_file_calls());
  SparseFile(SparseFile&& other) noexcept;
  SparseFile& operator=(SparseFile&&) = delete;
  ~SparseFile() override;  ///< Abandons: removes the temporary file.

  Status write(std::span<const std::byte> bytes) override;
  /// @return `corrupt` when the ranges were not filled exactly; `invalid_input` when the name is
  /// taken.
  Status commit() &&;

 private:
  SparseFile(std::filesystem::path path, std::string temporary, UniqueFd fd, Shape shape,
             FileCalls& calls);
  std::filesystem::path path_;
  std::string temporary_;  // Empty once committed or moved from.
  UniqueFd fd_;
  Shape shape_;
  FileCalls* calls_;
  std::size_t range_ = 0;
  std::uint64_t within_ = 0;  // The present range.
};

}  // namespace casebook
