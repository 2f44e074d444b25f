/// Readings that compare processes with the files behind them, and walk mappings and namespaces.

#include <fcntl.h>
#include <linux/nsfs.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <set>

#include "collector/kernel_registry.h"
#include "collector/process_table.h"

namespace casebook {
namespace {

constexpr std::size_t kMapsBytesMax = std::size_t{32} << 20U;
constexpr int kSampleMilliseconds = 1000;

std::string proc_path(const ProcessFacts& process, std::string_view name) {
  return "/proc/" + std::to_string(process.pid) + "/" + std::string(name);
}

/// Each file that a process has mapped, once per process.
template <typename Visit>
void for_each_mapped_file(HostView& host, const ProcessFacts& process, Visit visit) {
  const HostText maps = host.read_text(proc_path(process, "maps"), kMapsBytesMax);
  std::set<std::string> seen;
  for (const Mapping& mapping : parse_maps(maps.bytes)) {
    if (mapping.inode == 0 || !mapping.path.starts_with('/')) continue;
    if (seen.insert(mapping.device + ":" + std::to_string(mapping.inode)).second) visit(mapping);
  }
}

Status read_exe_mismatch(ReadingRun& run) {
  JsonLines lines(run.request().size_bytes_max);
  for (const ProcessFacts& process : run.host().processes().all()) {
    if (process.exe.empty() || process.exe_file.empty()) continue;
    Json line = process_line(process);
    line["running"] = process.exe_file;
    const UniqueFd now = run.host().open(proc_path(process, "root") + process.exe, O_PATH);
    struct stat status {};
    if (!now || ::fstat(now.get(), &status) != 0) {
      put_failure(line, {"open", errno});
    } else {
      const std::string at_path = std::to_string(major(status.st_dev)) + ":" +
                                  std::to_string(minor(status.st_dev)) + ":" +
                                  std::to_string(status.st_ino);
      if (at_path == process.exe_file) continue;
      line["at_path"] = at_path;
    }
    lines.add(line);
  }
  return lines.store(run);
}

bool in_library_folder(std::string_view path) {
  static constexpr std::array<std::string_view, 8> kFolders = {
      "/lib/",     "/lib64/",     "/lib32/",     "/libx32/",
      "/usr/lib/", "/usr/lib64/", "/usr/lib32/", "/usr/libexec/"};
  return std::ranges::any_of(kFolders,
                             [&](std::string_view folder) { return path.starts_with(folder); });
}

Status read_foreign_libraries(ReadingRun& run) {
  JsonLines lines(run.request().size_bytes_max);
  for (const ProcessFacts& process : run.host().processes().all()) {
    if (run.stopped()) break;
    for_each_mapped_file(run.host(), process, [&](const Mapping& mapping) {
      const bool library = mapping.path.find(".so") != std::string::npos;
      if (!library || in_library_folder(mapping.path)) return;
      Json line = process_line(process);
      put_bytes(line, "library", mapping.path);
      line["library_file"] = mapping.device + ":" + std::to_string(mapping.inode);
      lines.add(line);
    });
  }
  return lines.store(run);
}

Status read_outdated_libraries(ReadingRun& run) {
  JsonLines lines(run.request().size_bytes_max);
  for (const ProcessFacts& process : run.host().processes().all()) {
    if (run.stopped()) break;
    for_each_mapped_file(run.host(), process, [&](const Mapping& mapping) {
      if (!mapping.path.ends_with(" (deleted)") || mapping.path.starts_with("/memfd:") ||
          mapping.path.find(".so") == std::string::npos)
        return;
      Json line = process_line(process);
      put_bytes(line, "library", mapping.path);
      lines.add(line);
    });
  }
  return lines.store(run);
}

/// Opens the very file that is mapped; by its path where the link needs more rights than we have.
UniqueFd open_mapped(HostView& host, const ProcessFacts& process, const Mapping& mapping) {
  std::array<char, 64> name{};
  const int length = std::snprintf(name.data(), name.size(), "map_files/%lx-%lx",
                                   static_cast<unsigned long>(mapping.range.begin),
                                   static_cast<unsigned long>(mapping.range.end));
  check(length > 0, "the range has a text");
  UniqueFd fd = host.open(proc_path(process, name.data()), O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!fd)
    fd = host.open(proc_path(process, "root") + mapping.path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  return fd;
}

Status read_library_digests(ReadingRun& run) {
  JsonLines lines(run.request().size_bytes_max);
  std::set<std::string> seen;
  for (const ProcessFacts& process : run.host().processes().all()) {
    if (run.stopped()) break;
    for_each_mapped_file(run.host(), process, [&](const Mapping& mapping) {
      if (run.stopped() || mapping.perms.find('x') == std::string::npos) return;
      if (!seen.insert(mapping.device + ":" + std::to_string(mapping.inode)).second) return;
      Json line = Json::object();
      const UniqueFd fd = open_mapped(run.host(), process, mapping);
      struct stat status {};
      if (fd && ::fstat(fd.get(), &status) == 0 && S_ISREG(status.st_mode)) {
        line = describe_open_file(fd.get());
        line["sha256"] = run.host().digest_of(fd.get());
      } else {
        put_failure(line, {"open", errno});
      }
      put_bytes(line, "path", mapping.path);
      line["mapped_file"] = mapping.device + ":" + std::to_string(mapping.inode);
      line["pid"] = process.pid;
      lines.add(line);
    });
  }
  return lines.store(run);
}

Status read_io_uring_workers(ReadingRun& run) {
  JsonLines lines(run.request().size_bytes_max);
  for (const HostMatch& match : run.host().expand("/proc/*/task/*/comm").matches) {
    const HostText comm = run.host().read_text(match.path, 64);
    if (!comm.bytes.starts_with("iou-")) continue;
    Json line = Json::object();
    put_bytes(line, "comm", std::string_view(comm.bytes).substr(0, comm.bytes.find('\n')));
    line["thread"] = match.instance;
    lines.add(line);
  }
  return lines.store(run);
}

/// Ticks used by each process between two looks a second apart.
Status read_cpu_sample(ReadingRun& run) {
  const auto begin = std::chrono::steady_clock::now();
  const ProcessTable first = ProcessTable::read(run.host());
  for (int step = 0; step < 10 && !run.stopped(); ++step)
    ::poll(nullptr, 0, kSampleMilliseconds / 10);
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begin);
  JsonLines lines(run.request().size_bytes_max);
  for (const ProcessFacts& process : first.all()) {
    const UniqueFd folder = run.host().open(proc_path(process, ""), O_PATH | O_DIRECTORY);
    if (!folder) continue;
    const ProcessStat now = read_process_stat(folder.get());
    if (now.state == 0 || now.start_ticks != process.stat.start_ticks) continue;
    Json line = process_line(process);
    line["user_ticks"] = now.user_ticks - process.stat.user_ticks;
    line["system_ticks"] = now.system_ticks - process.stat.system_ticks;
    line["resident_pages"] = now.resident_pages;
    line["sample_ms"] = elapsed.count();
    lines.add(line);
  }
  return lines.store(run);
}

std::uint64_t inode_of(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 ? status.st_ino : 0;
}

/// One namespace: its owner, and the namespaces above it as the kernel tells them.
Json describe_namespace(const HostView& host, const std::string& path) {
  Json line = Json::object();
  const UniqueFd space = host.open(path, O_RDONLY);
  if (!space) {
    put_failure(line, {"open", errno});
    return line;
  }
  const UniqueFd user(::ioctl(space.get(), NS_GET_USERNS));
  if (user) {
    line["user_namespace"] = std::to_string(inode_of(user.get()));
    uid_t owner = 0;
    if (::ioctl(user.get(), NS_GET_OWNER_UID, &owner) == 0) line["owner_uid"] = owner;
  }
  const UniqueFd parent(::ioctl(space.get(), NS_GET_PARENT));
  if (parent) line["parent"] = std::to_string(inode_of(parent.get()));
  return line;
}

Status read_namespaces(ReadingRun& run) {
  std::map<std::pair<std::string, std::uint64_t>, std::vector<pid_t>> spaces;
  for (const ProcessFacts& process : run.host().processes().all()) {
    for (const auto& [type, inode] : process.namespaces)
      spaces[{type, inode}].push_back(process.pid);
  }
  JsonLines lines(run.request().size_bytes_max);
  for (const auto& [space, pids] : spaces) {
    Json line = describe_namespace(run.host(),
                                   "/proc/" + std::to_string(pids.front()) + "/ns/" + space.first);
    line["type"] = space.first;
    line["inode"] = std::to_string(space.second);
    line["processes"] = pids.size();
    line["pids"] = std::vector<pid_t>(
        pids.begin(),
        pids.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(pids.size(), 1000)));
    lines.add(line);
  }
  return lines.store(run);
}

Status read_namespace_mounts(ReadingRun& run) {
  const HostText text = run.host().read_text("/proc/self/mountinfo");
  if (!text.ok()) return run.lose("", text.failure);
  JsonLines lines(run.request().size_bytes_max);
  for (const std::string_view mount : split_text(text.bytes, '\n')) {
    const auto fields = split_text(mount, ' ');
    if (mount.find(" - nsfs ") == mount.npos || fields.size() < 5) continue;
    Json line = Json::object();
    put_bytes(line, "namespace", fields[3]);
    put_bytes(line, "mount_point", fields[4]);
    lines.add(line);
  }
  return lines.store(run);
}

/// Variables of process environments whose names begin with one of a list, values as they are.
template <std::size_t size>
Status list_variables(ReadingRun& run, const std::array<std::string_view, size>& names) {
  JsonLines lines(run.request().size_bytes_max);
  for (const ProcessFacts& process : run.host().processes().all()) {
    const HostText text = run.host().read_text(proc_path(process, "environ"));
    for (const std::string_view variable : split_text(text.bytes, '\0')) {
      const std::string_view name = variable.substr(0, variable.find('='));
      if (std::ranges::find(names, name) == names.end()) continue;
      Json line = process_line(process);
      put_bytes(line, "variable", variable);
      lines.add(line);
    }
    if (!text.ok() && !process.kernel_thread()) {
      Json line = {{"pid", process.pid}};
      put_failure(line, text.failure);
      lines.add(line);
    }
  }
  return lines.store(run);
}

Status read_linker_variables(ReadingRun& run) {
  static constexpr std::array<std::string_view, 7> kNames = {
      "LD_PRELOAD", "LD_AUDIT", "LD_LIBRARY_PATH", "GCONV_PATH",
      "LD_DEBUG",   "NIS_PATH", "LD_PROFILE"};
  return list_variables(run, kNames);
}

Status read_shell_variables(ReadingRun& run) {
  static constexpr std::array<std::string_view, 5> kNames = {"BASH_ENV", "ENV", "PROMPT_COMMAND",
                                                             "PS4", "SHELLOPTS"};
  return list_variables(run, kNames);
}

constexpr auto kRows = std::to_array<ReadingRow>({
    {.name = "process.exe-mismatch", .host = read_exe_mismatch},
    {.name = "process.foreign-libraries", .host = read_foreign_libraries},
    {.name = "process.outdated-libraries", .host = read_outdated_libraries},
    {.name = "process.library-digests", .host = read_library_digests},
    {.name = "process.io-uring-workers", .host = read_io_uring_workers},
    {.name = "process.cpu-sample", .host = read_cpu_sample},
    {.name = "namespace.walk", .host = read_namespaces},
    {.name = "namespace.bind-mounts", .host = read_namespace_mounts},
    {.name = "linker.audit-variables", .host = read_linker_variables},
    {.name = "process.bash-env", .host = read_shell_variables},
});

}  // namespace

std::span<const ReadingRow> process_map_rows() { return kRows; }

}  // namespace casebook
