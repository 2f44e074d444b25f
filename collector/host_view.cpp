#include "collector/host_view.h"

#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <linux/openat2.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>

#include "collector/proc_text.h"
#include "collector/process_table.h"

namespace casebook {
namespace {

constexpr std::size_t kReadChunkBytes = std::size_t{64} << 10U;
constexpr pid_t kSweepPidMax = 4'194'304;  // Largest pid_max of any Linux.
constexpr std::chrono::seconds kSweepTimeMax{3};
constexpr std::uint64_t kDigestBytesMax = std::uint64_t{1} << 30U;

std::string_view relative(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  return path.empty() ? "." : path;
}

bool has_wildcard(std::string_view part) { return part.find_first_of("*?") != part.npos; }

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    if (end > 0) parts.emplace_back(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return parts;
}

HostNames names_of(UniqueFd folder) {
  HostNames out;
  if (!folder) {
    out.failure = {"open", errno};
    return out;
  }
  Handle<DIR, &::closedir> stream(::fdopendir(folder.release()));
  if (!stream) {
    out.failure = {"fdopendir", errno};
    return out;
  }
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") out.names.emplace_back(name);
  }
  if (errno != 0) out.failure = {"getdents", errno};
  return out;
}

/// One pattern on its way down the tree.
class Expansion {
 public:
  Expansion(const HostView& host, std::vector<std::string> parts, HostMatches& out)
      : host_(host), parts_(std::move(parts)), out_(out) {}

  void descend(const std::string& folder, std::size_t index, const std::string& instance,
               int depth) {
    if (out_.cut || depth > kHostMatchDepthMax) return;
    if (index == parts_.size()) {
      if (out_.matches.size() >= kHostMatchesMax) {
        out_.cut = true;
        return;
      }
      out_.matches.push_back({folder, instance});
      return;
    }
    const std::string& part = parts_[index];
    if (part == "**") return descend_any_depth(folder, index, instance, depth);
    if (!has_wildcard(part)) return step(folder, part, index + 1, instance, depth);
    for (const std::string& name : host_.names(folder).names) {
      if (::fnmatch(part.c_str(), name.c_str(), FNM_NOESCAPE) != 0) continue;
      step(folder, name, index + 1, join(instance, name), depth);
    }
  }

 private:
  static std::string join(const std::string& instance, const std::string& name) {
    return instance.empty() ? name : instance + "/" + name;
  }
  void step(const std::string& folder, const std::string& name, std::size_t next,
            const std::string& instance, int depth) {
    const std::string path = folder + "/" + name;
    if (next < parts_.size() || host_.exists(path)) descend(path, next, instance, depth + 1);
  }
  void descend_any_depth(const std::string& folder, std::size_t index, const std::string& instance,
                         int depth) {
    const bool last = index + 1 == parts_.size();
    if (!last) descend(folder, index + 1, instance, depth);
    for (const std::string& name : host_.names(folder).names) {
      const std::string path = folder + "/" + name;
      const UniqueFd fd = host_.open(path, O_PATH | O_NOFOLLOW);
      struct stat status {};
      if (!fd || ::fstat(fd.get(), &status) != 0) continue;
      if (S_ISDIR(status.st_mode)) {
        descend_any_depth(path, index, join(instance, name), depth + 1);
      } else if (last) {
        descend(path, index + 1, join(instance, name), depth + 1);
      }
      if (out_.cut || depth > kHostMatchDepthMax) return;
    }
  }

  const HostView& host_;
  std::vector<std::string> parts_;
  HostMatches& out_;
};

std::optional<pid_t> to_pid(std::string_view name) {
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
  if (error != std::errc{} || end != name.data() + name.size() || pid <= 0) return std::nullopt;
  return pid;
}

/// True when `pid` leads a thread group: a number of a mere thread also answers to kill.
bool leads_thread_group(const HostView& host, pid_t pid) {
  const std::string number = std::to_string(pid);
  const HostText status = host.read_text("/proc/" + number + "/status", 4096);
  return status.bytes.find("\nTgid:\t" + number + "\n") != std::string::npos;
}

std::uint64_t namespace_inode(const HostView& host, const std::string& path) {
  const UniqueFd fd = host.open(path, O_PATH);
  struct stat status {};
  return fd && ::fstat(fd.get(), &status) == 0 ? status.st_ino : 0;
}

}  // namespace

std::string errno_name(int errno_value) {
  const char* name = ::strerrorname_np(errno_value);
  return name != nullptr ? name : "E" + std::to_string(errno_value);
}

HostText read_head(int fd, std::size_t size_bytes) {
  HostText out;
  while (out.bytes.size() < size_bytes) {
    const std::size_t had = out.bytes.size();
    const std::size_t want = std::min(kReadChunkBytes, size_bytes - had);
    out.bytes.resize(had + want);
    const ssize_t count = ::read(fd, out.bytes.data() + had, want);
    const int errno_value = errno;
    out.bytes.resize(had + (count > 0 ? static_cast<std::size_t>(count) : 0));
    if (count < 0 && errno_value == EINTR) continue;
    if (count < 0) out.failure = {"read", errno_value};
    if (count <= 0) return out;
  }
  out.cut = true;
  return out;
}

HostText read_fd(int fd, std::size_t size_bytes_max) {
  HostText out = read_head(fd, size_bytes_max + 1);
  if (out.cut) out.bytes.resize(size_bytes_max);
  return out;
}

UniqueFd open_for_reading(int folder, const char* name) {
  constexpr int kFlags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
  UniqueFd fd(::openat(folder, name, kFlags | O_NOATIME));
  if (!fd && errno == EPERM) fd.reset(::openat(folder, name, kFlags));
  return fd;
}

