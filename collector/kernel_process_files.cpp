/// Readings per process that hold more than a file of /proc: what runs, what was deleted but is
/// still open, memory files, and memory that is code without a file.

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <set>

#include "collector/kernel_registry.h"
#include "collector/proc_text.h"

namespace casebook {
namespace {

constexpr std::string_view kMemfd = "/memfd:";
constexpr std::string_view kDeleted = " (deleted)";
constexpr std::size_t kEnvironmentBytesMax = std::size_t{4} << 20U;
constexpr std::size_t kMapsBytesMax = std::size_t{32} << 20U;

std::string number_of(const ProcessFolder& process) { return std::to_string(process.pid); }

HostText read_of(const ProcessFolder& process, const char* name, std::size_t size_bytes_max) {
  const UniqueFd fd = open_for_reading(process.fd, name);
  if (!fd) return {.bytes = {}, .cut = false, .failure = {"open", errno}};
  return read_fd(fd.get(), size_bytes_max);
}

Status read_environment(ReadingRun& run, const ProcessFolder& process) {
  const HostText text = read_of(process, "environ", kEnvironmentBytesMax);
  if (!text.ok()) return run.lose(number_of(process), text.failure);
  return store_environment(run, number_of(process), text.bytes);
}

Status read_seccomp(ReadingRun& run, const ProcessFolder& process) {
  const HostText text = read_of(process, "status", kHostTextBytesMax);
  if (!text.ok()) return run.lose(number_of(process), text.failure);
  Json line = {{"pid", process.pid}};
  for (const auto& [field, key] : std::initializer_list<std::pair<const char*, const char*>>{
           {"Seccomp", "mode"}, {"Seccomp_filters", "filters"}, {"NoNewPrivs", "no_new_privs"}}) {
    if (const auto value = status_field(text.bytes, field)) line[key] = std::string(*value);
  }
  JsonLines lines(run.request().size_bytes_max);
  lines.add(line);
  return lines.store(run, number_of(process));
}

/// What a process runs: the link, the file behind it, and its digest even when it was unlinked.
Status read_executable(ReadingRun& run, const ProcessFolder& process) {
  const auto target = read_link_at(process.fd, "exe");
  if (!target)  // A kernel thread has none.
    return errno == ENOENT ? run.absent() : run.lose(number_of(process), {"readlink", errno});
  Json line = {{"pid", process.pid}};
  put_bytes(line, "target", *target);
  const UniqueFd fd(::openat(process.fd, "exe", O_RDONLY | O_CLOEXEC | O_NOATIME));
  if (fd) {
    line.update(describe_open_file(fd.get()));
    const std::string& digest = run.host().digest_of(fd.get());
    if (!digest.empty()) line["sha256"] = digest;
  } else {
    put_failure(line, {"open", errno});
  }
  JsonLines lines(run.request().size_bytes_max);
  lines.add(line);
  return lines.store(run, number_of(process));
}

Status read_descriptor_stats(ReadingRun& run, const ProcessFolder& process) {
  const HostNames found = run.host().names("/proc/self/fd/" + std::to_string(process.fd) + "/fd");
  if (found.failure.errno_value != 0) return run.lose(number_of(process), found.failure);
  JsonLines lines(run.request().size_bytes_max);
  for (const std::string& name : found.names) {
    const UniqueFd object(::openat(process.fd, ("fd/" + name).c_str(), O_PATH | O_CLOEXEC));
    Json line = object ? describe_open_file(object.get()) : Json::object();
    if (!object) put_failure(line, {"open", errno});
    put_bytes(line, "fd", name);
    lines.add(line);
  }
  return lines.store(run, number_of(process));
}

/// Reads the data ranges of a sparse file one after the other.
class DataRangeSource final : public ByteSource {
 public:
  DataRangeSource(int fd, std::vector<DataRange> ranges) : fd_(fd), ranges_(std::move(ranges)) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override {
    while (index_ < ranges_.size() && done_ == ranges_[index_].length) {
      ++index_;
      done_ = 0;
    }
    if (index_ == ranges_.size()) return std::size_t{0};
    const DataRange& range = ranges_[index_];
    const std::size_t want = std::min<std::uint64_t>(buffer.size(), range.length - done_);
    const ssize_t count =
        ::pread(fd_, buffer.data(), want, static_cast<off_t>(range.offset + done_));
    if (count < 0) return system_error("read", errno);
    done_ += static_cast<std::uint64_t>(count);
    return static_cast<std::size_t>(count);
  }

