/// Readings that are files of the kernel: raw, or many small ones as a table of JSON lines.

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "collector/kernel_registry.h"
#include "collector/net_namespace.h"

namespace casebook {
namespace {

constexpr std::size_t kHeadBytes = std::size_t{1} << 20U;
constexpr std::size_t kTableTextBytesMax = std::size_t{64} << 10U;

std::string join(std::string_view prefix, std::string_view instance) {
  if (prefix.empty()) return std::string(instance);
  if (instance.empty()) return std::string(prefix);
  return std::string(prefix) + "/" + std::string(instance);
}

const char* type_name(mode_t mode) {
  if (S_ISREG(mode)) return "file";
  if (S_ISDIR(mode)) return "directory";
  if (S_ISLNK(mode)) return "symlink";
  if (S_ISFIFO(mode)) return "fifo";
  if (S_ISSOCK(mode)) return "socket";
  return S_ISCHR(mode) ? "char_device" : S_ISBLK(mode) ? "block_device" : "unknown";
}

/// What is known of an object without opening it.
Json describe(std::string_view path, const struct stat& status) {
  Json line = Json::object();
  put_bytes(line, "path", path);
  line["type"] = type_name(status.st_mode);
  line["mode"] = static_cast<unsigned>(status.st_mode & 07777U);
  line["uid"] = status.st_uid;
  line["gid"] = status.st_gid;
  if (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode)) {
    line["rdev"] =
        std::to_string(major(status.st_rdev)) + ":" + std::to_string(minor(status.st_rdev));
  }
  return line;
}

void add_text(Json& line, const HostView& host, std::string_view path) {
  const HostText text = host.read_text(path, kTableTextBytesMax);
  if (!text.ok()) put_failure(line, text.failure);
  if (text.ok() || !text.bytes.empty()) put_bytes(line, "text", text.bytes);
  if (text.cut) line["cut"] = true;
}

/// One line of a table. Only regular files are opened, and none that nobody may read.
Json table_line(const HostView& host, const std::string& path, const std::string& shown,
                bool metadata_only) {
  const UniqueFd object = host.open(path, O_PATH | O_NOFOLLOW);
  struct stat status {};
  if (!object || ::fstat(object.get(), &status) != 0) {
    Json line = Json::object();
    put_failure(line, {"open", errno});
    put_bytes(line, "path", shown);
    return line;
  }
  Json line = describe(shown, status);
  if (S_ISLNK(status.st_mode)) {
    if (const auto target = read_link_at(object.get(), "")) put_bytes(line, "target", *target);
  } else if (S_ISREG(status.st_mode) && !metadata_only) {
    if ((status.st_mode & 0444U) != 0) {
      add_text(line, host, path);
    } else {
      line["write_only"] = true;
    }
  }
  return line;
}

/// Where a pattern is looked for, and as what its objects are shown: a process is reached through
/// the descriptor of its folder, so that a reused number cannot lead elsewhere.
struct Place {
  std::string real;
  std::string shown;
  [[nodiscard]] std::string show(std::string_view path) const {
    return path.starts_with(real) ? shown + std::string(path.substr(real.size()))
                                  : std::string(path);
  }
};

/// A folder's objects, a link's text, or many small files: one entry of JSON lines.
Status store_table(ReadingRun& run, const Place& place, std::string_view instance,
                   std::string_view pattern, bool listing = false) {
  const HostMatches found = run.host().expand(pattern);
  if (found.matches.empty()) return run.absent();
  JsonLines lines(run.request().size_bytes_max);
  for (const HostMatch& match : found.matches) {
    if (run.stopped() || lines.cut()) break;
    lines.add(table_line(run.host(), match.path, place.show(match.path),
                         listing || run.request().take == ReadingTake::metadata));
  }
  std::vector<std::string> findings;
  if (lines.cut() || found.cut) findings.emplace_back("cut_at_limit");
  return run.store_text(instance, lines.text(), std::move(findings));
}

/// Some files say by their error that the kernel was built without what they would show.
bool says_absent(std::string_view path, int errno_value) {
  return means_absent(errno_value) || errno_value == EOPNOTSUPP ||
         (errno_value == EINVAL && path.find("/attr/") != path.npos);
}

Status store_opened(ReadingRun& run, std::string_view instance, std::string_view path,
                    const UniqueFd& fd) {
  const HostText head =
      read_head(fd.get(), std::min<std::uint64_t>(kHeadBytes, run.request().size_bytes_max));
  if (!head.ok() && head.bytes.empty()) {
    return says_absent(path, head.failure.errno_value) ? run.absent()
                                                       : run.lose(instance, head.failure);
  }
  CatalogLine line = run.line(instance);
  if (!head.ok()) {
    line.error = EntryError{head.failure.call, errno_name(head.failure.errno_value)};
    line.findings.emplace_back("read_error");
  }
  return run.store_fd(std::move(line), head.bytes, head.cut ? fd.get() : -1);
}

/// One file as it is. Links and folders are described instead.
Status store_raw(ReadingRun& run, const Place& place, std::string_view instance,
                 const std::string& path) {
  const UniqueFd object = run.host().open(path, O_PATH | O_NOFOLLOW);
  struct stat status {};
  if (!object || ::fstat(object.get(), &status) != 0)
    return means_absent(errno) ? run.absent() : run.lose(instance, {"open", errno});
  if (S_ISDIR(status.st_mode)) return store_table(run, place, instance, path + "/*");
  if (S_ISLNK(status.st_mode) || run.request().take == ReadingTake::metadata)
    return store_table(run, place, instance, path);
  const UniqueFd fd = run.host().open_for_reading(path);
  if (!fd) return says_absent(path, errno) ? run.absent() : run.lose(instance, {"open", errno});
  return store_opened(run, instance, path, fd);
}

Status read_pattern(ReadingRun& run, const ReadingRow& row, const Place& place,
                    std::string_view prefix, const std::string& pattern) {
  if (row.shape != FileShape::raw)
    return store_table(run, place, prefix, pattern, row.shape == FileShape::listing);
  const HostMatches found = run.host().expand(pattern);
  if (found.matches.empty()) return run.absent();
  for (const HostMatch& match : found.matches) {
    if (run.stopped()) return ok();
    if (auto stored = store_raw(run, place, join(prefix, match.instance), match.path); !stored)
      return stored;
  }
  return ok();
}

std::string filled(std::string pattern, std::string_view prefix, const std::string& value) {
  check(pattern.starts_with(prefix), "pattern begins with its placeholder");
  return pattern.replace(0, prefix.size(), value);
}

}  // namespace

