#include "collector/process_table.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>

namespace casebook {
namespace {

constexpr std::size_t kDescriptorsMax = 65'536;          // Of one process.
constexpr std::size_t kAllDescriptorsMax = 500'000;      // Of all, so that memory stays bounded.
constexpr std::uint64_t kFlagKernelThread = 0x00200000;  // PF_KTHREAD
constexpr std::string_view kDeleted = " (deleted)";

constexpr std::array<const char*, 41> kCapabilityNames = {"CAP_CHOWN",
                                                          "CAP_DAC_OVERRIDE",
                                                          "CAP_DAC_READ_SEARCH",
                                                          "CAP_FOWNER",
                                                          "CAP_FSETID",
                                                          "CAP_KILL",
                                                          "CAP_SETGID",
                                                          "CAP_SETUID",
                                                          "CAP_SETPCAP",
                                                          "CAP_LINUX_IMMUTABLE",
                                                          "CAP_NET_BIND_SERVICE",
                                                          "CAP_NET_BROADCAST",
                                                          "CAP_NET_ADMIN",
                                                          "CAP_NET_RAW",
                                                          "CAP_IPC_LOCK",
                                                          "CAP_IPC_OWNER",
                                                          "CAP_SYS_MODULE",
                                                          "CAP_SYS_RAWIO",
                                                          "CAP_SYS_CHROOT",
                                                          "CAP_SYS_PTRACE",
                                                          "CAP_SYS_PACCT",
                                                          "CAP_SYS_ADMIN",
                                                          "CAP_SYS_BOOT",
                                                          "CAP_SYS_NICE",
                                                          "CAP_SYS_RESOURCE",
                                                          "CAP_SYS_TIME",
                                                          "CAP_SYS_TTY_CONFIG",
                                                          "CAP_MKNOD",
                                                          "CAP_LEASE",
                                                          "CAP_AUDIT_WRITE",
                                                          "CAP_AUDIT_CONTROL",
                                                          "CAP_SETFCAP",
                                                          "CAP_MAC_OVERRIDE",
                                                          "CAP_MAC_ADMIN",
                                                          "CAP_SYSLOG",
                                                          "CAP_WAKE_ALARM",
                                                          "CAP_BLOCK_SUSPEND",
                                                          "CAP_AUDIT_READ",
                                                          "CAP_PERFMON",
                                                          "CAP_BPF",
                                                          "CAP_CHECKPOINT_RESTORE"};

std::string read_small(int folder, const char* name, std::size_t size_bytes_max = 65'536) {
  const UniqueFd fd = open_for_reading(folder, name);
  return fd ? read_fd(fd.get(), size_bytes_max).bytes : std::string();
}

template <typename Number>
std::vector<Number> numbers_of(std::optional<std::string_view> field) {
  std::vector<Number> out;
  if (!field) return out;
  for (const std::string_view text : split_text(*field, '\t')) {
    if (const auto number = parse_unsigned(text)) out.push_back(static_cast<Number>(*number));
  }
  return out;
}

std::uint64_t set_of(std::string_view status, std::string_view name) {
  const auto field = status_field(status, name);
  return field ? parse_unsigned(*field, 16).value_or(0) : 0;
}

void fill_from_status(ProcessFacts& facts, std::string_view status) {
  facts.uids = numbers_of<std::uint32_t>(status_field(status, "Uid"));
  facts.gids = numbers_of<std::uint32_t>(status_field(status, "Gid"));
  facts.namespace_pids = numbers_of<pid_t>(status_field(status, "NSpid"));
  facts.capabilities = {set_of(status, "CapInh"), set_of(status, "CapPrm"),
                        set_of(status, "CapEff"), set_of(status, "CapBnd"),
                        set_of(status, "CapAmb")};
  facts.tracer = static_cast<pid_t>(
      parse_unsigned(status_field(status, "TracerPid").value_or("0")).value_or(0));
  facts.seccomp_mode =
      static_cast<int>(parse_unsigned(status_field(status, "Seccomp").value_or("0")).value_or(0));
  facts.has_memory = status_field(status, "VmSize").has_value();
}

void fill_executable(ProcessFacts& facts, int folder) {
  if (auto link = read_link_at(folder, "exe")) facts.exe = *std::move(link);
  struct statx status {};
  if (::statx(folder, "exe", AT_STATX_DONT_SYNC, STATX_BASIC_STATS, &status) != 0) return;
  facts.exe_file = std::to_string(status.stx_dev_major) + ":" +
                   std::to_string(status.stx_dev_minor) + ":" + std::to_string(status.stx_ino);
  facts.exe_links = status.stx_nlink;
}

std::string cgroup_of(std::string_view text) {
  std::string_view chosen;
  for (const std::string_view line : split_text(text, '\n')) {
    if (chosen.empty() || line.starts_with("0::")) chosen = line;
  }
  const std::size_t colon = chosen.rfind(':');
  return std::string(colon == chosen.npos ? chosen : chosen.substr(colon + 1));
}

void fill_namespaces(ProcessFacts& facts, int folder) {
  for (const char* type : {"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"}) {
    const auto link = read_link_at(folder, (std::string("ns/") + type).c_str());
    if (!link) continue;
    const std::size_t begin = link->find('[');
    const std::size_t end = link->find(']');
    if (begin == link->npos || end == link->npos || end < begin) continue;
    const auto inode = parse_unsigned(std::string_view(*link).substr(begin + 1, end - begin - 1));
    if (inode) facts.namespaces.emplace(type, *inode);
  }
}

void fill_descriptors(ProcessFacts& facts, const HostView& host, const std::string& folder_path,
                      std::size_t room) {
  const HostNames found = host.names(folder_path + "/fd");
  facts.descriptors_failure = found.failure;
  const UniqueFd folder = host.open(folder_path + "/fd", O_PATH | O_DIRECTORY);
  if (!folder) return;
  for (const std::string& name : found.names) {
    if (facts.descriptors.size() >= std::min(room, kDescriptorsMax)) {
      facts.descriptors_failure = {"limit", EOVERFLOW};
      return;
    }
    const auto number = parse_unsigned(name);
    auto target = read_link_at(folder.get(), name.c_str());
    if (number && target)
      facts.descriptors.push_back({static_cast<int>(*number), *std::move(target)});
  }
}

std::optional<ProcessFacts> read_process(HostView& host, pid_t pid, std::size_t room) {
  const UniqueFd folder = host.open("/proc/" + std::to_string(pid), O_PATH | O_DIRECTORY);
  if (!folder) return std::nullopt;
  ProcessFacts facts;
  facts.pid = pid;
  facts.stat = read_process_stat(folder.get());
  if (facts.stat.state == 0 && facts.stat.failure.errno_value == ESRCH) return std::nullopt;
  fill_from_status(facts, read_small(folder.get(), "status"));
  fill_executable(facts, folder.get());
  const std::string command_line = read_small(folder.get(), "cmdline");
  for (const std::string_view argument : split_text(command_line, '\0'))
    facts.argv.emplace_back(argument);
  facts.login_uid = read_small(folder.get(), "loginuid");
  facts.cgroup = cgroup_of(read_small(folder.get(), "cgroup"));
  fill_namespaces(facts, folder.get());
  fill_descriptors(facts, host, "/proc/self/fd/" + std::to_string(folder.get()), room);
  return facts;
}

std::optional<std::uint64_t> socket_inode(std::string_view target) {
  constexpr std::string_view kPrefix = "socket:[";
  if (!target.starts_with(kPrefix) || !target.ends_with(']')) return std::nullopt;
  return parse_unsigned(target.substr(kPrefix.size(), target.size() - kPrefix.size() - 1));
}

}  // namespace

bool ProcessFacts::kernel_thread() const { return (stat.flags & kFlagKernelThread) != 0; }

bool ProcessFacts::exe_deleted() const { return exe.ends_with(kDeleted) || exe_links == 0; }

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string_view ProcessFacts::exe_name() const {
  std::string_view path = exe;
  if (path.ends_with(kDeleted)) path.remove_suffix(kDeleted.size());
  return base_name(path);
}

std::vector<std::string> capability_names(std::uint64_t set) {
  std::vector<std::string> names;
  for (unsigned bit = 0; bit < 64; ++bit) {
    if (((set >> bit) & 1U) == 0) continue;
    names.push_back(bit < kCapabilityNames.size() ? kCapabilityNames[bit]
                                                  : "CAP_" + std::to_string(bit));
  }
  return names;
}

ProcessTable ProcessTable::read(HostView& host) {
  ProcessTable table;
  std::size_t room = kAllDescriptorsMax;
  for (const pid_t pid : host.pids()) {
    auto facts = read_process(host, pid, room);
    if (!facts) continue;
    facts->unlisted = std::ranges::binary_search(host.unlisted_pids(), pid);
    room -= facts->descriptors.size();
    for (const Descriptor& descriptor : facts->descriptors) {
      if (const auto inode = socket_inode(descriptor.target))
        table.owners_.emplace(*inode, Owner{pid, descriptor.fd});
    }
    table.all_.push_back(*std::move(facts));
  }
  return table;
}

const ProcessFacts* ProcessTable::find(pid_t pid) const {
  const auto found = std::ranges::lower_bound(all_, pid, {}, &ProcessFacts::pid);
  return found != all_.end() && found->pid == pid ? &*found : nullptr;
}

Json process_line(const ProcessFacts& process) {
  Json line = {{"pid", process.pid}, {"ppid", process.stat.ppid}};
  put_bytes(line, "comm", process.stat.comm);
  if (!process.exe.empty()) put_bytes(line, "exe", process.exe);
  if (!process.uids.empty()) line["uid"] = process.uids[0];
  if (process.uids.size() > 1) line["euid"] = process.uids[1];
  if (process.unlisted) line["unlisted"] = true;
  put_list(line, "argv", process.argv);
  return line;
}

}  // namespace casebook
