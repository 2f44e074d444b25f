#pragma once
/// A chain of folders of any depth, with a file named `bottom` in the last one.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "core/c_handle.h"
#include "core/result.h"

namespace casebook {

/// A path far beyond PATH_MAX, made and removed by descriptors.
class DeepTree {
 public:
  DeepTree(const std::filesystem::path& at, int depth, const std::string& name)
      : depth_(depth), name_(name) {
    UniqueFd here(::open(at.c_str(), O_PATH | O_DIRECTORY));
    top_ = UniqueFd(::dup(here.get()));
    for (int i = 0; i < depth; ++i) {
      check(::mkdirat(here.get(), name.c_str(), 0700) == 0, "mkdirat");
      here = UniqueFd(::openat(here.get(), name.c_str(), O_PATH | O_DIRECTORY));
    }
    UniqueFd file(::openat(here.get(), "bottom", O_CREAT | O_WRONLY, 0600));
    check(::write(file.get(), "bottom", 6) == 6, "bottom");
  }
  /// Takes the deepest folder out again and again by moving it up: no path gets long.
  ~DeepTree() {
    UniqueFd top = std::move(top_);
    for (int i = 0; i < depth_; ++i) {
      UniqueFd first(::openat(top.get(), name_.c_str(), O_PATH | O_DIRECTORY));
      ::unlinkat(first.get(), "bottom", 0);
      const bool more = ::renameat(first.get(), name_.c_str(), top.get(), "next") == 0;
      ::unlinkat(top.get(), name_.c_str(), AT_REMOVEDIR);
      if (!more) break;
      ::renameat(top.get(), "next", top.get(), name_.c_str());
    }
  }
  DeepTree(const DeepTree&) = delete;
  DeepTree& operator=(const DeepTree&) = delete;

 private:
  int depth_;
  std::string name_;
  UniqueFd top_;
};

}  // namespace casebook
