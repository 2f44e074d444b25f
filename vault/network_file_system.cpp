/// Whether a folder lies on another machine. Numbers: statfs(2) and linux/magic.h.

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include <array>
#include <charconv>
#include <utility>

#include "vault/database.h"

namespace casebook::vault {
namespace {

constexpr std::uint64_t kFuse = 0x65735546;
constexpr std::size_t kMountInfoBytesMax = std::size_t{4} << 20U;

/// The type of the mount with this device number, from the text of mountinfo; empty if not there.
std::string_view mount_type(std::string_view mounts, const std::string& device) {
  while (!mounts.empty()) {
    const std::size_t end = mounts.find('\n');
    const std::string_view line = mounts.substr(0, end);
    mounts = end == std::string_view::npos ? std::string_view() : mounts.substr(end + 1);
    if (line.find(" " + device + " ") == std::string_view::npos) continue;
    const std::size_t mark = line.find(" - ");
    if (mark == std::string_view::npos) continue;
    const std::string_view rest = line.substr(mark + 3);
    return rest.substr(0, rest.find(' '));
  }
  return {};
}

}  // namespace

std::string_view network_file_system_name(std::uint64_t magic, std::string_view mount_type) {
  constexpr std::array<std::pair<std::uint64_t, std::string_view>, 12> kinds{{
      {0x6969, "nfs"},
      {0x517b, "smb"},
      {0xfe534d42, "smb2"},
      {0xff534d42, "cifs"},
      {0x5346414f, "afs"},
      {0x6b414653, "afs"},
      {0x73757245, "coda"},
      {0x00c36400, "ceph"},
      {0x0bd00bd0, "lustre"},
      {0x47504653, "gpfs"},
      {0x7461636f, "ocfs2"},
      {0x01161970, "gfs2"},
  }};
  for (const auto& [number, name] : kinds) {
    if (number == magic) return name;
  }
  if (magic != kFuse) return {};
  for (const std::string_view name :
       {"fuse.sshfs", "fuse.rclone", "fuse.s3fs", "fuse.glusterfs", "fuse.ceph", "fuse.davfs",
        "fuse.curlftpfs", "fuse.gcsfuse"}) {
    if (mount_type == name) return name;
  }
  return {};
}

std::string network_file_system(const std::filesystem::path& path) {
  struct statfs system {};
  struct stat status {};
  if (::statfs(path.c_str(), &system) != 0 || ::stat(path.c_str(), &status) != 0) return {};
  const auto magic = static_cast<std::uint64_t>(system.f_type) & 0xffffffffU;
  std::string type;
  if (magic == kFuse) {
    const UniqueFd fd(::open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC));
    FdSource source(fd.get());
    const std::string device =
        std::to_string(major(status.st_dev)) + ":" + std::to_string(minor(status.st_dev));
    if (auto text = read_all(source, kMountInfoBytesMax)) type = mount_type(as_text(*text), device);
  }
  return std::string(network_file_system_name(magic, type));
}

}  // namespace casebook::vault
