#pragma once
/// The host as the kernel readers see it: its root folder, small reads, name patterns, and the
/// lists of processes and network namespaces that several readings share.

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/footprint.h"
#include "core/bytes.h"
#include "core/c_handle.h"
#include "core/clock.h"

namespace casebook {

class ProcessTable;

/// A system call of the host that failed: its name and errno. errno 0 means that nothing failed.
struct CallFailure {
  const char* call = "";
  int errno_value = 0;
};

/// Name of an errno ("EACCES"); "E<number>" for one that libc does not know.
std::string errno_name(int errno_value);

/// What was read of a small file. With a failure `bytes` holds what came before it.
struct HostText {
  std::string bytes;
  bool cut = false;  ///< More was there than the limit allowed.
  CallFailure failure;
  [[nodiscard]] bool ok() const { return failure.errno_value == 0; }
};

/// Names in a folder, without "." and "..", in the order the kernel gave.
struct HostNames {
  std::vector<std::string> names;
  CallFailure failure;
};

/// An object that a pattern matched. `parts` are the matched texts of the parts with wildcards.
struct HostMatch {
  std::string path;
  std::string instance;  ///< Those texts joined by '/'.
};

struct HostMatches {
  std::vector<HostMatch> matches;
  bool cut = false;  ///< There were more than kHostMatchesMax.
};

/// One network namespace and a process that lives in it (0: none, held by a mount at `name_path`).
struct NetNamespace {
  std::uint64_t inode = 0;
  pid_t pid = 0;
  std::string name_path;
  bool own = false;  ///< The collector's.

  /// What opens it for setns.
  [[nodiscard]] std::string path() const {
    return pid == 0 ? name_path : "/proc/" + std::to_string(pid) + "/ns/net";
  }
};

inline constexpr std::size_t kHostTextBytesMax = std::size_t{1} << 20U;
inline constexpr std::size_t kHostMatchesMax = 200'000;
inline constexpr int kHostMatchDepthMax = 64;

/// Reads up to `size_bytes`; `cut` means that this much came, and perhaps more is there.
HostText read_head(int fd, std::size_t size_bytes);
/// Reads an open file to its end, of which at most `size_bytes_max` are kept.
HostText read_fd(int fd, std::size_t size_bytes_max);
/// Opens below `folder` for reading; never blocks, follows no last link, becomes no terminal.
UniqueFd open_for_reading(int folder, const char* name);
/// The text of a link below `folder`, or nothing (errno is set).
std::optional<std::string> read_link_at(int folder, const char* name);

/// One host during one run. Not shared between threads. Lists are made once, at their first use.
class HostView {
 public:
  /// @param root  "/" for this host, live; else a mounted image, out of which no path leads.
  explicit HostView(const Clock& clock, std::string root = "/");

  [[nodiscard]] bool live() const { return root_ == "/"; }
  [[nodiscard]] const Clock& clock() const { return clock_; }
  Footprint& footprint() { return footprint_; }

  /// Opens an absolute path of the host; -1 with errno set when that fails.
  UniqueFd open(std::string_view path, int flags) const;
  /// As open, for reading a regular file of any kind without waiting and without access time.
  UniqueFd open_for_reading(std::string_view path) const;
  HostText read_text(std::string_view path, std::size_t size_bytes_max = kHostTextBytesMax) const;
  HostNames names(std::string_view path) const;
  [[nodiscard]] bool exists(std::string_view path) const;
  /// Expands `*`, `?` and `**` (pattern language of docs/spec/artifacts.md, without sets). A
  /// pattern without wildcards gives itself, whether it exists or not.
  HostMatches expand(std::string_view pattern) const;

  /// Every process: those that /proc lists and those that only answer to their number.
  const std::vector<pid_t>& pids();
  /// Processes that answer to their number while /proc does not list them.
  const std::vector<pid_t>& unlisted_pids();
  const std::vector<NetNamespace>& net_namespaces();
  /// Whether `space` still opens as itself; when its process ended, by another one that lives in
  /// it.
  bool follow(NetNamespace& space);
  /// The facts of every process, as they were at the first call.
  const ProcessTable& processes();
  /// SHA-256 (hex) of an open file, each inode once; empty when it cannot be read or is over 1 GiB.
  const std::string& digest_of(int fd);

 private:
  void list_pids();

  const Clock& clock_;
  std::string root_;
  UniqueFd root_fd_;
  Footprint footprint_;
  std::optional<std::vector<pid_t>> pids_;
  std::vector<pid_t> unlisted_pids_;
  std::optional<std::vector<NetNamespace>> net_namespaces_;
  std::shared_ptr<const ProcessTable> processes_;
  std::map<std::string, std::string> digests_;  // By device, inode, size and change time.
};

}  // namespace casebook