 private:
  int fd_;
  std::vector<DataRange> ranges_;
  std::size_t index_ = 0;
  std::uint64_t done_ = 0;
};

/// Where an open file holds data; the whole of it where the file system cannot tell.
std::vector<DataRange> data_ranges(int fd, std::uint64_t size) {
  constexpr std::size_t kRangesMax = 65'536;
  std::vector<DataRange> ranges;
  off_t at = 0;
  while (static_cast<std::uint64_t>(at) < size) {
    const off_t begin = ::lseek(fd, at, SEEK_DATA);
    if (begin < 0 && errno == ENXIO) return ranges;
    if (begin < 0 || ranges.size() == kRangesMax) return {{0, size}};
    off_t end = ::lseek(fd, begin, SEEK_HOLE);
    if (end <= begin) end = static_cast<off_t>(size);
    ranges.push_back({static_cast<std::uint64_t>(begin), static_cast<std::uint64_t>(end - begin)});
    at = end;
  }
  return ranges;
}

/// Stores the content of a file that no path leads to any more.
Status store_content(ReadingRun& run, const std::string& instance, const std::string& target,
                     const UniqueFd& fd, const struct stat& status) {
  const auto size = static_cast<std::uint64_t>(status.st_size);
  CatalogLine line = run.line(instance);
  line.link_target = target;
  std::vector<DataRange> ranges = data_ranges(fd.get(), size);
  const bool sparse = ranges.size() != 1 || ranges[0].length != size;
  if (sparse && size > 0) line.extents = ranges;
  DataRangeSource source(fd.get(), std::move(ranges));
  return run.store_source(std::move(line), source);
}

/// Opens what `name` of the process leads to, when it is a regular file without a name left.
Status store_unlinked(ReadingRun& run, const ProcessFolder& process, const std::string& name,
                      const std::string& instance) {
  const auto target = read_link_at(process.fd, name.c_str());
  struct stat status {};
  if (!target || ::fstatat(process.fd, name.c_str(), &status, 0) != 0) return ok();
  if (!S_ISREG(status.st_mode) || status.st_nlink != 0) return ok();
  const UniqueFd fd(::openat(process.fd, name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return run.lose(instance, {"open", errno});
  return store_content(run, instance, *target, fd, status);
}

Status read_deleted_executable(ReadingRun& run, const ProcessFolder& process) {
  return store_unlinked(run, process, "exe", number_of(process));
}

Status read_deleted_descriptors(ReadingRun& run, const ProcessFolder& process) {
  const std::string folder = "/proc/self/fd/" + std::to_string(process.fd);
  const HostNames found = run.host().names(folder + "/fd");
  if (found.failure.errno_value != 0) return run.lose(number_of(process), found.failure);
  for (const std::string& name : found.names) {
    const auto target = read_link_at(process.fd, ("fd/" + name).c_str());
    if (!target || target->starts_with(kMemfd)) continue;
    auto stored = store_unlinked(run, process, "fd/" + name, number_of(process) + "/" + name);
    if (!stored || run.stopped()) return stored;
  }
  return ok();
}

Status read_deleted_mappings(ReadingRun& run, const ProcessFolder& process) {
  const std::string folder = "/proc/self/fd/" + std::to_string(process.fd);
  std::set<std::string> seen;  // Each file once, however often it is mapped.
  for (const std::string& name : run.host().names(folder + "/map_files").names) {
    const std::string place = "map_files/" + name;
    const auto target = read_link_at(process.fd, place.c_str());
    if (!target || !target->ends_with(kDeleted) || target->starts_with(kMemfd)) continue;
    struct stat status {};
    if (::fstatat(process.fd, place.c_str(), &status, 0) != 0) continue;
    if (!seen.insert(std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino)).second)
      continue;
    auto stored = store_unlinked(run, process, place, number_of(process) + "/" + name);
    if (!stored || run.stopped()) return stored;
  }
  return ok();
}

Json describe_memory_file(const std::string& name, const std::string& target, int fd) {
  constexpr int kGetSeals = 1034;  // F_GET_SEALS
  Json line = describe_open_file(fd);
  put_bytes(line, "name", name);
  put_bytes(line, "target", target);
  if (const int seals = ::fcntl(fd, kGetSeals); seals >= 0) line["seals"] = seals;
  return line;
}

/// Memory files: what they are, then the content of each, descriptors first, then mappings.
Status read_memory_files(ReadingRun& run, const ProcessFolder& process) {
  const std::string folder = "/proc/self/fd/" + std::to_string(process.fd);
  JsonLines lines(run.request().size_bytes_max);
  std::set<std::uint64_t> seen;
  std::vector<std::string> places;
  for (const char* group : {"fd/", "map_files/"}) {
    for (const std::string& name : run.host().names(folder + "/" + group).names) {
      const std::string place = group + name;
      const auto target = read_link_at(process.fd, place.c_str());
      if (!target || !target->starts_with(kMemfd)) continue;
      const UniqueFd fd(::openat(process.fd, place.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
      struct stat status {};
      if (!fd || ::fstat(fd.get(), &status) != 0) {
        Json line = Json::object();
        put_bytes(line, "name", place);
        put_bytes(line, "target", *target);
        put_failure(line, {"open", errno});
        lines.add(line);
        continue;
      }
      lines.add(describe_memory_file(place, *target, fd.get()));
      if (seen.insert(status.st_ino).second) places.push_back(place);
    }
  }
  if (lines.text().empty()) return ok();
  if (auto stored = lines.store(run, number_of(process) + "/list"); !stored) return stored;
  for (const std::string& place : places) {
    auto stored = store_unlinked(run, process, place, number_of(process) + "/" + place);
    if (!stored) return stored;
  }
  return ok();
}

bool is_kernel_mapping(const Mapping& mapping) {
  return mapping.path == "[vdso]" || mapping.path == "[vsyscall]" || mapping.path == "[vvar]";
}

/// Code that no file backs, or that can be rewritten.
bool is_anonymous_code(const Mapping& mapping) {
  const bool executable = mapping.perms.size() > 2 && mapping.perms[2] == 'x';
  const bool writable = mapping.perms.size() > 1 && mapping.perms[1] == 'w';
  return executable && !is_kernel_mapping(mapping) && (mapping.inode == 0 || writable);
}

Status read_anonymous_code(ReadingRun& run, const ProcessFolder& process) {
  const HostText maps = read_of(process, "maps", kMapsBytesMax);
  if (!maps.ok()) return run.lose(number_of(process), maps.failure);
  JsonLines lines(run.request().size_bytes_max);
  for (const Mapping& mapping : parse_maps(maps.bytes)) {
    if (!is_anonymous_code(mapping)) continue;
    Json line = {{"begin", std::to_string(mapping.range.begin)},
                 {"end", std::to_string(mapping.range.end)},
                 {"perms", mapping.perms},
                 {"inode", std::to_string(mapping.inode)}};
    put_bytes(line, "path", mapping.path);
    lines.add(line);
  }
  return lines.text().empty() ? ok() : lines.store(run, number_of(process));
}

/// The bytes of those ranges; a page that cannot be read ends its range and is recorded.
Status read_anonymous_code_bytes(ReadingRun& run, const ProcessFolder& process) {
  const HostText maps = read_of(process, "maps", kMapsBytesMax);
  if (!maps.ok()) return run.lose(number_of(process), maps.failure);
  UniqueFd memory;
  for (const Mapping& mapping : parse_maps(maps.bytes)) {
    if (!is_anonymous_code(mapping)) continue;
    if (!memory) memory = open_for_reading(process.fd, "mem");
    if (!memory) return run.lose(number_of(process), {"open", errno});
    const std::uint64_t size = mapping.range.end - mapping.range.begin;
    DataRangeSource source(memory.get(), {{mapping.range.begin, size}});
    auto stored = run.store_source(
        run.line(number_of(process) + "/" + std::to_string(mapping.range.begin)), source);
    if (!stored || run.stopped()) return stored;
  }
  return ok();
}

constexpr auto kRows = std::to_array<ReadingRow>({
    {.name = "proc.pid.environ", .process = read_environment},
    {.name = "proc.pid.seccomp", .process = read_seccomp},
    {.name = "proc.pid.exe", .process = read_executable},
    {.name = "proc.pid.fd-stat", .process = read_descriptor_stats},
    {.name = "proc.pid.deleted-exe", .process = read_deleted_executable},
    {.name = "proc.pid.deleted-fd", .process = read_deleted_descriptors},
    {.name = "proc.pid.deleted-maps", .process = read_deleted_mappings},
    {.name = "proc.pid.memfd", .process = read_memory_files},
    {.name = "proc.pid.anon-exec", .process = read_anonymous_code},
    {.name = "proc.pid.anon-exec-bytes", .process = read_anonymous_code_bytes},
});

}  // namespace

std::span<const ReadingRow> process_file_rows() { return kRows; }

}  // namespace casebook
