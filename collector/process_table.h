#pragma once
/// Every process as it was at one moment of the run: the facts that many readings select from.
/// Source: proc(5). Made once, by HostView::processes.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "collector/proc_text.h"

namespace casebook {

struct Descriptor {
  int fd = -1;
  std::string target;  ///< "socket:[123]", "anon_inode:[perf_event]", "/tmp/x (deleted)".
};

struct CapabilitySets {
  std::uint64_t inheritable = 0;
  std::uint64_t permitted = 0;
  std::uint64_t effective = 0;
  std::uint64_t bounding = 0;
  std::uint64_t ambient = 0;
};

struct ProcessFacts {
  pid_t pid = 0;
  bool unlisted = false;  ///< It answers to its number, but /proc does not list it.
  ProcessStat stat;
  std::string exe;       ///< Link text; empty for a kernel thread or where refused.
  std::string exe_file;  ///< "major:minor:inode" of the running file; empty when unknown.
  std::uint32_t exe_links = 1;
  std::vector<std::string> argv;
  std::vector<std::uint32_t> uids;  ///< Real, effective, saved, file system.
  std::vector<std::uint32_t> gids;
  CapabilitySets capabilities;
  pid_t tracer = 0;
  std::vector<pid_t> namespace_pids;  ///< From the outermost namespace to its own.
  int seccomp_mode = 0;
  bool has_memory = false;  ///< User memory: false for kernel threads and zombies.
  std::string login_uid;    ///< Text; "4294967295" means none.
  std::string cgroup;       ///< Path of the unified hierarchy, or of the first.
  std::map<std::string, std::uint64_t> namespaces;  ///< Type -> inode.
  std::vector<Descriptor> descriptors;
  CallFailure descriptors_failure;

  [[nodiscard]] bool kernel_thread() const;
  [[nodiscard]] std::string_view exe_name() const;  ///< Last part of exe, without " (deleted)".
  [[nodiscard]] bool exe_deleted() const;
};

/// Last part of a path.
std::string_view base_name(std::string_view path);
/// Names of the capabilities in a set.
std::vector<std::string> capability_names(std::uint64_t set);

class ProcessTable {
 public:
  static ProcessTable read(HostView& host);
  [[nodiscard]] const std::vector<ProcessFacts>& all() const { return all_; }
  [[nodiscard]] const ProcessFacts* find(pid_t pid) const;
  /// Who holds a socket: its inode -> process and descriptor.
  struct Owner {
    pid_t pid = 0;
    int fd = -1;
  };
  [[nodiscard]] const std::multimap<std::uint64_t, Owner>& socket_owners() const { return owners_; }

 private:
  std::vector<ProcessFacts> all_;  // In order of pid.
  std::multimap<std::uint64_t, Owner> owners_;
};

/// The facts that name a process in a line: pid, ppid, comm, exe, argv, uid.
Json process_line(const ProcessFacts& process);

}  // namespace casebook