std::optional<std::string> read_link_at(int folder, const char* name) {
  std::string target(4096, '\0');
  const ssize_t count = ::readlinkat(folder, name, target.data(), target.size());
  if (count < 0) return std::nullopt;
  target.resize(static_cast<std::size_t>(count));
  return target;
}

HostView::HostView(const Clock& clock, std::string root)
    : clock_(clock),
      root_(std::move(root)),
      root_fd_(::open(root_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {}

UniqueFd HostView::open(std::string_view path, int flags) const {
  const std::string name(relative(path));
  if (live()) return UniqueFd(::openat(root_fd_.get(), name.c_str(), flags | O_CLOEXEC));
  open_how how{};
  how.flags = static_cast<unsigned>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  return UniqueFd(
      static_cast<int>(::syscall(SYS_openat2, root_fd_.get(), name.c_str(), &how, sizeof how)));
}

UniqueFd HostView::open_for_reading(std::string_view path) const {
  constexpr int kFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
  UniqueFd fd = open(path, kFlags | O_NOATIME);
  if (!fd && errno == EPERM) fd = open(path, kFlags);
  return fd;
}

HostText HostView::read_text(std::string_view path, std::size_t size_bytes_max) const {
  const UniqueFd fd = open_for_reading(path);
  if (!fd) return {.bytes = {}, .cut = false, .failure = {"open", errno}};
  return read_fd(fd.get(), size_bytes_max);
}

HostNames HostView::names(std::string_view path) const {
  UniqueFd fd = open(path, O_RDONLY | O_DIRECTORY | O_NOATIME);
  if (!fd && errno == EPERM) fd = open(path, O_RDONLY | O_DIRECTORY);
  return names_of(std::move(fd));
}

bool HostView::exists(std::string_view path) const { return bool(open(path, O_PATH | O_NOFOLLOW)); }

HostMatches HostView::expand(std::string_view pattern) const {
  HostMatches out;
  if (!has_wildcard(pattern)) {
    out.matches.push_back({std::string(pattern), {}});
    return out;
  }
  Expansion(*this, split_path(pattern), out).descend("", 0, "", 0);
  return out;
}

const std::vector<pid_t>& HostView::pids() {
  if (!pids_) list_pids();
  return *pids_;
}

const std::vector<pid_t>& HostView::unlisted_pids() {
  if (!pids_) list_pids();
  return unlisted_pids_;
}

void HostView::list_pids() {
  pids_.emplace();
  for (const std::string& name : names("/proc").names) {
    if (const auto pid = to_pid(name)) pids_->push_back(*pid);
  }
  std::sort(pids_->begin(), pids_->end());
  pid_t pid_max = kSweepPidMax;
  const HostText text = read_text("/proc/sys/kernel/pid_max", 64);
  std::from_chars(text.bytes.data(), text.bytes.data() + text.bytes.size(), pid_max);
  const auto deadline = std::chrono::steady_clock::now() + kSweepTimeMax;
  for (pid_t pid = 1; pid <= std::min(pid_max, kSweepPidMax); ++pid) {
    if (::kill(pid, 0) != 0 && errno == ESRCH) {
      if (pid % 65536 == 0 && std::chrono::steady_clock::now() > deadline) break;
      continue;
    }
    if (std::binary_search(pids_->begin(), pids_->end(), pid)) continue;
    if (leads_thread_group(*this, pid)) unlisted_pids_.push_back(pid);
  }
  pids_->insert(pids_->end(), unlisted_pids_.begin(), unlisted_pids_.end());
  std::sort(pids_->begin(), pids_->end());
}

const std::vector<NetNamespace>& HostView::net_namespaces() {
  if (net_namespaces_) return *net_namespaces_;
  net_namespaces_.emplace();
  const std::uint64_t own = namespace_inode(*this, "/proc/self/ns/net");
  const auto known = [this](std::uint64_t inode) {
    return std::any_of(net_namespaces_->begin(), net_namespaces_->end(),
                       [&](const NetNamespace& n) { return n.inode == inode; });
  };
  if (own != 0) net_namespaces_->push_back({own, ::getpid(), {}, true});
  for (const pid_t pid : pids()) {
    const std::uint64_t inode = namespace_inode(*this, "/proc/" + std::to_string(pid) + "/ns/net");
    if (inode != 0 && !known(inode)) net_namespaces_->push_back({inode, pid, {}, false});
  }
  for (const char* folder : {"/run/netns", "/run/docker/netns"}) {
    for (const std::string& name : names(folder).names) {
      const std::string path = std::string(folder) + "/" + name;
      const std::uint64_t inode = namespace_inode(*this, path);
      if (inode != 0 && !known(inode)) net_namespaces_->push_back({inode, 0, path, false});
    }
  }
  return *net_namespaces_;
}

bool HostView::follow(NetNamespace& space) {
  if (namespace_inode(*this, space.path()) == space.inode) return true;
  for (const pid_t pid : pids()) {
    if (namespace_inode(*this, "/proc/" + std::to_string(pid) + "/ns/net") != space.inode) continue;
    space.pid = pid;
    return true;
  }
  return false;
}

const ProcessTable& HostView::processes() {
  if (!processes_) processes_ = std::make_shared<const ProcessTable>(ProcessTable::read(*this));
  return *processes_;
}

const std::string& HostView::digest_of(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return digests_[""];
  const std::string key = std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino) +
                          ":" + std::to_string(status.st_size) + ":" +
                          std::to_string(status.st_ctim.tv_sec) + "." +
                          std::to_string(status.st_ctim.tv_nsec);
  if (const auto known = digests_.find(key); known != digests_.end()) return known->second;
  return digests_.emplace(key, file_sha256(fd, kDigestBytesMax)).first->second;
}

}  // namespace casebook
