#include "collector/tree_walk.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "collector/proc_text.h"

namespace casebook {
namespace {

constexpr std::size_t kDepthMax = 200;  // Open folders at a time; deeper ones are reported.

/// Only these kinds of mounts hold files of this machine.
constexpr std::array<std::string_view, 17> kLocalTypes = {
    "ext2",  "ext3", "ext4",  "xfs",   "btrfs", "zfs",      "f2fs",    "jfs",     "reiserfs",
    "tmpfs", "vfat", "exfat", "ntfs3", "ramfs", "squashfs", "overlay", "bcachefs"};

std::set<std::string, std::less<>> foreign_mounts(const HostView& host) {
  std::set<std::string, std::less<>> out;
  if (!host.live()) return out;
  const HostText text = host.read_text("/proc/self/mountinfo");
  for (const std::string_view line : split_text(text.bytes, '\n')) {
    const std::size_t separator = line.find(" - ");
    const auto fields = split_text(line.substr(0, separator), ' ');
    if (separator == line.npos || fields.size() < 5 || fields[4] == "/") continue;
    const std::string_view rest = line.substr(separator + 3);
    const std::string_view type = rest.substr(0, rest.find(' '));
    if (std::ranges::find(kLocalTypes, type) == kLocalTypes.end())
      out.insert(unescape_octal(fields[4]));
  }
  return out;
}

}  // namespace

TreeWalk::TreeWalk(HostView& host) : host_(host), excluded_(foreign_mounts(host)) {
  CallFailure ignored;  // A root that cannot be read gives an empty walk.
  enter("", ignored);
}

void TreeWalk::enter(const std::string& path, CallFailure& failure) {
  if (open_.size() >= kDepthMax) {
    failure = {"open", ENAMETOOLONG};
    return;
  }
  HostNames found = host_.names(path.empty() ? "/" : path);
  failure = found.failure;
  UniqueFd fd = host_.open(path.empty() ? "/" : path, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  if (!fd) {
    if (failure.errno_value == 0) failure = {"open", errno};
    return;
  }
  std::ranges::sort(found.names, std::greater<>());
  open_.push_back({path, std::move(found.names), std::move(fd)});
}

bool TreeWalk::next(WalkedObject& object) {
  while (!open_.empty() && open_.back().names.empty()) open_.pop_back();
  if (open_.empty()) return false;
  Folder& folder = open_.back();
  const std::string name = std::move(folder.names.back());
  folder.names.pop_back();
  object.path = folder.path + "/" + name;
  object.name = std::string_view(object.path).substr(object.path.size() - name.size());
  object.failure = {};
  object.status = {};
  constexpr unsigned kWanted = STATX_BASIC_STATS | STATX_BTIME;
  const bool excluded = excluded_.contains(object.path);
  if (!excluded && ::statx(folder.fd.get(), name.c_str(),
                           AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, kWanted,
                           &object.status) != 0)
    object.failure = {"statx", errno};
  if (!excluded && object.is(S_IFDIR)) enter(object.path, object.failure);
  return true;
}

}  // namespace casebook
