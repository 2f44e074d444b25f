#include "collector/file_taker.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "collector/file_source.h"
#include "collector/host_view.h"
#include "collector/kernel_reading.h"
#include "collector/redact.h"

namespace casebook::collector {
namespace {

/// A file is looked at for holes when it has at least so many bytes more than blocks.
constexpr std::uint64_t kHoleBytesMin = 4096;
/// What is looked at before a file is masked.
constexpr std::size_t kAheadBytes = 8192;

/// File systems in which the kernel makes content up while it is read.
bool is_kernels(const struct statfs& system) {
  constexpr std::array<long, 13> kMagic = {
      PROC_SUPER_MAGIC, SYSFS_MAGIC,      CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC, DEBUGFS_MAGIC,
      TRACEFS_MAGIC,    SECURITYFS_MAGIC, SELINUX_MAGIC,      SMACK_MAGIC,         PSTOREFS_MAGIC,
      EFIVARFS_MAGIC,   BPF_FS_MAGIC,     0x62656572 /* configfs */};
  return std::ranges::find(kMagic, static_cast<long>(system.f_type)) != kMagic.end();
}

/// Files without names of fields, known by their own name.
bool is_all_secret(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return name.find("secret") != std::string_view::npos ||
         name.find("credential") != std::string_view::npos ||
         name.find("authtoken") != std::string_view::npos || name == "passwd.client" ||
         name == ".pgpass" || name == "pgpass" || name.ends_with(".pass") ||
         name.ends_with(".key") || name.ends_with(".psk");
}

}  // namespace

FileTaker::FileTaker(FileTakerServices services) : services_(std::move(services)) {
  has_remote_mounts_ = std::ranges::any_of(services_.mounts.mounts(), [](const Mount& mount) {
    return mount.kind == MountKind::remote;
  });
}

CatalogLine FileTaker::line_for(const Match& match) const {
  CatalogLine line;
  line.rule = services_.rules[match.decision.rule].id;
  line.stage = match.decision.stage;
  line.path.reserve(match.folder.size() + 1 + match.name.size());
  line.path = match.folder;
  line.path += '/';
  line.path += match.name;
  line.taken_at = services_.clock.now().time_since_epoch();
  line.monotonic = monotonic_now();
  return line;
}

Status FileTaker::lose(CatalogLine&& line, std::string_view call, int errno_value) {
  line.outcome = Outcome::lost;
  line.error = EntryError{std::string(call), errno_name(errno_value)};
  if (errno_value == ENOENT) note(line, "vanished");
  return services_.sink.list(std::move(line));
}

/// Opens the folder of `match` unless it is open. A folder below the last one is opened from there.
bool FileTaker::enter(const Match& match) {
  // Numbers begin anew in each stage, so they tell a change but not the folder.
  if (folder_number_ == match.folder_number && folder_path_ == match.folder)
    return bool(folder_fd_);
  folder_number_ = match.folder_number;
  const bool below = folder_fd_ && match.folder.size() > folder_path_.size() &&
                     match.folder.starts_with(folder_path_) &&
                     match.folder[folder_path_.size()] == '/';
  int fd = below ? open_folder_below(folder_fd_.get(), match.folder.substr(folder_path_.size() + 1),
                                     Mounts::cross)
                 : services_.root.open_folder(match.folder);
  folder_errno_ = fd < 0 ? errno : 0;
  folder_fd_ = UniqueFd(fd);
  folder_path_ = match.folder;
  struct statfs system {};
  folder_is_kernels_ = fd >= 0 && ::fstatfs(fd, &system) == 0 && is_kernels(system);
  return fd >= 0;
}

Status FileTaker::take(const Match& match) {
  CatalogLine line = line_for(match);
  if (has_remote_mounts_) {
    // Even to look at a dead network mount would hang.
    const Mount* mount = services_.mounts.find(line.path);
    if (mount != nullptr && mount->kind == MountKind::remote) {
      line.type = EntryType::directory;
      note(line, "mount_remote");
      return lose(std::move(line), "statx", EREMOTE);
    }
  }
  if (!enter(match)) return lose(std::move(line), "openat2", folder_errno_);
  name_ = match.name;
  struct statx seen {};
  if (statx_object(folder_fd_.get(), name_.c_str(), seen) != 0)
    return lose(std::move(line), "statx", errno);
  line.type = entry_type(seen);
  line.stat = object_stat(seen);
  line.outcome = Outcome::listed;
  watch(TakeMoment::looked_at, line);
  if (line.type == EntryType::file && match.decision.take != Take::metadata)
    return take_file(match, std::move(line), seen);
  read_xattrs_of_name(folder_fd_.get(), name_, line);
  if (line.type == EntryType::symlink) return list_link(std::move(line));
  return services_.sink.list(std::move(line));
}

Status FileTaker::list_link(CatalogLine&& line) {
  std::array<char, PATH_MAX> target{};
  const ssize_t length =
      ::readlinkat(folder_fd_.get(), name_.c_str(), target.data(), target.size());
  if (length < 0) return lose(std::move(line), "readlinkat", errno);
  line.link_target = std::string(target.data(), static_cast<std::size_t>(length));
  return services_.sink.list(std::move(line));
}

int FileTaker::open_file(const std::string& name, CatalogLine& line) {
  constexpr int kFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  const int fd = ::openat(folder_fd_.get(), name.c_str(), kFlags | O_NOATIME);
  // O_NOATIME is for owners and CAP_FOWNER.
  if (fd >= 0 || errno != EPERM) return fd;
  note(line, "atime_touched");
  return ::openat(folder_fd_.get(), name.c_str(), kFlags);
}

Status FileTaker::take_file(const Match& match, CatalogLine&& line, const struct statx& seen) {
  if (match.decision.take == Take::content && seen.stx_nlink > 1) {
    if (const std::string* stored = links_.find(seen)) {
      line.outcome = Outcome::linked;
      line.link_of = *stored;
      return services_.sink.list(std::move(line));
    }
  }
  const UniqueFd fd(open_file(name_, line));
  if (!fd) {
    const int failure = errno;
    if (failure == ELOOP) note(line, "replaced");
    return lose(std::move(line), "openat", failure);
  }
  struct statx opened {};
  if (statx_object(fd.get(), "", opened) != 0) return lose(std::move(line), "statx", errno);
  if (!same_object(seen, opened)) {
    // Another object stands there now: a rotated log is taken for what it is, anything but a
    // regular file is left alone unread.
    note(line, "replaced");
    line.type = entry_type(opened);
    line.stat = object_stat(opened);
    if (line.type != EntryType::file) return lose(std::move(line), "openat", ESTALE);
  }
  read_xattrs_of_fd(fd.get(), line);
  watch(TakeMoment::opened, line);
  return store(match, std::move(line), fd.get(), opened);
}

Status FileTaker::store(const Match& match, CatalogLine&& line, int fd,
                        const struct statx& opened) {
  return match.decision.take == Take::redacted ? store_redacted(match, std::move(line), fd, opened)
                                               : store_plain(match, std::move(line), fd, opened);
}

/// Looks again once the last byte was read.
void FileTaker::compare_after(CatalogLine& line, int fd, const struct statx& opened, bool sized) {
  watch(TakeMoment::read, line);
  struct statx after {};
  if (statx_object(fd, "", after) != 0) return note(line, "changed_while_read");
  if (after.stx_nlink == 0) note(line, "vanished");
  if (!sized || unchanged(opened, after)) return;
  // A name more or less changes the change time and no byte.
  if (after.stx_nlink == opened.stx_nlink) note(line, "changed_while_read");
  if (after.stx_size == opened.stx_size) return;
  note(line, after.stx_size > opened.stx_size ? "grew" : "shrank");
  line.size_closed = after.stx_size;
}

Status FileTaker::store_plain(const Match& match, CatalogLine&& line, int fd,
                              const struct statx& opened) {
  const std::uint64_t size = opened.stx_size;
  // Where sizes say nothing, and for empty files that might not be, the end is where reading ends.
  const bool sized = !folder_is_kernels_ && size > 0;
  std::optional<std::vector<DataRange>> ranges;
  std::uint64_t bytes = std::min(size, match.decision.bytes_max);
  bool cut = sized && size > match.decision.bytes_max;
  if (sized && opened.stx_blocks * 512 + kHoleBytesMin <= size) {
    ranges = find_data_ranges(fd, size);
    bytes = total_bytes(*ranges);
    cut = bytes > match.decision.bytes_max;
    if (cut) cut_ranges(*ranges, match.decision.bytes_max);
    bytes = std::min(bytes, match.decision.bytes_max);
    const bool whole = ranges->size() == 1 && ranges->front().length == size;
    if (!whole) line.extents = *ranges;
  }
  if (cut) note(line, "cut_at_limit");
  line.outcome = Outcome::stored;
  FileBytes source = ranges ? FileBytes(fd, *std::move(ranges)) : FileBytes(fd);
  const auto amend = [&](CatalogLine& stored, std::uint64_t) {
    compare_after(stored, fd, opened, sized);
    if (source.errno_seen() != 0) {
      note(stored, "read_error");
      stored.error = EntryError{"read", errno_name(source.errno_seen())};
    }
    const bool whole = stored.findings.empty() && !stored.error;
    if (opened.stx_nlink > 1 && whole && !stored.stored.empty())
      links_.remember(opened, stored.stored);
  };
  return services_.sink.store(std::move(line),
                              {.bytes = source,
                               .size_bytes = sized ? std::optional(bytes) : std::nullopt,
                               .size_bytes_max = match.decision.bytes_max,
                               .amend = amend});
}

Status FileTaker::store_redacted(const Match& match, CatalogLine&& line, int fd,
                                 const struct statx& opened) {
  FileBytes file(fd);
  std::vector<std::byte> ahead(kAheadBytes);
  std::size_t have = 0;
  while (have < ahead.size()) {
    auto count = file.read(std::span(ahead).subspan(have));
    if (!count) return lose(std::move(line), "read", file.errno_seen());
    if (*count == 0) break;
    have += *count;
  }
  ahead.resize(have);
  if (looks_binary(as_text(ahead))) {
    note(line, "not_text");
    return services_.sink.list(std::move(line));
  }
  const bool whole_file_seen = have < kAheadBytes;
  const bool every_line =
      is_all_secret(line.path) || (whole_file_seen && looks_like_bare_secret(as_text(ahead)));
  AheadSource source(ahead, file);
  MaskingSource masked(source, every_line);
  line.outcome = Outcome::redacted;
  const auto amend = [&](CatalogLine& stored, std::uint64_t) {
    compare_after(stored, fd, opened, !folder_is_kernels_);
    stored.redactions = masked.masked();
    if (file.errno_seen() != 0) {
      note(stored, "read_error");
      stored.error = EntryError{"read", errno_name(file.errno_seen())};
    }
  };
  return services_.sink.store(std::move(line), {.bytes = masked,
                                                .size_bytes = std::nullopt,
                                                .size_bytes_max = match.decision.bytes_max,
                                                .amend = amend});
}

Result<TakenMatches> take_matches(const MatchSpool& spool, int stage, FileTaker& taker,
                                  const StopRequest& stop) {
  TakenMatches done;
  MatchSpool::Reader reader = spool.read(stage);
  for (;;) {
    if (stop.requested()) break;
    auto match = reader.next();
    if (!match) return std::move(match).error();
    if (!*match) break;
    if (auto taken = taker.take(**match); !taken) return std::move(taken).error();
    ++done.taken;
  }
  done.left = spool.waiting(stage) - done.taken;
  return done;
}

}  // namespace casebook::collector
