/// Stage 15: odd objects of the file tree, selected in one walk however many readings ask.

#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "collector/kernel_registry.h"
#include "collector/proc_text.h"
#include "collector/tree_walk.h"
#include "collector/walk_readings.h"

namespace casebook {
namespace {

constexpr std::uint64_t kLinesBytesMax = std::uint64_t{1} << 20U;  // Of each reading.
constexpr std::int64_t kRecentSeconds = 30 * 86'400;
constexpr std::uint64_t kLargeBytes = std::uint64_t{100} << 20U;

/// What a selection may ask about an object, found out only when it does.
class Candidate {
 public:
  Candidate(HostView& host, const WalkedObject& object, std::int64_t now)
      : host_(host), object_(object), now_(now) {}
  [[nodiscard]] const WalkedObject& object() const { return object_; }
  [[nodiscard]] const HostView& host() const { return host_; }
  [[nodiscard]] unsigned mode() const { return object_.status.stx_mode; }
  [[nodiscard]] bool file() const { return object_.is(S_IFREG); }
  [[nodiscard]] bool folder() const { return object_.is(S_IFDIR); }
  [[nodiscard]] bool below(std::initializer_list<std::string_view> folders) const {
    return std::ranges::any_of(folders, [&](std::string_view one) { return object_.below(one); });
  }
  [[nodiscard]] bool recent(const statx_timestamp& time) const {
    return time.tv_sec > now_ - kRecentSeconds;
  }
  [[nodiscard]] bool future(const statx_timestamp& time) const {
    return time.tv_sec > now_ + 86'400;
  }
  /// The first bytes of a regular file.
  const std::string& head() {
    if (!head_) {
      head_.emplace();
      const UniqueFd fd = file() ? host_.open_for_reading(object_.path) : UniqueFd();
      if (fd) *head_ = read_head(fd.get(), 64).bytes;
    }
    return *head_;
  }
  bool elf() {
    return head().starts_with(
        "\x7f"
        "ELF");
  }
  bool script() { return head().starts_with("#!"); }
  /// Names of extended attributes, each ended by a NUL.
  const std::string& xattrs() {
    if (!xattrs_) {
      xattrs_.emplace(4096, '\0');
      const UniqueFd fd = host_.open(object_.path, O_PATH | O_NOFOLLOW);
      const std::string link = "/proc/self/fd/" + std::to_string(fd.get());
      const ssize_t size = fd && !object_.is(S_IFLNK)
                               ? ::listxattr(link.c_str(), xattrs_->data(), xattrs_->size())
                               : 0;
      xattrs_->resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    }
    return *xattrs_;
  }
  bool has_xattr(std::string_view prefix) {
    return xattrs().starts_with(prefix) ||
           xattrs().find(std::string(1, '\0') + std::string(prefix)) != std::string::npos;
  }
  std::string target() const {
    const UniqueFd fd = host_.open(object_.path, O_PATH | O_NOFOLLOW);
    return fd ? read_link_at(fd.get(), "").value_or("") : "";
  }

