/// Readings that select processes, or descriptors of processes, from the table of all.

#include <algorithm>
#include <array>
#include <initializer_list>
#include <nlohmann/json.hpp>

#include "collector/kernel_registry.h"
#include "collector/process_table.h"

namespace casebook {
namespace {

bool one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

/// Adds to the line what makes the process worth listing. @return false to leave it out.
using Select = bool (*)(HostView& host, const ProcessFacts& process, Json& line);

template <Select select>
Status list_processes(ReadingRun& run) {
  JsonLines lines(run.request().size_bytes_max);
  for (const ProcessFacts& process : run.host().processes().all()) {
    Json line = process_line(process);
    if (select(run.host(), process, line)) lines.add(line);
  }
  return lines.store(run);
}

using SelectDescriptor = bool (*)(std::string_view target);

/// Descriptors by their link text, each with what the kernel tells about it in fdinfo.
template <SelectDescriptor select>
Status list_descriptors(ReadingRun& run) {
  JsonLines lines(run.request().size_bytes_max);
  for (const ProcessFacts& process : run.host().processes().all()) {
    for (const Descriptor& descriptor : process.descriptors) {
      if (!select(descriptor.target)) continue;
      Json line = process_line(process);
      line["fd"] = descriptor.fd;
      put_bytes(line, "target", descriptor.target);
      const HostText info = run.host().read_text("/proc/" + std::to_string(process.pid) +
                                                 "/fdinfo/" + std::to_string(descriptor.fd));
      put_bytes(line, "info", info.bytes);
      if (!info.ok()) put_failure(line, info.failure);
      lines.add(line);
    }
  }
  return lines.store(run);
}

bool tree(HostView&, const ProcessFacts& process, Json& line) {
  line["started_at"] = start_time_text(process.stat.start_ticks, boot_time());
  line["state"] = std::string(1, process.stat.state == 0 ? '?' : process.stat.state);
  line["session"] = process.stat.session;
  line["group"] = process.stat.pgrp;
  line["tty"] = process.stat.tty;
  line["threads"] = process.stat.threads;
  line["kernel_thread"] = process.kernel_thread();
  line["descriptors"] = process.descriptors.size();
  if (!process.exe_file.empty()) line["exe_file"] = process.exe_file;
  put_bytes(line, "cgroup", process.cgroup);
  line["namespaces"] = process.namespaces;
  if (process.stat.state == 0) put_failure(line, process.stat.failure);
  return true;
}

bool name_mismatch(HostView&, const ProcessFacts& process, Json& line) {
  if (process.kernel_thread() || process.exe.empty()) return false;
  const std::string_view exe = process.exe_name();
  const std::string_view first = process.argv.empty() ? "" : base_name(process.argv[0]);
  // A name is cut to 15 bytes; login shells carry a dash; titles set by setproctitle hold a colon.
  const bool comm_fits = exe.substr(0, 15) == process.stat.comm;
  const bool first_fits =
      first == exe || (first.starts_with('-') && first.substr(1) == exe) || first.empty();
  line["comm_differs"] = !comm_fits;
  line["argv_differs"] = !first_fits;
  return !comm_fits || !first_fits;
}

bool odd_place(HostView& host, const ProcessFacts& process, Json& line) {
  if (process.exe.empty()) return false;
  static constexpr std::array<std::string_view, 9> kPlaces = {
      "/tmp/", "/var/tmp/", "/dev/", "/run/", "/home/", "/root/", "/proc/", "/sys/", "/memfd:"};
  const ProcessFacts* first = host.processes().find(1);
  const bool elsewhere = first != nullptr && process.namespaces.contains("mnt") &&
                         first->namespaces.contains("mnt") &&
                         process.namespaces.at("mnt") != first->namespaces.at("mnt");
  const bool odd = std::ranges::any_of(
      kPlaces, [&](std::string_view place) { return process.exe.starts_with(place); });
  const bool hidden = process.exe.find("/.") != process.exe.npos;
  line["other_mount_namespace"] = elsewhere;
  line["hidden"] = hidden;
  return odd || hidden || elsewhere || process.exe_deleted();
}

bool from_memfd(HostView&, const ProcessFacts& process, Json&) {
  return process.exe.starts_with("/memfd:");
}

bool from_shared_memory(HostView&, const ProcessFacts& process, Json&) {
  return process.exe.starts_with("/dev/shm/") || process.exe.starts_with("/SYSV");
}

bool capabilities(HostView&, const ProcessFacts& process, Json& line) {
  const CapabilitySets& sets = process.capabilities;
  line["effective"] = capability_names(sets.effective);
  line["permitted"] = capability_names(sets.permitted);
  line["inheritable"] = capability_names(sets.inheritable);
  line["ambient"] = capability_names(sets.ambient);
  line["bounding"] = capability_names(sets.bounding);
  return !process.kernel_thread();
}

constexpr std::string_view kNoLogin = "4294967295";

bool login_mismatch(HostView&, const ProcessFacts& process, Json& line) {
  const auto login = parse_unsigned(process.login_uid);
  if (!login || process.login_uid == kNoLogin || process.uids.size() < 2) return false;
  line["login_uid"] = *login;
  return *login != process.uids[1];
}

bool in_other_pid_namespace(HostView&, const ProcessFacts& process, Json& line) {
  line["namespace_pids"] = process.namespace_pids;
  return process.namespace_pids.size() > 1;
}

bool traced(HostView& host, const ProcessFacts& process, Json& line) {
  if (process.tracer == 0) return false;
  line["tracer"] = process.tracer;
  if (const ProcessFacts* tracer = host.processes().find(process.tracer))
    put_bytes(line, "tracer_exe", tracer->exe);
  return true;
}

bool may_trace(HostView&, const ProcessFacts& process, Json& line) {
  constexpr std::uint64_t kPtrace = std::uint64_t{1} << 19U;
  constexpr std::uint64_t kFull = (std::uint64_t{1} << 41U) - 1;
  line["all_capabilities"] = (process.capabilities.effective & kFull) == kFull;
  return !process.kernel_thread() && (process.capabilities.effective & kPtrace) != 0;
}

bool kernel_threads(HostView&, const ProcessFacts& process, Json&) {
  return process.kernel_thread();
}

bool fake_kernel_threads(HostView&, const ProcessFacts& process, Json& line) {
  if (process.kernel_thread() || !process.has_memory) return false;
  static constexpr std::array<std::string_view, 8> kNames = {
      "kworker", "ksoftirqd", "kthreadd", "migration/", "rcu_", "kswapd", "kdevtmpfs", "irq/"};
  const std::string_view first = process.argv.empty() ? "" : std::string_view(process.argv[0]);
  const bool bracketed = first.starts_with('[') || process.stat.comm.starts_with("[");
  const bool named = std::ranges::any_of(
      kNames, [&](std::string_view name) { return process.stat.comm.starts_with(name); });
  line["bracketed"] = bracketed;
  return bracketed || named;
}

bool interpreter(std::string_view name) {
  return one_of(name, {"sh", "bash", "dash", "ash", "zsh", "ksh", "busybox", "perl", "ruby", "node",
                       "nodejs", "lua", "pwsh", "tclsh", "awk", "gawk", "mawk"}) ||
         name.starts_with("python") || name.starts_with("php") || name.starts_with("perl5") ||
         name.starts_with("ruby");
}

bool shell(std::string_view name) {
  return one_of(name,
                {"sh", "bash", "dash", "ash", "zsh", "ksh", "busybox", "fish", "tcsh", "csh"});
}

bool inline_script(HostView&, const ProcessFacts& process, Json& line) {
  if (!interpreter(process.exe_name())) return false;
  for (std::size_t i = 1; i < process.argv.size(); ++i) {
    if (!one_of(process.argv[i], {"-c", "-e", "-r", "-E", "--eval", "-p", "-Command"})) continue;
    line["flag"] = process.argv[i];
    return true;
  }
  return false;
}

const Descriptor* descriptor(const ProcessFacts& process, int fd) {
  const auto found = std::ranges::find(process.descriptors, fd, &Descriptor::fd);
  return found == process.descriptors.end() ? nullptr : &*found;
}

bool stdin_script(HostView&, const ProcessFacts& process, Json& line) {
  const Descriptor* input = descriptor(process, 0);
  if (!interpreter(process.exe_name()) || input == nullptr) return false;
  put_bytes(line, "stdin", input->target);
  return input->target.starts_with("pipe:") || input->target.starts_with("socket:");
}

bool socket_stdio(HostView&, const ProcessFacts& process, Json& line) {
  if (!interpreter(process.exe_name()) && !shell(process.exe_name())) return false;
  bool found = false;
  for (const int fd : {0, 1, 2}) {
    const Descriptor* one = descriptor(process, fd);
    if (one == nullptr || !one->target.starts_with("socket:")) continue;
    put_bytes(line, "fd" + std::to_string(fd), one->target);
    found = true;
  }
  return found;
}

bool service(std::string_view name) {
  return one_of(name, {"nginx",  "apache2",      "httpd",    "lighttpd", "caddy",    "haproxy",
                       "tomcat", "java",         "php-fpm",  "mysqld",   "mariadbd", "postgres",
                       "mongod", "redis-server", "exim4",    "master",   "smtpd",    "named",
                       "vsftpd", "smbd",         "gunicorn", "uwsgi",    "node"}) ||
         name.starts_with("php-fpm");
}

bool service_child(HostView& host, const ProcessFacts& process, Json& line) {
  const std::string_view name = process.exe_name();
  if (!shell(name) && !one_of(name, {"curl", "wget", "nc", "ncat", "socat", "ftp", "tftp", "base64",
                                     "perl", "python3", "python", "whoami", "id"}))
    return false;
  const ProcessFacts* ancestor = host.processes().find(process.stat.ppid);
  for (int depth = 0; ancestor != nullptr && depth < 16; ++depth) {
    if (service(ancestor->exe_name())) {
      line["service_pid"] = ancestor->pid;
      put_bytes(line, "service_exe", ancestor->exe);
      return true;
    }
    ancestor = host.processes().find(ancestor->stat.ppid);
  }
  return false;
}

bool sshd_session(HostView& host, const ProcessFacts& process, Json& line) {
  if (!process.exe_name().starts_with("sshd")) return false;
  Json children = Json::array();
  for (const ProcessFacts& other : host.processes().all()) {
    if (other.stat.ppid == process.pid) children.push_back(other.pid);
  }
  line["children"] = std::move(children);
  line["tty"] = process.stat.tty;
  line["started_at"] = start_time_text(process.stat.start_ticks, boot_time());
  return true;
}

bool java_process(HostView&, const ProcessFacts& process, Json& line) {
  if (process.exe_name() != "java") return false;
  const auto has = [&](std::string_view text) {
    return std::ranges::any_of(
        process.argv, [&](const std::string& argument) { return argument.starts_with(text); });
  };
  line["agent"] = has("-javaagent:") || has("-agentpath:") || has("-agentlib:");
  line["debug_port"] = has("-agentlib:jdwp") || has("-Xrunjdwp");
  line["management_port"] = has("-Dcom.sun.management.jmxremote");
  return true;
}

bool virtual_machine(HostView&, const ProcessFacts& process, Json& line) {
  const std::string_view name = process.exe_name();
  if (!name.starts_with("qemu-system") && !name.starts_with("qemu-kvm") && name != "kvm" &&
      !one_of(name, {"firecracker", "cloud-hypervisor", "VBoxHeadless", "vmware-vmx", "crosvm"}))
    return false;
  std::vector<std::string> files;
  for (const Descriptor& open : process.descriptors) {
    if (open.target.starts_with('/')) files.push_back(open.target);
  }
  put_list(line, "files", files);
  return true;
}

bool container_shim(HostView&, const ProcessFacts& process, Json&) {
  const std::string_view name = process.exe_name();
  return name.starts_with("containerd-shim") || one_of(name, {"conmon", "runc", "crun", "runsc"});
}

bool container_process(HostView&, const ProcessFacts& process, Json& line) {
  static constexpr std::array<std::string_view, 9> kMarks = {
      "docker", "libpod",        "containerd", "kubepods", "crio",
      "lxc",    "machine.slice", "incus",      "podman"};
  put_bytes(line, "cgroup", process.cgroup);
  line["namespaces"] = process.namespaces;
  return std::ranges::any_of(kMarks, [&](std::string_view mark) {
    return process.cgroup.find(mark) != std::string::npos;
  });
}

bool privileged_container(HostView& host, const ProcessFacts& process, Json& line) {
  Json ignored = Json::object();
  if (!container_process(host, process, ignored)) return false;
  const ProcessFacts* first = host.processes().find(1);
  Json shared = Json::array();
  for (const auto& [type, inode] : process.namespaces) {
    if (first != nullptr && first->namespaces.contains(type) &&
        first->namespaces.at(type) == inode && one_of(type, {"mnt", "net", "pid", "ipc", "uts"}))
      shared.push_back(type);
  }
  constexpr std::uint64_t kAdmin = std::uint64_t{1} << 21U;
  const bool admin = (process.capabilities.effective & kAdmin) != 0;
  line["host_namespaces"] = shared;
  line["sys_admin"] = admin;
  line["seccomp"] = process.seccomp_mode;
  return admin || !shared.empty() || process.seccomp_mode == 0;
}

bool is_io_uring(std::string_view target) { return target == "anon_inode:[io_uring]"; }
bool is_pidfd(std::string_view target) {
  return target == "anon_inode:[pidfd]" || target.starts_with("pidfd:");
}
bool is_inotify(std::string_view target) {
  return target == "anon_inode:inotify" || target == "inotify";
}
bool is_fanotify(std::string_view target) { return target == "anon_inode:[fanotify]"; }
bool is_userfaultfd(std::string_view target) { return target == "anon_inode:[userfaultfd]"; }
bool is_perf_event(std::string_view target) { return target == "anon_inode:[perf_event]"; }
bool is_process_memory(std::string_view target) {
  return target.starts_with("/proc/") && target.ends_with("/mem");
}
bool is_memory_device(std::string_view target) {
  return one_of(target, {"/dev/mem", "/dev/kmem", "/dev/port", "/proc/kcore", "/dev/crash"});
}

constexpr auto kRows = std::to_array<ReadingRow>({
    {.name = "process.tree", .host = list_processes<tree>},
    {.name = "process.name-mismatch", .host = list_processes<name_mismatch>},
    {.name = "process.exe-in-odd-place", .host = list_processes<odd_place>},
    {.name = "process.exe-from-memfd", .host = list_processes<from_memfd>},
    {.name = "process.shm-segments", .host = list_processes<from_shared_memory>},
    {.name = "process.capabilities", .host = list_processes<capabilities>},
    {.name = "process.loginuid-mismatch", .host = list_processes<login_mismatch>},
    {.name = "process.other-pid-namespaces", .host = list_processes<in_other_pid_namespace>},
    {.name = "process.tracers", .host = list_processes<traced>},
    {.name = "process.vm-readers", .host = list_processes<may_trace>},
    {.name = "process.kernel-threads", .host = list_processes<kernel_threads>},
    {.name = "process.fake-kernel-threads", .host = list_processes<fake_kernel_threads>},
    {.name = "process.inline-scripts", .host = list_processes<inline_script>},
    {.name = "process.stdin-scripts", .host = list_processes<stdin_script>},
    {.name = "process.socket-stdio", .host = list_processes<socket_stdio>},
    {.name = "process.service-children", .host = list_processes<service_child>},
    {.name = "process.sshd-tree", .host = list_processes<sshd_session>},
    {.name = "java.processes", .host = list_processes<java_process>},
    {.name = "vm.processes", .host = list_processes<virtual_machine>},
    {.name = "containerd.tasks", .host = list_processes<container_shim>},
    {.name = "container.process-map", .host = list_processes<container_process>},
    {.name = "container.privileged", .host = list_processes<privileged_container>},
    {.name = "process.io-uring-fds", .host = list_descriptors<is_io_uring>},
    {.name = "process.pidfd-links", .host = list_descriptors<is_pidfd>},
    {.name = "process.inotify-watches", .host = list_descriptors<is_inotify>},
    {.name = "process.fanotify-marks", .host = list_descriptors<is_fanotify>},
    {.name = "process.userfaultfd", .host = list_descriptors<is_userfaultfd>},
    {.name = "process.mem-holders", .host = list_descriptors<is_process_memory>},
    {.name = "perf.holders", .host = list_descriptors<is_perf_event>},
    {.name = "memory.device-holders", .host = list_descriptors<is_memory_device>},
});

}  // namespace

std::span<const ReadingRow> process_list_rows() { return kRows; }

}  // namespace casebook
