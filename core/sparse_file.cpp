#include "core/sparse_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <utility>

#include "core/printable.h"
#include "core/random.h"

namespace casebook {
namespace {

Error path_error(std::string_view call, const std::filesystem::path& path, int errno_value) {
  return system_error(call, errno_value).context(printable(path.native()));
}

bool is_possible(const SparseFile::Shape& shape) {
  std::uint64_t end = 0;
  for (const DataRange& range : shape.ranges) {
    if (range.offset < end || range.length > shape.logical_bytes ||
        range.offset > shape.logical_bytes - range.length) {
      return false;
    }
    end = range.offset + range.length;
  }
  return shape.logical_bytes <= std::uint64_t{std::numeric_limits<off_t>::max()};
}

}  // namespace

SparseFile::SparseFile(std::filesystem::path path, std::string temporary, UniqueFd fd, Shape shape,
                       FileCalls& calls)
    : path_(std::move(path)),
      temporary_(std::move(temporary)),
      fd_(std::move(fd)),
      shape_(std::move(shape)),
      calls_(&calls) {}

SparseFile::SparseFile(SparseFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      fd_(std::move(other.fd_)),
      shape_(std::move(other.shape_)),
      calls_(other.calls_),
      range_(other.range_),
      within_(other.within_) {}

SparseFile::~SparseFile() {
  if (!temporary_.empty()) calls_->unlink(temporary_.c_str());
}

Result<SparseFile> SparseFile::create(const std::filesystem::path& path, mode_t mode, Shape shape,
                                      FileCalls& calls) {
  if (!is_possible(shape)) {
    return Error{ErrorCode::invalid_input, "the data ranges do not make a file"};
  }
  std::array<std::byte, 8> random{};
  SystemRandomness randomness;
  if (auto filled = randomness.fill(random); !filled) return std::move(filled).error();
  const auto folder = path.parent_path().empty() ? std::filesystem::path(".") : path.parent_path();
  std::string temporary = (folder / (".sparse." + to_hex(random) + ".part")).native();
  UniqueFd fd(calls.open(temporary.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, mode));
  if (!fd) return path_error("open", temporary, errno);
  SparseFile file(path, std::move(temporary), std::move(fd), std::move(shape), calls);
  if (::ftruncate(file.fd_.get(), static_cast<off_t>(file.shape_.logical_bytes)) != 0) {
    return path_error("ftruncate", path, errno);
  }
  return file;
}

Status SparseFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    while (range_ < shape_.ranges.size() && within_ == shape_.ranges[range_].length) {
      ++range_;
      within_ = 0;
    }
    if (range_ == shape_.ranges.size()) {
      return Error{ErrorCode::corrupt, "more bytes than the data ranges hold"};
    }
    const DataRange& range = shape_.ranges[range_];
    const auto part = bytes.first(
        static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), range.length - within_)));
    if (::lseek(fd_.get(), static_cast<off_t>(range.offset + within_), SEEK_SET) < 0) {
      return path_error("lseek", path_, errno);
    }
    if (auto written = write_all(fd_.get(), part, *calls_); !written) return written;
    within_ += part.size();
    bytes = bytes.subspan(part.size());
  }
  return ok();
}

Status SparseFile::commit() && {
  for (; range_ < shape_.ranges.size(); ++range_, within_ = 0) {
    if (within_ != shape_.ranges[range_].length) {
      return Error{ErrorCode::corrupt, "fewer bytes than the data ranges hold"};
    }
  }
  if (calls_->fsync(fd_.get()) != 0) return path_error("fsync", path_, errno);
  if (calls_->link(temporary_.c_str(), path_.c_str()) != 0) {
    if (errno == EEXIST)
      return Error{ErrorCode::invalid_input, printable(path_.native()) + " exists"};
    return path_error("link", path_, errno);
  }
  calls_->unlink(std::exchange(temporary_, {}).c_str());
  return sync_folder(path_.parent_path().empty() ? "." : path_.parent_path(), *calls_);
}

}  // namespace casebook