 private:
  HostView& host_;
  const WalkedObject& object_;
  std::int64_t now_;
  std::optional<std::string> head_;
  std::optional<std::string> xattrs_;
};

using Select = bool (*)(Candidate& candidate);

bool in_temp(const Candidate& c) {
  return c.below({"/tmp/", "/var/tmp/", "/dev/shm/", "/run/user/", "/run/lock/"});
}
bool in_home(const Candidate& c) { return c.below({"/home/", "/root/"}); }
bool in_web_root(const Candidate& c) {
  return c.below({"/var/www/", "/srv/", "/usr/share/nginx/html/"});
}
bool hidden(const Candidate& c) { return c.object().name.starts_with('.'); }
bool below_hidden(const Candidate& c) { return c.object().path.find("/.") != std::string::npos; }

bool setuid(Candidate& c) { return c.file() && (c.mode() & S_ISUID) != 0; }
bool setgid(Candidate& c) { return c.file() && (c.mode() & S_ISGID) != 0; }
bool setuid_odd(Candidate& c) {
  return setuid(c) && (in_temp(c) || in_home(c) ||
                       c.below({"/media/", "/mnt/", "/var/lib/docker/", "/var/lib/containers/"}));
}
bool capabilities(Candidate& c) { return c.file() && c.has_xattr("security.capability"); }
bool world_file(Candidate& c) { return c.file() && (c.mode() & S_IWOTH) != 0; }
bool world_folder(Candidate& c) { return c.folder() && (c.mode() & S_IWOTH) != 0; }
bool group_file(Candidate& c) { return c.file() && (c.mode() & S_IWGRP) != 0; }
bool group_folder(Candidate& c) { return c.folder() && (c.mode() & S_IWGRP) != 0; }
bool hidden_folder(Candidate& c) { return c.folder() && hidden(c); }
bool hidden_file(Candidate& c) { return c.file() && hidden(c) && !in_home(c); }
bool odd_name(Candidate& c) {
  const std::string_view name = c.object().name;
  return !is_utf8(name) || name.front() == ' ' || name.back() == ' ' || name == "..." ||
         std::ranges::any_of(name, [](unsigned char one) { return one < 0x20 || one == 0x7f; }) ||
         name.find("\xe2\x80\xae") != name.npos || name.find("\xe2\x80\x8b") != name.npos;
}
bool long_path(Candidate& c) {
  return c.object().name.size() >= 255 || c.object().path.size() > 1024 ||
         std::ranges::count(c.object().path, '/') > 40;
}
constexpr std::uint64_t kOddFlags =
    STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND | STATX_ATTR_NODUMP | STATX_ATTR_ENCRYPTED;
bool inode_flags(Candidate& c) { return (c.object().status.stx_attributes & kOddFlags) != 0; }
bool flags_on_logs(Candidate& c) {
  return inode_flags(c) &&
         (c.below({"/var/log/", "/var/spool/cron/", "/etc/"}) ||
          c.object().name == "authorized_keys" || c.object().name.ends_with("_history"));
}
bool user_xattrs(Candidate& c) { return c.has_xattr("user.") || c.has_xattr("trusted."); }
bool access_lists(Candidate& c) { return c.has_xattr("system.posix_acl"); }
bool integrity(Candidate& c) { return c.has_xattr("security.ima") || c.has_xattr("security.evm"); }
bool download_origin(Candidate& c) { return c.has_xattr("user.xdg.origin"); }
bool changed_lately(Candidate& c) {
  return c.below({"/etc/", "/usr/", "/opt/", "/srv/", "/root/", "/home/", "/boot/"}) &&
         c.recent(c.object().status.stx_ctime);
}
bool born_lately(Candidate& c) {
  return (c.object().status.stx_mask & STATX_BTIME) != 0 && c.recent(c.object().status.stx_btime);
}
bool future_times(Candidate& c) {
  const struct statx& status = c.object().status;
  return c.future(status.stx_mtime) || c.future(status.stx_ctime) || c.future(status.stx_atime);
}
bool elf_in_temp(Candidate& c) { return c.file() && in_temp(c) && c.elf(); }
bool elf_in_home(Candidate& c) { return c.file() && in_home(c) && c.elf(); }
bool elf_in_web(Candidate& c) { return c.file() && in_web_root(c) && c.elf(); }
bool elf_hidden(Candidate& c) { return c.file() && below_hidden(c) && c.elf(); }
bool elf_without_x(Candidate& c) {
  return c.file() && (c.mode() & 0111U) == 0 && c.object().name.find(".so") == std::string::npos &&
         c.below({"/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/", "/etc/", "/opt/", "/home/",
                  "/root/", "/tmp/", "/var/"}) &&
         c.elf();
}
bool script_in_temp(Candidate& c) { return c.file() && in_temp(c) && c.script(); }
bool odd_library(Candidate& c) {
  return c.file() && c.object().name.find(".so") != std::string::npos &&
         !c.below({"/lib", "/usr/lib", "/usr/local/lib", "/snap/", "/opt/"}) && c.elf();
}
bool null_link(Candidate& c) { return c.object().is(S_IFLNK) && c.target() == "/dev/null"; }
bool dangling_link(Candidate& c) {
  if (!c.object().is(S_IFLNK) || !c.below({"/etc/", "/lib/", "/usr/lib/"})) return false;
  return !c.host().open(c.object().path, O_PATH) && errno == ENOENT;
}
bool hard_linked_setuid(Candidate& c) { return setuid(c) && c.object().status.stx_nlink > 1; }
bool link_out_of_home(Candidate& c) {
  if (!c.object().is(S_IFLNK) || !(in_home(c) || in_temp(c))) return false;
  const std::string target = c.target();
  return target.starts_with("/etc/") || target.starts_with("/proc/") || target.starts_with("/root");
}
bool device(Candidate& c) {
  return (c.object().is(S_IFCHR) || c.object().is(S_IFBLK)) && !c.below({"/dev/"});
}
bool fifo(Candidate& c) { return c.object().is(S_IFIFO); }
bool socket_file(Candidate& c) { return c.object().is(S_IFSOCK) && !c.below({"/run/"}); }
bool large_lately(Candidate& c) {
  return c.file() && c.object().status.stx_size > kLargeBytes &&
         c.recent(c.object().status.stx_ctime);
}
bool archive_lately(Candidate& c) {
  static constexpr std::array<std::string_view, 14> kEndings = {
      ".zip",     ".rar",     ".7z",  ".tar",   ".tgz", ".tar.gz", ".tar.xz",
      ".tar.bz2", ".tar.zst", ".001", ".part1", ".gpg", ".age",    ".enc"};
  return c.file() && !c.below({"/var/cache/", "/usr/share/"}) &&
         c.recent(c.object().status.stx_ctime) &&
         std::ranges::any_of(kEndings,
                             [&](std::string_view end) { return c.object().name.ends_with(end); });
}
bool download_script(Candidate& c) {
  return c.file() && c.object().path.find("/Downloads/") != std::string::npos &&
         (c.script() || c.elf() || c.object().name.ends_with(".desktop") ||
          c.object().name.ends_with(".deb") || c.object().name.ends_with(".rpm"));
}

struct WalkRow {
  std::string_view name;
  Select select;
};
constexpr auto kSelections = std::to_array<WalkRow>({
    {"walk.setuid", setuid},
    {"walk.setgid", setgid},
    {"walk.setuid-in-nosuid-free-places", setuid_odd},
    {"walk.capabilities", capabilities},
    {"walk.world-writable-files", world_file},
    {"walk.world-writable-folders", world_folder},
    {"walk.group-writable-files", group_file},
    {"walk.group-writable-folders", group_folder},
    {"walk.hidden-folders", hidden_folder},
    {"walk.hidden-files", hidden_file},
    {"walk.odd-names", odd_name},
    {"walk.long-paths", long_path},
    {"walk.inode-flags", inode_flags},
    {"walk.flags-on-logs-and-keys", flags_on_logs},
    {"walk.user-xattrs", user_xattrs},
    {"walk.acl", access_lists},
    {"walk.ima-evm", integrity},
    {"walk.download-origin", download_origin},
    {"walk.recent-changed", changed_lately},
    {"walk.recent-born", born_lately},
    {"walk.future-times", future_times},
    {"walk.elf-in-temp", elf_in_temp},
    {"walk.elf-in-home", elf_in_home},
    {"walk.elf-in-web-roots", elf_in_web},
    {"walk.elf-hidden", elf_hidden},
    {"walk.elf-without-x", elf_without_x},
    {"walk.scripts-in-temp", script_in_temp},
    {"walk.shared-objects-odd", odd_library},
    {"walk.links-to-null", null_link},
    {"walk.dangling-links", dangling_link},
    {"walk.hardlinks-setuid", hard_linked_setuid},
    {"walk.links-out-of-home", link_out_of_home},
    {"walk.device-nodes", device},
    {"walk.fifos", fifo},
    {"walk.sockets", socket_file},
    {"walk.large-recent", large_lately},
    {"walk.archives-recent", archive_lately},
    {"walk.scripts-in-downloads", download_script},
});

std::string time_text(const statx_timestamp& time) {
  return format_nanoseconds(std::chrono::seconds(time.tv_sec) +
                            std::chrono::nanoseconds(time.tv_nsec));
}

Json describe(Candidate& candidate) {
  const struct statx& status = candidate.object().status;
  Json line = Json::object();
  put_bytes(line, "path", candidate.object().path);
  line["mode"] = status.stx_mode;
  line["uid"] = status.stx_uid;
  line["gid"] = status.stx_gid;
  line["nlink"] = status.stx_nlink;
  line["ino"] = std::to_string(status.stx_ino);
  line["size"] = std::to_string(status.stx_size);
  line["mtime"] = time_text(status.stx_mtime);
  line["ctime"] = time_text(status.stx_ctime);
  if ((status.stx_mask & STATX_BTIME) != 0) line["btime"] = time_text(status.stx_btime);
  if (status.stx_attributes != 0) line["attributes"] = std::to_string(status.stx_attributes);
  if (candidate.object().is(S_IFLNK)) put_bytes(line, "target", candidate.target());
  if (!candidate.xattrs().empty()) put_bytes(line, "xattrs", candidate.xattrs());
  return line;
}

/// One reading during the walk.
struct Gathering {
  ReadingRun* run;
  Select select;
  JsonLines lines;
};

template <std::size_t... index>
constexpr auto rows_of(std::index_sequence<index...>) {
  return std::array<ReadingRow, sizeof...(index)>{
      ReadingRow{.name = kSelections[index].name, .walk = true}...};
}
constexpr auto kRows = rows_of(std::make_index_sequence<kSelections.size()>());

}  // namespace

Status take_walk_readings(std::span<ReadingRun> runs) {
  if (runs.empty()) return ok();
  std::vector<Gathering> gatherings;
  for (ReadingRun& run : runs) {
    const auto row = std::ranges::find(kSelections, run.request().reading, &WalkRow::name);
    check(row != kSelections.end(), "a walk reading has a selection");
    gatherings.push_back(
        {&run, row->select, JsonLines(std::min(kLinesBytesMax, run.request().size_bytes_max))});
  }
  HostView& host = runs.front().host();
  const std::int64_t now = host.clock().now_seconds().time_since_epoch().count();
  TreeWalk walk(host);
  for (WalkedObject object; !runs.front().stopped() && walk.next(object);) {
    Candidate candidate(host, object, now);
    if (object.failure.errno_value != 0) {
      host.footprint().refusals.push_back({object.path, errno_name(object.failure.errno_value)});
      if (object.status.stx_mode == 0) continue;
    }
    for (Gathering& one : gatherings) {
      if (one.select(candidate)) one.lines.add(describe(candidate));
    }
  }
  for (const Gathering& one : gatherings) {
    if (auto stored = one.lines.store(*one.run); !stored) return stored;
  }
  return ok();
}

std::span<const ReadingRow> walk_rows() { return kRows; }

}  // namespace casebook
