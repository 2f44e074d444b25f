#include "collector/root_fs.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>

#include "core/printable.h"

namespace casebook::collector {
namespace {

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
constexpr int kLinksMax = 40;
constexpr std::size_t kPasswdBytesMax = std::size_t{16} << 20U;
constexpr std::size_t kHomeFoldersMax = 10'000;

/// One path of less than PATH_MAX bytes, through openat2.
int open_with_openat2(int folder_fd, const char* path, int flags, Mounts mounts) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  if (mounts == Mounts::stay) how.resolve |= RESOLVE_NO_XDEV;
  return static_cast<int>(::syscall(SYS_openat2, folder_fd, path, &how, sizeof how));
}

bool same_device(int a, int b) {
  struct stat first {};
  struct stat second {};
  return ::fstat(a, &first) == 0 && ::fstat(b, &second) == 0 && first.st_dev == second.st_dev;
}

/// For kernels before 5.6 and sandboxes that forbid openat2: part by part.
int open_part_by_part(int folder_fd, std::string_view path, int flags, Mounts mounts) {
  UniqueFd here;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string part(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
    if (part.empty()) continue;
    const int from = here ? here.get() : folder_fd;
    UniqueFd next(::openat(from, part.c_str(), flags));
    if (!next) return -1;
    if (mounts == Mounts::stay && !same_device(from, next.get())) {
      errno = EXDEV;
      return -1;
    }
    here = std::move(next);
  }
  return here ? here.release() : ::openat(folder_fd, ".", flags);
}

int open_short(int folder_fd, std::string_view path, int flags, Mounts mounts) {
  static const bool has_openat2 = [] {
    const UniqueFd probe(open_with_openat2(AT_FDCWD, ".", O_PATH | O_CLOEXEC, Mounts::cross));
    return bool(probe) || (errno != ENOSYS && errno != EPERM);
  }();
  if (!has_openat2) return open_part_by_part(folder_fd, path, flags, mounts);
  return open_with_openat2(folder_fd, std::string(path).c_str(), flags, mounts);
}

/// Pieces shorter than PATH_MAX, one after the other.
int open_long(int folder_fd, std::string_view path, int flags, Mounts mounts) {
  constexpr std::size_t kPieceBytesMax = PATH_MAX - 1;
  UniqueFd here;
  while (path.size() > kPieceBytesMax) {
    std::size_t cut = path.rfind('/', kPieceBytesMax);
    if (cut == std::string_view::npos || cut == 0) {
      errno = ENAMETOOLONG;
      return -1;
    }
    UniqueFd next(open_short(here ? here.get() : folder_fd, path.substr(0, cut), flags, mounts));
    if (!next) return -1;
    here = std::move(next);
    path.remove_prefix(cut + 1);
  }
  return open_short(here ? here.get() : folder_fd, path, flags, mounts);
}

std::string_view without_slashes(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  return path;
}

/// Parts yet to be followed, the first one last.
void push_parts(std::vector<std::string>& parts, std::string_view path) {
  std::vector<std::string> found;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    if (end > 0 && path.substr(0, end) != ".") found.emplace_back(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  parts.insert(parts.end(), found.rbegin(), found.rend());
}

/// The target of a link, or nothing when `name` is no link (errno EINVAL) or cannot be read.
std::optional<std::string> read_link(int folder_fd, const std::string& name) {
  std::array<char, PATH_MAX> target{};
  const ssize_t length = ::readlinkat(folder_fd, name.c_str(), target.data(), target.size());
  if (length < 0) return std::nullopt;
  return std::string(target.data(), static_cast<std::size_t>(length));
}

bool is_usable_home(std::string_view home) {
  if (!home.starts_with('/') || home.size() > PATH_MAX || home.find('\0') != std::string_view::npos)
    return false;
  const std::string framed = std::string(home) + "/";
  return framed.find("/../") == std::string::npos && framed.find("/./") == std::string::npos;
}

/// The sixth field of each line of a passwd file.
void add_passwd_homes(std::string_view passwd, std::set<std::string>& homes) {
  while (!passwd.empty()) {
    const std::size_t end = std::min(passwd.find('\n'), passwd.size());
    std::string_view line = passwd.substr(0, end);
    passwd.remove_prefix(std::min(end + 1, passwd.size()));
    for (int field = 0; field < 5 && !line.empty(); ++field)
      line.remove_prefix(std::min(line.find(':'), line.size() - 1) + 1);
    std::string home(line.substr(0, std::min(line.find(':'), line.size())));
    while (home.size() > 1 && home.ends_with('/')) home.pop_back();
    if (is_usable_home(home)) homes.insert(std::move(home));
  }
}

}  // namespace

int open_folder_below(int folder_fd, std::string_view path, Mounts mounts) {
  const int fd = open_long(folder_fd, path, kFolderFlags | O_NOATIME, mounts);
  // O_NOATIME is for owners and CAP_FOWNER; everybody else reads without it.
  if (fd >= 0 || errno != EPERM) return fd;
  return open_long(folder_fd, path, kFolderFlags, mounts);
}

Result<RootFs> RootFs::open(const std::filesystem::path& root) {
  UniqueFd fd(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return system_error("open " + printable(root.native()), errno);
  std::error_code unknown;
  const std::filesystem::path place = std::filesystem::canonical(root, unknown);
  struct stat ours {};
  struct stat theirs {};
  const bool live = ::stat("/", &ours) == 0 && ::fstat(fd.get(), &theirs) == 0 &&
                    ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
  return RootFs(std::move(fd), live, unknown ? "" : place.native());
}

std::string RootFs::path_inside(const std::filesystem::path& outside) const {
  std::error_code unknown;
  const std::string real = std::filesystem::canonical(outside, unknown).native();
  if (unknown || place_.empty()) return "";
  if (place_ == "/") return real;
  return real.starts_with(place_ + "/") ? real.substr(place_.size()) : "";
}

int RootFs::open_folder(std::string_view path) const {
  path = without_slashes(path);
  return open_folder_below(fd_.get(), path.empty() ? "." : path, Mounts::cross);
}

std::optional<std::string> RootFs::resolve(std::string_view path) const {
  std::vector<std::string> left;
  push_parts(left, path);
  std::string here;  // Without a final slash; empty is the root.
  for (int links = 0; !left.empty();) {
    const std::string part = std::move(left.back());
    left.pop_back();
    if (part == "..") {
      here.resize(here.empty() ? 0 : here.rfind('/'));
      continue;
    }
    const UniqueFd folder(open_folder(here));
    if (!folder) return std::nullopt;
    const std::optional<std::string> target = read_link(folder.get(), part);
    if (!target && errno != EINVAL) return std::nullopt;
    if (!target) {
      here += "/" + part;
      continue;
    }
    if (++links > kLinksMax) return std::nullopt;
    if (target->starts_with('/')) here.clear();
    push_parts(left, *target);
  }
  return here.empty() ? "/" : here;
}

bool RootFs::exists(const std::string& path) const { return resolve(path).has_value(); }

Result<std::string> RootFs::read_small_file(std::string_view path,
                                            std::size_t size_bytes_max) const {
  const auto real = resolve(path);
  if (!real || *real == "/") return Error{ErrorCode::not_found, "no such file"};
  const std::size_t slash = real->rfind('/');
  const UniqueFd folder(open_folder(std::string_view(*real).substr(0, slash)));
  if (!folder) return system_error("open", errno);
  const std::string name = real->substr(slash + 1);
  struct stat before {};
  if (::fstatat(folder.get(), name.c_str(), &before, AT_SYMLINK_NOFOLLOW) != 0)
    return system_error("stat", errno);
  if (!S_ISREG(before.st_mode)) return Error{ErrorCode::io, "not a regular file"};
  const UniqueFd file(
      ::openat(folder.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file) return system_error("open", errno);
  std::string text;
  std::array<char, 65536> chunk{};
  for (;;) {
    const ssize_t count = ::read(file.get(), chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error("read", errno);
    if (count == 0) return text;
    if (text.size() + static_cast<std::size_t>(count) > size_bytes_max)
      return Error{ErrorCode::limit_exceeded, "file is too long"};
    text.append(chunk.data(), static_cast<std::size_t>(count));
  }
}

std::vector<std::string> RootFs::folder_names(std::string_view path, std::size_t count_max) const {
  std::vector<std::string> names;
  UniqueFd fd(open_folder(path));
  if (!fd) return names;
  const Handle<DIR, ::closedir> stream(::fdopendir(fd.get()));
  if (!stream) return names;
  (void)fd.release();  // The stream owns it now.
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == ".." || names.size() >= count_max) continue;
    struct stat found {};
    if (entry->d_type == DT_DIR ||
        (entry->d_type == DT_UNKNOWN &&
         ::fstatat(::dirfd(stream.get()), entry->d_name, &found, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISDIR(found.st_mode)))
      names.emplace_back(name);
  }
  return names;
}

std::vector<std::string> find_homes(const RootFs& root) {
  std::set<std::string> homes = {"/root"};
  if (auto passwd = root.read_small_file("/etc/passwd", kPasswdBytesMax))
    add_passwd_homes(*passwd, homes);
  for (const char* parent : {"/home", "/export/home", "/usr/home"})
    for (const std::string& name : root.folder_names(parent, kHomeFoldersMax))
      homes.insert(std::string(parent) + "/" + name);
  return {homes.begin(), homes.end()};
}

}  // namespace casebook::collector
