#include "collector/object_stat.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <functional>
#include <span>

namespace casebook::collector {
namespace {

constexpr std::size_t kXattrBytesMax = std::size_t{64} << 10U;
/// Asked for first: the kernel allocates and clears what it is offered.
constexpr std::size_t kXattrNamesBytes = 512;

std::chrono::nanoseconds nanoseconds_of(const statx_timestamp& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

bool same_time(const statx_timestamp& a, const statx_timestamp& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/// Names of statx(2), sorted.
std::vector<std::string> attribute_names(std::uint64_t attributes) {
  struct Known {
    std::uint64_t bit;
    const char* name;
  };
  constexpr std::array<Known, 9> kKnown = {{{STATX_ATTR_APPEND, "append"},
                                            {STATX_ATTR_AUTOMOUNT, "automount"},
                                            {STATX_ATTR_COMPRESSED, "compressed"},
                                            {STATX_ATTR_DAX, "dax"},
                                            {STATX_ATTR_ENCRYPTED, "encrypted"},
                                            {STATX_ATTR_IMMUTABLE, "immutable"},
                                            {STATX_ATTR_MOUNT_ROOT, "mount_root"},
                                            {STATX_ATTR_NODUMP, "nodump"},
                                            {STATX_ATTR_VERITY, "verity"}}};
  std::vector<std::string> names;
  for (const Known& known : kKnown)
    if ((attributes & known.bit) != 0) names.emplace_back(known.name);
  return names;
}

struct XattrCalls {
  std::function<ssize_t(char* names, std::size_t size)> list;
  std::function<ssize_t(const char* name, char* value, std::size_t size)> get;
};

bool is_without_xattrs(int errno_value) { return errno_value == ENOTSUP || errno_value == ENOSYS; }

void read_xattrs(const XattrCalls& calls, CatalogLine& line) {
  // One buffer for the thread: nearly every object has none, and must not cost an allocation.
  static thread_local std::array<char, kXattrBytesMax> names;
  static thread_local std::array<char, kXattrBytesMax> value;
  ssize_t length = calls.list(names.data(), kXattrNamesBytes);
  if (length < 0 && errno == ERANGE) length = calls.list(names.data(), names.size());
  if (length < 0) {
    if (errno == E2BIG || errno == ERANGE)
      note(line, "xattrs_left_out");
    else if (!is_without_xattrs(errno))
      note(line, "xattrs_unread");
    return;
  }
  std::size_t total = 0;
  for (std::string_view left(names.data(), static_cast<std::size_t>(length)); !left.empty();) {
    const std::string name(left.substr(0, left.find('\0')));
    left.remove_prefix(std::min(name.size() + 1, left.size()));
    const ssize_t size = calls.get(name.c_str(), value.data(), value.size());
    if (size < 0) {
      note(line, errno == ERANGE || errno == E2BIG ? "xattrs_left_out" : "xattrs_unread");
      continue;
    }
    total += name.size() + static_cast<std::size_t>(size);
    if (total > kXattrBytesMax) {
      note(line, "xattrs_left_out");
      return;
    }
    line.xattrs.push_back({name, std::string(value.data(), static_cast<std::size_t>(size))});
  }
}

}  // namespace

int statx_object(int fd, const char* name, struct statx& into) {
  const int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | (*name == '\0' ? AT_EMPTY_PATH : 0);
  return static_cast<int>(
      ::syscall(SYS_statx, fd, name, flags, STATX_BASIC_STATS | STATX_BTIME, &into));
}

EntryType entry_type(const struct statx& object) {
  switch (object.stx_mode & S_IFMT) {
    case S_IFREG:
      return EntryType::file;
    case S_IFDIR:
      return EntryType::directory;
    case S_IFLNK:
      return EntryType::symlink;
    case S_IFIFO:
      return EntryType::fifo;
    case S_IFSOCK:
      return EntryType::socket;
    case S_IFCHR:
      return EntryType::char_device;
    case S_IFBLK:
      return EntryType::block_device;
    default:
      return EntryType::unknown;
  }
}

ObjectStat object_stat(const struct statx& object) {
  ObjectStat stat;
  stat.mode = object.stx_mode;
  stat.uid = object.stx_uid;
  stat.gid = object.stx_gid;
  stat.nlink = object.stx_nlink;
  stat.ino = object.stx_ino;
  stat.dev_major = object.stx_dev_major;
  stat.dev_minor = object.stx_dev_minor;
  stat.size_bytes = object.stx_size;
  stat.blocks = object.stx_blocks;
  stat.atime = nanoseconds_of(object.stx_atime);
  stat.mtime = nanoseconds_of(object.stx_mtime);
  stat.ctime = nanoseconds_of(object.stx_ctime);
  if ((object.stx_mask & STATX_BTIME) != 0) stat.btime = nanoseconds_of(object.stx_btime);
  const EntryType type = entry_type(object);
  if (type == EntryType::char_device || type == EntryType::block_device)
    stat.rdev = std::pair(object.stx_rdev_major, object.stx_rdev_minor);
  stat.attributes = attribute_names(object.stx_attributes & object.stx_attributes_mask);
  return stat;
}

bool same_object(const struct statx& a, const struct statx& b) {
  return a.stx_ino == b.stx_ino && a.stx_dev_major == b.stx_dev_major &&
         a.stx_dev_minor == b.stx_dev_minor && ((a.stx_mode ^ b.stx_mode) & S_IFMT) == 0;
}

bool unchanged(const struct statx& before, const struct statx& after) {
  return before.stx_size == after.stx_size && same_time(before.stx_mtime, after.stx_mtime) &&
         same_time(before.stx_ctime, after.stx_ctime);
}

void read_xattrs_of_fd(int fd, CatalogLine& line) {
  read_xattrs({[&](char* names, std::size_t size) { return ::flistxattr(fd, names, size); },
               [&](const char* name, char* value, std::size_t size) {
                 return ::fgetxattr(fd, name, value, size);
               }},
              line);
}

void read_xattrs_of_name(int folder_fd, const std::string& name, CatalogLine& line) {
  const std::string path =
      "/proc/self/fd/" + std::to_string(folder_fd) + (name.empty() ? "" : "/" + name);
  read_xattrs({[&](char* names, std::size_t size) {
                 return name.empty() ? ::listxattr(path.c_str(), names, size)
                                     : ::llistxattr(path.c_str(), names, size);
               },
               [&](const char* attribute, char* value, std::size_t size) {
                 return name.empty() ? ::getxattr(path.c_str(), attribute, value, size)
                                     : ::lgetxattr(path.c_str(), attribute, value, size);
               }},
              line);
}

void note(CatalogLine& line, std::string_view finding) {
  if (std::ranges::find(line.findings, finding) == line.findings.end())
    line.findings.emplace_back(finding);
}

}  // namespace casebook::collector
