#pragma once
/// Where a bag goes: into a folder of its own, or (part_stream.h) as parts into a stream.

#include <filesystem>
#include <memory>
#include <optional>

#include "core/durable_file.h"

namespace casebook {

/// One bag on its way out. The archive is written first, then the small files, seal.json last.
class BagOutput {
 public:
  virtual ~BagOutput() = default;
  /// Begins the folder `bag` with the archive `archive_name`; until finish_archive() it is
  /// recognisable as unfinished.
  virtual Status begin(std::string_view bag, std::string_view archive_name) = 0;
  /// The next bytes of the archive.
  virtual Status write(std::span<const std::byte> bytes) = 0;
  /// The archive is whole: makes it durable and gives it its name.
  virtual Status finish_archive() = 0;
  /// Writes a small file beside the archive, durably.
  virtual Status put(std::string_view name, std::span<const std::byte> bytes) = 0;
  /// Where a spool may be made; nothing when nothing may be left on any disk.
  [[nodiscard]] virtual std::optional<std::filesystem::path> spool_folder() const = 0;
};

/// `<parent>/<bag id>/`, the archive named `….part` until it is whole.
class FolderOutput final : public BagOutput {
 public:
  explicit FolderOutput(std::filesystem::path parent, FileCalls& calls = system_file_calls())
      : parent_(std::move(parent)), calls_(&calls) {}

  Status begin(std::string_view bag, std::string_view archive_name) override;
  Status write(std::span<const std::byte> bytes) override;
  Status finish_archive() override;
  Status put(std::string_view name, std::span<const std::byte> bytes) override;
  [[nodiscard]] std::optional<std::filesystem::path> spool_folder() const override {
    return folder_;
  }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path parent_;
  FileCalls* calls_;
  std::filesystem::path folder_;
  std::filesystem::path archive_;
  UniqueFd fd_;
  std::uint64_t written_bytes_ = 0;
  std::uint64_t begun_bytes_ = 0;  // Of these, what the disk was asked to begin with.
};

}  // namespace casebook
