#pragma once
/// Files that are either complete under their final name or not there: temporary file, fsync,
/// rename, fsync of the folder. Reading of whole small files, and lock files.

#include <sys/types.h>

#include <filesystem>
#include <string>

#include "core/bytes.h"
#include "core/c_handle.h"

namespace casebook {

/// The system calls by which files are written. Tests pass one that fails at the n-th call.
/// Each returns what the system call returns, with errno set.
class FileCalls {
 public:
  virtual ~FileCalls() = default;
  virtual int open(const char* path, int flags, mode_t mode);
  virtual ssize_t write(int fd, const void* bytes, std::size_t size_bytes);
  virtual int fsync(int fd);
  virtual int ftruncate(int fd, off_t size_bytes);
  virtual int rename(const char* from, const char* to);
  /// Gives `from` the further name `to`; fails when `to` exists.
  virtual int link(const char* from, const char* to);
  virtual int unlink(const char* path);
};

/// The calls of the machine itself.
FileCalls& system_file_calls();

enum class IfExists { replace, refuse };

/// A file being written. Nothing stands under its final name until commit() has succeeded.
/// An fsync error is final: it is reported and never tried again.
class DurableFile final : public ByteSink {
 public:
  /// @param mode  permission bits of the final file. The folder of `path` must exist.
  static Result<DurableFile> create(std::filesystem::path path, mode_t mode,
                                    IfExists if_exists = IfExists::refuse,
                                    FileCalls& calls = system_file_calls());
  DurableFile(DurableFile&& other) noexcept;
  DurableFile& operator=(DurableFile&&) = delete;
  ~DurableFile() override;  ///< Abandons: removes the temporary file.

  Status write(std::span<const std::byte> bytes) override;
  /// Makes the bytes durable and gives them their name. @return `invalid_input` when the name was
  /// taken and `IfExists::refuse` was asked for, `io` otherwise.
  Status commit() &&;

 private:
  DurableFile(std::filesystem::path path, std::string temporary, UniqueFd fd, IfExists if_exists,
              FileCalls& calls);
  std::filesystem::path path_;
  std::string temporary_;  // Empty once committed or moved from.
  UniqueFd fd_;
  IfExists if_exists_;
  FileCalls* calls_;
};

/// Writes all of `bytes` to `path` durably.
Status write_file(const std::filesystem::path& path, std::span<const std::byte> bytes, mode_t mode,
                  IfExists if_exists = IfExists::refuse, FileCalls& calls = system_file_calls());

/// Makes a rename or a new name in `folder` durable.
Status sync_folder(const std::filesystem::path& folder, FileCalls& calls = system_file_calls());

/// Writes all of `bytes` to an open descriptor, going on after short writes and EINTR.
Status write_all(int fd, std::span<const std::byte> bytes, FileCalls& calls = system_file_calls());

/// Reads a whole regular file. @return `limit_exceeded` beyond `size_bytes_max`; every error names
/// the path, escaped for a terminal.
Result<Bytes> read_file(const std::filesystem::path& path, std::uint64_t size_bytes_max);

/// A ByteSource over an open descriptor, which it does not own.
class FdSource final : public ByteSource {
 public:
  explicit FdSource(int fd) : fd_(fd) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override;

 private:
  int fd_;
};

/// An exclusive lock held as long as the object lives; released by the kernel when we die.
class FileLock {
 public:
  /// @return `locked` at once when another process holds it.
  static Result<FileLock> acquire(const std::filesystem::path& path);

 private:
  explicit FileLock(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace casebook
