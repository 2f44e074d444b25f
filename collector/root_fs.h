#pragma once
/// The tree that is collected from, reached only through one descriptor: a mounted image or "/".
/// Nothing is opened through a symbolic link unless it was resolved inside the tree first.
/// Linux: openat2(2) where the kernel has it, otherwise one part at a time with O_NOFOLLOW.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/bag_format.h"
#include "core/c_handle.h"
#include "core/result.h"

namespace casebook::collector {

/// Whether opening may pass from one mount to another.
enum class Mounts { stay, cross };

/// Opens the folder `path` below `folder_fd` (relative, any length, no link on it) for reading,
/// without changing its access time where that is allowed.
/// @return the descriptor, or -1 with errno: EXDEV when a mount lies on the way and `mounts` says
///         stay, ELOOP or ENOTDIR when a part is no folder.
int open_folder_below(int folder_fd, std::string_view path, Mounts mounts);

class RootFs {
 public:
  /// @return `io` or `not_found` when `root` is no folder that can be opened.
  static Result<RootFs> open(const std::filesystem::path& root);

  [[nodiscard]] int fd() const { return fd_.get(); }
  /// True when the root is that of this process: kernel readings and conditions are about it.
  [[nodiscard]] bool live() const { return live_; }
  /// Where the root lies for this process, "/" or without a final slash; empty when unknown.
  [[nodiscard]] const std::string& place() const { return place_; }

  /// The path inside the root of a folder that this process knows as `outside`; empty when it lies
  /// elsewhere or cannot be told.
  [[nodiscard]] std::string path_inside(const std::filesystem::path& outside) const;

  /// Opens a folder by its absolute path inside the root; no link is followed.
  /// @return the descriptor, or -1 with errno.
  [[nodiscard]] int open_folder(std::string_view path) const;

  /// The path with all links followed inside the root, none leading out of it.
  /// @return nothing when a part is missing, for a loop, or for more than 40 links.
  [[nodiscard]] std::optional<std::string> resolve(std::string_view path) const;

  /// Whether an object of this path exists, links followed inside the root.
  [[nodiscard]] bool exists(const std::string& path) const;

  /// A small regular file, links followed inside the root. @return `not_found`, `io`,
  /// `limit_exceeded`.
  [[nodiscard]] Result<std::string> read_small_file(std::string_view path,
                                                    std::size_t size_bytes_max) const;

  /// Names of the folders in the folder `path`, at most `count_max`; none when it cannot be read.
  [[nodiscard]] std::vector<std::string> folder_names(std::string_view path,
                                                      std::size_t count_max) const;

 private:
  RootFs(UniqueFd fd, bool live, std::string place)
      : fd_(std::move(fd)), live_(live), place_(std::move(place)) {}
  UniqueFd fd_;
  bool live_;
  std::string place_;
};

/// Home folders of a tree: those of its passwd file, read without the host's name services, and
/// the folders below the usual parents. Absolute, sorted; names with a NUL byte, `.` or `..` parts
/// are left out.
std::vector<std::string> find_homes(const RootFs& root);

}  // namespace casebook::collector
