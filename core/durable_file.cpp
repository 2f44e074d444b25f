#include "core/durable_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include "core/printable.h"
#include "core/random.h"

namespace casebook {
namespace {

constexpr int kAttemptsMax = 16;

Error path_error(std::string_view call, const std::filesystem::path& path, int errno_value) {
  return system_error(call, errno_value).context(printable(path.native()));
}

/// ".<name>.<random>.part" beside the final file, so that the rename stays in one file system.
Result<std::string> temporary_name(const std::filesystem::path& path) {
  std::array<std::byte, 8> random{};
  SystemRandomness randomness;
  if (auto filled = randomness.fill(random); !filled) return std::move(filled).error();
  const auto folder = path.parent_path().empty() ? std::filesystem::path(".") : path.parent_path();
  return (folder / ("." + path.filename().native() + "." + to_hex(random) + ".part")).native();
}

/// Of a long file the kernel begins to write what is there, so that fsync finds little left to do.
/// A hint: whether it is taken does not matter.
void start_writeback(int fd, std::size_t just_written_bytes) {
  constexpr off_t kStepBytes = off_t{8} << 20U;
  const off_t end = ::lseek(fd, 0, SEEK_CUR);
  const off_t begin = end - static_cast<off_t>(just_written_bytes);
  if (end < kStepBytes || begin / kStepBytes == end / kStepBytes) return;
  const off_t from = begin / kStepBytes * kStepBytes;
  static_cast<void>(::sync_file_range(fd, from, end - from, SYNC_FILE_RANGE_WRITE));
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.parent_path().empty() ? std::filesystem::path(".") : path.parent_path();
}

}  // namespace

int FileCalls::open(const char* path, int flags, mode_t mode) { return ::open(path, flags, mode); }
ssize_t FileCalls::write(int fd, const void* bytes, std::size_t size_bytes) {
  return ::write(fd, bytes, size_bytes);
}
int FileCalls::fsync(int fd) { return ::fsync(fd); }
int FileCalls::ftruncate(int fd, off_t size_bytes) { return ::ftruncate(fd, size_bytes); }
int FileCalls::rename(const char* from, const char* to) { return ::rename(from, to); }
int FileCalls::link(const char* from, const char* to) { return ::link(from, to); }
int FileCalls::unlink(const char* path) { return ::unlink(path); }

FileCalls& system_file_calls() {
  static FileCalls calls;  // Holds no state.
  return calls;
}

DurableFile::DurableFile(std::filesystem::path path, std::string temporary, UniqueFd fd,
                         IfExists if_exists, FileCalls& calls)
    : path_(std::move(path)),
      temporary_(std::move(temporary)),
      fd_(std::move(fd)),
      if_exists_(if_exists),
      calls_(&calls) {}

DurableFile::DurableFile(DurableFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      fd_(std::move(other.fd_)),
      if_exists_(other.if_exists_),
      calls_(other.calls_) {}

DurableFile::~DurableFile() {
  if (!temporary_.empty()) calls_->unlink(temporary_.c_str());
}

Result<DurableFile> DurableFile::create(std::filesystem::path path, mode_t mode, IfExists if_exists,
                                        FileCalls& calls) {
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    auto temporary = temporary_name(path);
    if (!temporary) return std::move(temporary).error();
    UniqueFd fd(
        calls.open(temporary->c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
    if (fd) {
      return DurableFile(std::move(path), *std::move(temporary), std::move(fd), if_exists, calls);
    }
    if (errno != EEXIST) return path_error("create", path, errno);
  }
  return Error{ErrorCode::io, printable(path.native()) + ": no free temporary name"};
}

Status DurableFile::write(std::span<const std::byte> bytes) {
  auto written = write_all(fd_.get(), bytes, *calls_);
  if (!written) return std::move(written).error().context(printable(path_.native()));
  start_writeback(fd_.get(), bytes.size());
  return ok();
}

Status DurableFile::commit() && {
  if (calls_->fsync(fd_.get()) != 0) return path_error("fsync", path_, errno);
  if (if_exists_ == IfExists::refuse) {
    // A link fails when the name exists; a rename would replace it.
    if (calls_->link(temporary_.c_str(), path_.c_str()) != 0) {
      if (errno == EEXIST) {
        return Error{ErrorCode::invalid_input, printable(path_.native()) + ": exists already"};
      }
      return path_error("link", path_, errno);
    }
    calls_->unlink(temporary_.c_str());
  } else if (calls_->rename(temporary_.c_str(), path_.c_str()) != 0) {
    return path_error("rename", path_, errno);
  }
  temporary_.clear();
  return sync_folder(folder_of(path_), *calls_);
}

Status write_file(const std::filesystem::path& path, std::span<const std::byte> bytes, mode_t mode,
                  IfExists if_exists, FileCalls& calls) {
  auto file = DurableFile::create(path, mode, if_exists, calls);
  if (!file) return std::move(file).error();
  if (auto written = file->write(bytes); !written) return written;
  return std::move(*file).commit();
}

Status sync_folder(const std::filesystem::path& folder, FileCalls& calls) {
  const UniqueFd fd(calls.open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0));
  if (!fd) return path_error("open", folder, errno);
  if (calls.fsync(fd.get()) != 0) return path_error("fsync", folder, errno);
  return ok();
}

Status write_all(int fd, std::span<const std::byte> bytes, FileCalls& calls) {
  while (!bytes.empty()) {
    const ssize_t count = calls.write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error("write", errno);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return ok();
}

Result<Bytes> read_file(const std::filesystem::path& path, std::uint64_t size_bytes_max) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!fd) return path_error("open", path, errno);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return path_error("stat", path, errno);
  if (!S_ISREG(status.st_mode)) {
    return Error{ErrorCode::invalid_input, printable(path.native()) + ": not a regular file"};
  }
  FdSource source(fd.get());
  auto bytes = read_all(source, size_bytes_max);
  if (!bytes) return std::move(bytes).error().context(printable(path.native()));
  return bytes;
}

Result<std::size_t> FdSource::read(std::span<std::byte> buffer) {
  for (;;) {
    const ssize_t count = ::read(fd_, buffer.data(), buffer.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) return system_error("read", errno);
  }
}

Result<FileLock> FileLock::acquire(const std::filesystem::path& path) {
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return path_error("open", path, errno);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) {
      return Error{ErrorCode::locked, printable(path.native()) + ": in use by another process"};
    }
    return path_error("lock", path, errno);
  }
  return FileLock(std::move(fd));
}

}  // namespace casebook
