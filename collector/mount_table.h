#pragma once
/// Where other file systems begin in a tree, and of what kind they are, learnt without touching
/// them: a dead network mount hangs whoever looks at it. Source: /proc/self/mountinfo (proc(5)).

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "collector/root_fs.h"

namespace casebook::collector {

enum class MountKind {
  local,   ///< On a disk or in memory of this machine.
  pseudo,  ///< Made up by the kernel: proc, sysfs, cgroup2, …
  remote,  ///< On another machine or answered by a program: nfs, cifs, 9p, fuse, autofs, …
};

struct Mount {
  std::string path;  ///< Inside the root.
  std::string type;  ///< "ext4".
  MountKind kind = MountKind::local;
  bool repeats = false;  ///< The same folder of the same file system is seen at another place.
  bool hidden = false;   ///< Another mount lies over it: what it holds cannot be reached by path.
};

class MountTable {
 public:
  /// An empty table: every border met is then a mount of unknown kind.
  MountTable() = default;
  /// @param mountinfo   text of the kernel's file.
  /// @param root_place  as RootFs::place(); mounts outside are left out.
  static MountTable parse(std::string_view mountinfo, std::string_view root_place);
  /// The table of this process for `root`; empty when it cannot be read.
  static MountTable read(const RootFs& root);

  /// The mount that is seen at exactly this path, or null.
  [[nodiscard]] const Mount* find(std::string_view path) const;
  [[nodiscard]] const std::vector<Mount>& mounts() const { return mounts_; }

 private:
  std::vector<Mount> mounts_;
  std::unordered_map<std::string, std::size_t> visible_;
};

MountKind mount_kind(std::string_view type);

}  // namespace casebook::collector
