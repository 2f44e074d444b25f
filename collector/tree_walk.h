#pragma once
/// One walk over the local file systems of a host, object by object, for readings that look for odd
/// files. Never follows a link, never opens anything but folders, and stays out of network, FUSE
/// and kernel file systems by their type, without touching them.

#include <sys/stat.h>

#include <set>
#include <string>
#include <vector>

#include "collector/host_view.h"

namespace casebook {

struct WalkedObject {
  std::string path;
  std::string_view name;  ///< Last part of `path`.
  struct statx status {};
  CallFailure failure;  ///< Of statx, or of opening this folder.

  [[nodiscard]] bool is(unsigned type) const { return (status.stx_mode & S_IFMT) == type; }
  [[nodiscard]] bool below(std::string_view folder) const { return path.starts_with(folder); }
};

class TreeWalk {
 public:
  explicit TreeWalk(HostView& host);
  /// Goes to the next object, folders before what they hold. @return false at the end.
  bool next(WalkedObject& object);

 private:
  struct Folder {
    std::string path;
    std::vector<std::string> names;  // Still to visit, last first.
    UniqueFd fd;
  };
  void enter(const std::string& path, CallFailure& failure);

  HostView& host_;
  std::set<std::string, std::less<>> excluded_;  // Mount points that are left alone.
  std::vector<Folder> open_;
};

}  // namespace casebook
