#include "core/random_access.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/printable.h"

namespace casebook {
namespace {

Error past_the_end() { return Error{ErrorCode::corrupt, "ends too early"}; }

}  // namespace

Result<FileAccess> FileAccess::open(const std::filesystem::path& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!fd) return system_error("open", errno).context(printable(path.native()));
  auto access = take(std::move(fd));
  if (!access) return std::move(access).error().context(printable(path.native()));
  return access;
}

Result<FileAccess> FileAccess::take(UniqueFd fd) {
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return system_error("stat", errno);
  if (!S_ISREG(status.st_mode)) return Error{ErrorCode::invalid_input, "not a regular file"};
  return FileAccess(std::move(fd), static_cast<std::uint64_t>(status.st_size));
}

Status FileAccess::read_at(std::uint64_t offset, std::span<std::byte> out) {
  if (offset > size_bytes_ || out.size() > size_bytes_ - offset) return past_the_end();
  while (!out.empty()) {
    const ssize_t count = ::pread(fd_.get(), out.data(), out.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error("read", errno);
    if (count == 0) return past_the_end();
    offset += static_cast<std::uint64_t>(count);
    out = out.subspan(static_cast<std::size_t>(count));
  }
  return ok();
}

Status MemoryAccess::read_at(std::uint64_t offset, std::span<std::byte> out) {
  if (offset > bytes_.size() || out.size() > bytes_.size() - offset) return past_the_end();
  std::ranges::copy(bytes_.subspan(static_cast<std::size_t>(offset), out.size()), out.begin());
  return ok();
}

Result<std::size_t> AccessSource::read(std::span<std::byte> buffer) {
  const std::uint64_t left = access_->size_bytes() - offset_;
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left, buffer.size()));
  if (count == 0) return std::size_t{0};
  if (auto filled = access_->read_at(offset_, buffer.first(count)); !filled) {
    return std::move(filled).error();
  }
  offset_ += count;
  return count;
}

}  // namespace casebook