Status read_files(ReadingRun& run, const ReadingRow& row) {
  return read_pattern(run, row, {}, "", run.request().path);
}

Status read_files_of(ReadingRun& run, const ReadingRow& row, const ProcessFolder& process) {
  const std::string number = std::to_string(process.pid);
  const Place place{"/proc/self/fd/" + std::to_string(process.fd), "/proc/" + number};
  return read_pattern(run, row, place, number,
                      filled(run.request().path, "/proc/%pid%", place.real));
}

Status read_files_of(ReadingRun& run, const ReadingRow& row, const NetNamespace& space) {
  const std::string instance = std::to_string(space.inode);
  if (space.pid != 0) {
    const Place place{"/proc/" + std::to_string(space.pid) + "/net", "/proc/net"};
    return read_pattern(run, row, place, instance,
                        filled(run.request().path, "/proc/%netns%/net", place.real));
  }
  const Place place{"/proc/thread-self/net", "/proc/net"};
  Status read = ok();
  const CallFailure entered = in_net_namespace(run.host(), space, [&] {
    read = read_pattern(run, row, place, instance,
                        filled(run.request().path, "/proc/%netns%/net", place.real));
  });
  return entered.errno_value == 0 ? read : run.lose(instance, entered);
}

}  // namespace casebook
