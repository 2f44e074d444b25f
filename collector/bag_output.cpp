#include "collector/bag_output.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "core/printable.h"

namespace casebook {
namespace {

constexpr std::uint64_t kWriteBehindBytes = std::uint64_t{8} << 20U;

Error path_error(std::string_view call, const std::filesystem::path& path, int errno_value) {
  return system_error(call, errno_value).context(printable(path.native()));
}

}  // namespace

Status FolderOutput::begin(std::string_view bag, std::string_view archive_name) {
  folder_ = parent_ / bag;
  written_bytes_ = 0;
  begun_bytes_ = 0;
  if (::mkdir(folder_.c_str(), 0700) != 0) return path_error("mkdir", folder_, errno);
  archive_ = folder_ / archive_name;
  const std::string part = archive_.native() + ".part";
  fd_.reset(calls_->open(part.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd_) return path_error("open", part, errno);
  if (auto synced = sync_folder(folder_, *calls_); !synced) return synced;
  return sync_folder(parent_.empty() ? "." : parent_, *calls_);
}

Status FolderOutput::write(std::span<const std::byte> bytes) {
  auto written = write_all(fd_.get(), bytes, *calls_);
  if (!written) return std::move(written).error().context("write the bag");
  written_bytes_ += bytes.size();
  if (written_bytes_ - begun_bytes_ < kWriteBehindBytes) return ok();
  // The disk begins now, so that the fsync at the end finds little left. A hint: failing is no
  // loss.
  ::sync_file_range(fd_.get(), static_cast<off_t>(begun_bytes_),
                    static_cast<off_t>(written_bytes_ - begun_bytes_), SYNC_FILE_RANGE_WRITE);
  begun_bytes_ = written_bytes_;
  return ok();
}

Status FolderOutput::finish_archive() {
  if (calls_->fsync(fd_.get()) != 0) return path_error("fsync", archive_, errno);
  fd_.reset();
  const std::string part = archive_.native() + ".part";
  if (calls_->rename(part.c_str(), archive_.c_str()) != 0)
    return path_error("rename", archive_, errno);
  return sync_folder(folder_, *calls_);
}

Status FolderOutput::put(std::string_view name, std::span<const std::byte> bytes) {
  return write_file(folder_ / name, bytes, 0600, IfExists::refuse, *calls_);
}

}  // namespace casebook
