#include "cli/restore_metadata.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>

#include "core/durable_file.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

timespec spec_of(std::chrono::nanoseconds time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return {.tv_sec = seconds.count(), .tv_nsec = (time - seconds).count()};
}

}  // namespace

bool can_be_made(const CatalogLine& line) noexcept {
  return (line.type == EntryType::symlink && line.link_target) ||
         line.type == EntryType::directory || line.type == EntryType::fifo;
}

Status make_object(const std::filesystem::path& path, const CatalogLine& line) {
  check(can_be_made(line), "an object that is made from its line");
  int made = -1;
  if (line.type == EntryType::symlink) {
    made = ::symlink(line.link_target->c_str(), path.c_str());
  } else if (line.type == EntryType::directory) {
    made = ::mkdir(path.c_str(), 0700);
  } else {
    made = ::mkfifo(path.c_str(), 0600);
  }
  if (made == 0) return ok();
  if (errno == EEXIST) {
    return Error{ErrorCode::invalid_input, printable(path.string()) + " is there already",
                 "name another folder with --out"};
  }
  return system_error("make " + printable(path.string()), errno);
}

std::vector<std::string> restore_metadata(const std::filesystem::path& path,
                                          const CatalogLine& line) {
  std::vector<std::string> refused;
  if (!line.stat) return {"the bag holds no metadata for it"};
  const ObjectStat& stat = *line.stat;
  const auto note = [&](bool is_done, const std::string& what) {
    if (!is_done) refused.push_back(what);
  };
  note(::lchown(path.c_str(), stat.uid, stat.gid) == 0, "owner");
  for (const ExtendedAttribute& attribute : line.xattrs) {
    if (attribute.name == "security.capability") {
      refused.emplace_back("its capabilities, on purpose");
      continue;
    }
    note(::lsetxattr(path.c_str(), attribute.name.c_str(), attribute.value.data(),
                     attribute.value.size(), 0) == 0,
         "extended attribute " + printable(attribute.name));
  }
  if (line.type != EntryType::symlink) {
    note(::chmod(path.c_str(), stat.mode & 0777U) == 0, "mode");
    if ((stat.mode & 07000U) != 0) refused.emplace_back("set-id and sticky bits, on purpose");
  }
  const timespec times[2] = {spec_of(stat.atime), spec_of(stat.mtime)};
  note(::utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW) == 0, "times");
  return refused;
}

}  // namespace casebook::cli
