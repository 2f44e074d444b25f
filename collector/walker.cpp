#include "collector/walker.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <limits>
#include <optional>

#include "collector/host_view.h"
#include "collector/kernel_reading.h"
#include "collector/object_stat.h"

namespace casebook::collector {
namespace {

constexpr std::size_t kEntryBufferBytes = std::size_t{64} << 10U;
/// Names of folders yet to be read; beyond it a folder is read again from where it stopped.
constexpr std::size_t kPendingBytesMax = std::size_t{8} << 20U;
/// A folder always gets to queue so many, however full the queue is.
constexpr std::size_t kChildrenMin = 256;
constexpr std::size_t kOpenFoldersMax = 48;

// What the kernel writes for one name (getdents64(2)): inode (8 bytes), offset of the next name
// (8), length of this record (2), type (1), the name with its NUL.
constexpr std::size_t kNextOffset = 8;
constexpr std::size_t kLengthOffset = 16;
constexpr std::size_t kTypeOffset = 18;
constexpr std::size_t kNameOffset = 19;

/// A folder yet to be read, or (`resume`) the rest of one.
struct Pending {
  PathState* state;
  std::size_t name_offset;
  std::size_t parent_length;
  std::uint16_t name_length;
  std::int64_t resume;  // Directory offset; -1: from the start.
};

class Walk {
 public:
  Walk(const Matcher& matcher, const RootFs& root, const MountTable& mounts, MatchSink& sink,
       const WalkServices& services)
      : matcher_(matcher),
        states_(matcher),
        root_(root),
        mounts_(mounts),
        sink_(sink),
        services_(services),
        buffer_(kEntryBufferBytes) {
    summary_.fits.resize(matcher.rules().size());
    now_ = services.clock.now().time_since_epoch();
  }

  Result<WalkSummary> run();

 private:
  struct Children {
    std::size_t first;  // Place in pending_ where they begin.
    std::size_t count = 0;
    std::optional<std::int64_t> cut_at =
        std::nullopt;  // Offset from which no more could be queued.
  };

  Status match_root(PathState* state);
  Status read_next();
  Status read_folder(int fd, PathState* state, std::int64_t resume);
  Status take_entries(int fd, PathState* state, std::span<const char> entries, bool resumed,
                      std::int64_t& last, Children& children);
  Status take_name(int fd, PathState* to, std::string_view name);
  void queue(PathState* state, std::string_view name, std::int64_t before, Children& children);
  /// The folder's descriptor, or nothing after a line was written.
  Result<std::optional<UniqueFd>> enter(const Pending& next, std::string_view name,
                                        PathState*& state);
  Result<std::optional<UniqueFd>> enter_mount(int parent, std::string_view name, PathState*& state);
  Result<int> parent_fd(std::size_t length);
  CatalogLine line_for_folder(const PathState* state, std::vector<std::string> findings) const;
  Status lose(const PathState* state, std::string_view call, int errno_value,
              std::vector<std::string> findings);
  void note_hidden_mounts();
  void trim_states();

