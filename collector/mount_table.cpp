#include "collector/mount_table.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>

namespace casebook::collector {
namespace {

constexpr std::array<std::string_view, 24> kPseudoTypes = {
    "proc",      "sysfs",      "cgroup",   "cgroup2",     "debugfs",   "tracefs",
    "pstore",    "securityfs", "bpf",      "configfs",    "fusectl",   "mqueue",
    "hugetlbfs", "rpc_pipefs", "nfsd",     "efivarfs",    "selinuxfs", "devpts",
    "nsfs",      "smackfs",    "binderfs", "binfmt_misc", "resctrl",   "pipefs"};
constexpr std::array<std::string_view, 26> kRemoteTypes = {
    "nfs",      "nfs4",   "cifs",   "smb3",  "smbfs",     "9p",       "afs",    "ceph",  "coda",
    "ncpfs",    "lustre", "ocfs2",  "gfs2",  "glusterfs", "virtiofs", "beegfs", "gpfs",  "panfs",
    "orangefs", "pvfs2",  "autofs", "davfs", "davfs2",    "fuse",     "vboxsf", "vmhgfs"};

/// Blank, tab, line feed and backslash are written as \ooo.
std::string unescaped(std::string_view field) {
  std::string text;
  for (std::size_t i = 0; i < field.size(); ++i) {
    const bool octal = field[i] == '\\' && i + 3 < field.size() &&
                       std::ranges::all_of(field.substr(i + 1, 3),
                                           [](char digit) { return digit >= '0' && digit <= '7'; });
    if (!octal) {
      text += field[i];
      continue;
    }
    text += static_cast<char>((field[i + 1] - '0') * 64 + (field[i + 2] - '0') * 8 + field[i + 3] -
                              '0');
    i += 3;
  }
  return text;
}

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find(' '), line.size());
    if (end > 0) fields.push_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return fields;
}

/// `path` is `folder` or lies below it.
bool within(std::string_view path, std::string_view folder) {
  if (folder == "/") return true;
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

struct RawMount {
  std::string id;
  std::string parent;
  std::string device;
  std::string root;
  std::string path;
  std::string type;
};

std::vector<RawMount> parse_lines(std::string_view text) {
  std::vector<RawMount> mounts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::vector<std::string_view> fields = fields_of(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto dash = std::ranges::find(fields, "-");
    if (fields.size() < 9 || dash - fields.begin() < 6 || fields.end() - dash < 2) continue;
    mounts.push_back({std::string(fields[0]), std::string(fields[1]), std::string(fields[2]),
                      unescaped(fields[3]), unescaped(fields[4]), std::string(*(dash + 1))});
  }
  return mounts;
}

/// Whether `ancestor` is on the chain of parents of `mount`.
bool descends_from(const std::vector<RawMount>& all, const RawMount& mount,
                   const RawMount& ancestor) {
  std::string_view parent = mount.parent;
  for (std::size_t steps = 0; steps < all.size(); ++steps) {
    if (parent == ancestor.id) return true;
    const auto found = std::ranges::find(all, parent, &RawMount::id);
    if (found == all.end() || found->parent == parent) return false;
    parent = found->parent;
  }
  return false;
}

/// The path inside the root, or nothing for a mount outside it.
std::optional<std::string> inside(std::string_view path, std::string_view root_place) {
  if (root_place.empty() || !within(path, root_place)) return std::nullopt;
  if (root_place == "/") return std::string(path);
  const std::string_view rest = path.substr(root_place.size());
  return rest.empty() ? "/" : std::string(rest);
}

/// Whether `mount` is seen a second time, through `other`: a bind mount of a folder that another
/// mount shows, unless a mount (often this one itself) lies over it there.
bool shows(const std::vector<RawMount>& all, const RawMount& other, const RawMount& mount,
           bool other_is_first) {
  if (other.device != mount.device || !within(mount.root, other.root)) return false;
  if (other.root == mount.root && !other_is_first) return false;
  const std::string below = mount.root.substr(other.root == "/" ? 0 : other.root.size());
  std::string place = other.path == "/" ? below : other.path + (below == "/" ? "" : below);
  if (place.empty()) place = "/";
  return std::ranges::none_of(all, [&](const RawMount& over) {
    return &over != &other && over.path.size() >= other.path.size() && within(place, over.path);
  });
}

}  // namespace

MountKind mount_kind(std::string_view type) {
  if (std::ranges::find(kPseudoTypes, type) != kPseudoTypes.end()) return MountKind::pseudo;
  // fuseblk (ntfs-3g and others on a local disk) is answered by a program as well.
  if (type.starts_with("fuse")) return MountKind::remote;
  return std::ranges::find(kRemoteTypes, type) != kRemoteTypes.end() ? MountKind::remote
                                                                     : MountKind::local;
}

MountTable MountTable::parse(std::string_view mountinfo, std::string_view root_place) {
  const std::vector<RawMount> raw = parse_lines(mountinfo);
  MountTable table;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const std::optional<std::string> path = inside(raw[i].path, root_place);
    if (!path) continue;
    Mount mount;
    mount.path = *path;
    mount.type = raw[i].type;
    mount.kind = mount_kind(raw[i].type);
    for (std::size_t j = i + 1; j < raw.size() && !mount.hidden; ++j)
      mount.hidden = within(raw[i].path, raw[j].path) && !descends_from(raw, raw[i], raw[j]);
    for (std::size_t j = 0; j < raw.size() && !mount.repeats; ++j)
      mount.repeats =
          j != i && inside(raw[j].path, root_place) && shows(raw, raw[j], raw[i], j < i);
    if (!mount.hidden) table.visible_[mount.path] = table.mounts_.size();
    table.mounts_.push_back(std::move(mount));
  }
  return table;
}

MountTable MountTable::read(const RootFs& root) {
  std::ifstream file("/proc/self/mountinfo", std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return parse(text.str(), root.place());
}

const Mount* MountTable::find(std::string_view path) const {
  const auto found = visible_.find(std::string(path));
  return found == visible_.end() ? nullptr : &mounts_[found->second];
}

}  // namespace casebook::collector