  const Matcher& matcher_;
  PathStates states_;
  const RootFs& root_;
  const MountTable& mounts_;
  MatchSink& sink_;
  const WalkServices& services_;
  std::vector<char> buffer_;
  std::chrono::nanoseconds now_{};
  WalkSummary summary_;
  std::string path_;   // Of the folder at hand, without a final slash.
  std::string names_;  // Of pending folders, in order.
  std::vector<Pending> pending_;
  std::vector<std::pair<std::size_t, UniqueFd>> open_;  // By length of path, rising.
};

CatalogLine Walk::line_for_folder(const PathState* state, std::vector<std::string> findings) const {
  const MatchRule& rule = matcher_.rules()[state->sample_rule()];
  CatalogLine line;
  line.rule = rule.id;
  line.stage = rule.stage;
  line.type = EntryType::directory;
  line.outcome = Outcome::lost;
  line.path = path_.empty() ? "/" : path_;
  line.findings = std::move(findings);
  line.taken_at = services_.clock.now().time_since_epoch();
  line.monotonic = monotonic_now();
  return line;
}

Status Walk::lose(const PathState* state, std::string_view call, int errno_value,
                  std::vector<std::string> findings) {
  CatalogLine line = line_for_folder(state, std::move(findings));
  line.error = EntryError{std::string(call), errno_name(errno_value)};
  ++summary_.lost;
  return sink_.lost(std::move(line));
}

/// A descriptor of the folder whose path is the first `length` bytes of `path_`.
/// @return -1 with errno kept when it cannot be had any more.
Result<int> Walk::parent_fd(std::size_t length) {
  while (!open_.empty() && open_.back().first > length) open_.pop_back();
  if (!open_.empty() && open_.back().first == length) return open_.back().second.get();
  const std::size_t known = open_.empty() ? 0 : open_.back().first;
  const int from = open_.empty() ? root_.fd() : open_.back().second.get();
  if (length == 0) return from;
  const int fd = open_folder_below(
      from, std::string_view(path_).substr(known + 1, length - known - 1), Mounts::cross);
  if (fd < 0) return -1;
  open_.emplace_back(length, UniqueFd(fd));
  return fd;
}

Result<std::optional<UniqueFd>> Walk::enter_mount(int parent, std::string_view name,
                                                  PathState*& state) {
  const Mount* mount = mounts_.find(path_);
  // Within a kernel's own file system that a pattern named, its parts are as good as named.
  const Mount* around = nullptr;
  for (std::size_t end = path_.rfind('/'); around == nullptr && end != std::string::npos;
       end = end == 0 ? std::string::npos : path_.rfind('/', end - 1))
    around = mounts_.find(end == 0 ? "/" : std::string_view(path_).substr(0, end));
  const bool local = mount != nullptr && mount->kind == MountKind::local && !mount->repeats;
  const bool within_pseudo = mount != nullptr && mount->kind == MountKind::pseudo &&
                             around != nullptr && around->kind == MountKind::pseudo;
  if (!local && !within_pseudo) {
    if (!states_.is_named(state)) {
      const char* code = mount == nullptr                   ? "mount_unknown"
                         : mount->repeats                   ? "mount_repeated"
                         : mount->kind == MountKind::pseudo ? "mount_of_kernel"
                                                            : "mount_remote";
      if (auto said = lose(state, "openat2", EXDEV, {code}); !said) return std::move(said).error();
      return std::optional<UniqueFd>();
    }
    state = states_.only_named(state);
  }
  UniqueFd fd(open_folder_below(parent, name, Mounts::cross));
  if (fd) return std::optional<UniqueFd>(std::move(fd));
  if (auto said = lose(state, "openat2", errno, {}); !said) return std::move(said).error();
  return std::optional<UniqueFd>();
}

Result<std::optional<UniqueFd>> Walk::enter(const Pending& next, std::string_view name,
                                            PathState*& state) {
  auto parent = parent_fd(next.parent_length);
  if (!parent) return std::move(parent).error();
  int failure = *parent < 0 ? errno : 0;
  path_.resize(next.parent_length);
  path_ += '/';
  path_ += name;
  if (path_ == services_.own_folder) {
    CatalogLine line = line_for_folder(state, {"own_output"});
    line.outcome = Outcome::listed;
    if (auto said = sink_.lost(std::move(line)); !said) return std::move(said).error();
    return std::optional<UniqueFd>();
  }
  if (failure == 0) {
    UniqueFd fd(open_folder_below(*parent, name, Mounts::stay));
    if (fd) return std::optional<UniqueFd>(std::move(fd));
    failure = errno;
    if (failure == EXDEV) return enter_mount(*parent, name, state);
  }
  std::vector<std::string> findings;
  if (failure == ENOENT) findings.emplace_back("vanished");
  if (failure == ELOOP || failure == ENOTDIR) findings.emplace_back("replaced");
  if (auto said = lose(state, "openat2", failure, std::move(findings)); !said)
    return std::move(said).error();
  return std::optional<UniqueFd>();
}

void Walk::queue(PathState* state, std::string_view name, std::int64_t before, Children& children) {
  const std::size_t used = names_.size() + pending_.size() * sizeof(Pending);
  if (used > kPendingBytesMax && children.count >= kChildrenMin) {
    children.cut_at = before;
    return;
  }
  pending_.push_back(
      {state, names_.size(), path_.size(), static_cast<std::uint16_t>(name.size()), -1});
  names_ += name;
  ++children.count;
}

Status Walk::take_name(int fd, PathState* to, std::string_view name) {
  Decision decision = to->decision();
  if (to->depends_on_age()) {
    struct stat found {};
    if (::fstatat(fd, std::string(name).c_str(), &found, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) ==
        0)
      decision = states_.decide_by_age(*to,
                                       std::chrono::seconds(found.st_mtim.tv_sec) +
                                           std::chrono::nanoseconds(found.st_mtim.tv_nsec),
                                       now_);
  }
  if (!decision.taken) return ok();
  for (const Fit& fit : to->chosen_fits()) ++summary_.fits[fit.rule];
  ++summary_.matched;
  return sink_.match({decision, summary_.folders_read, path_, name});
}

Status Walk::take_entries(int fd, PathState* state, std::span<const char> entries, bool resumed,
                          std::int64_t& last, Children& children) {
  for (std::size_t at = 0; at < entries.size();) {
    std::int64_t next = 0;
    std::uint16_t length = 0;
    std::memcpy(&next, entries.data() + at + kNextOffset, sizeof next);
    std::memcpy(&length, entries.data() + at + kLengthOffset, sizeof length);
    const auto type = static_cast<unsigned char>(entries[at + kTypeOffset]);
    const std::string_view name = entries.data() + at + kNameOffset;
    at += length;
    const std::int64_t before = std::exchange(last, next);
    if (name == "." || name == "..") continue;
    if (!resumed) ++summary_.names_seen;
    PathState* to = states_.step(state, name);
    if (!resumed && (to->decision().taken || to->depends_on_age()))
      if (auto taken = take_name(fd, to, name); !taken) return taken;
    if (!to->descends() || children.cut_at) continue;
    bool folder = type == DT_DIR;
    if (type == DT_UNKNOWN) {
      struct stat found {};
      folder = ::fstatat(fd, name.data(), &found, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) == 0 &&
               S_ISDIR(found.st_mode);
    }
    if (folder) queue(to, name, before, children);
  }
  return ok();
}

Status Walk::read_folder(int fd, PathState* state, std::int64_t resume) {
  if (resume < 0) ++summary_.folders_read;
  if (resume >= 0) ::lseek(fd, resume, SEEK_SET);
  Children children{.first = pending_.size()};
  const std::size_t names_before = names_.size();
  std::int64_t last = std::max<std::int64_t>(resume, 0);
  for (;;) {
    const long count = ::syscall(SYS_getdents64, fd, buffer_.data(), buffer_.size());
    // ENOENT: the folder was removed while it was read; what it still held was seen.
    if (count < 0 && errno == ENOENT) break;
    if (count < 0) {
      if (auto said = lose(state, "getdents64", errno, {"read_error"}); !said) return said;
      break;
    }
    if (count == 0 || (resume >= 0 && children.cut_at)) break;
    const std::span<const char> entries(buffer_.data(), static_cast<std::size_t>(count));
    if (auto taken = take_entries(fd, state, entries, resume >= 0, last, children); !taken)
      return taken;
    if (services_.stop.requested()) break;
  }
  if (children.cut_at)
    pending_.insert(pending_.begin() + static_cast<std::ptrdiff_t>(children.first),
                    {state, names_before, path_.size(), 0, *children.cut_at});
  return ok();
}

void Walk::trim_states() {
  if (!states_.wants_trim()) return;
  std::vector<PathState*> keep;
  for (const Pending& item : pending_) keep.push_back(item.state);
  states_.trim(keep);
}

Status Walk::read_next() {
  const Pending next = pending_.back();
  pending_.pop_back();
  const std::string name = names_.substr(next.name_offset, next.name_length);
  names_.resize(next.name_offset);
  PathState* state = next.state;
  if (next.resume >= 0) {
    path_.resize(next.parent_length);
    auto fd = parent_fd(next.parent_length);
    if (!fd) return std::move(fd).error();
    if (*fd < 0) return lose(state, "openat2", errno, {"vanished"});
    return read_folder(*fd, state, next.resume);
  }
  auto entered = enter(next, name, state);
  if (!entered) return std::move(entered).error();
  if (!*entered) return ok();
  UniqueFd fd = *std::move(*entered);
  const std::size_t pending_before = pending_.size();
  if (auto read = read_folder(fd.get(), state, -1); !read) return read;
  if (pending_.size() == pending_before) return ok();
  // Its children will be opened from it. The oldest are closed first: they are needed last.
  if (open_.size() >= kOpenFoldersMax) open_.erase(open_.begin());
  open_.emplace_back(path_.size(), std::move(fd));
  return ok();
}

void Walk::note_hidden_mounts() {
  for (const Mount& mount : mounts_.mounts())
    if (mount.hidden) summary_.hidden_mounts.push_back(mount.path);
}

Status Walk::match_root(PathState* state) {
  if (!state->decision().taken) return ok();
  for (const Fit& fit : state->chosen_fits()) ++summary_.fits[fit.rule];
  ++summary_.matched;
  return sink_.match({state->decision(), 0, "", ""});
}

Result<WalkSummary> Walk::run() {
  note_hidden_mounts();
  PathState* start = states_.root();
  if (auto matched = match_root(start); !matched) return std::move(matched).error();
  if (start->descends()) {
    // A descriptor of its own: reading moves its offset.
    const UniqueFd fd(root_.open_folder("/"));
    if (!fd) {
      if (auto said = lose(start, "openat2", errno, {}); !said) return std::move(said).error();
      return std::move(summary_);
    }
    if (auto read = read_folder(fd.get(), start, -1); !read) return std::move(read).error();
  }
  while (!pending_.empty() && !services_.stop.requested()) {
    if (auto read = read_next(); !read) return std::move(read).error();
    trim_states();
  }
  summary_.stopped = services_.stop.requested();
  return std::move(summary_);
}

}  // namespace

Result<WalkSummary> walk(const Matcher& matcher, const RootFs& root, const MountTable& mounts,
                         MatchSink& sink, const WalkServices& services) {
  return Walk(matcher, root, mounts, sink, services).run();
}

}  // namespace casebook::collector
