/// Stage 0: the collector itself, the clocks, and what the run did to the host.

#include <fcntl.h>
#include <sched.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "collector/kernel_registry.h"
#include "collector/proc_text.h"
#include "core/digest.h"
#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace casebook {
namespace {

std::string text_of(const timespec& time) {
  return format_nanoseconds(std::chrono::seconds(time.tv_sec) +
                            std::chrono::nanoseconds(time.tv_nsec));
}

Status read_clocks(ReadingRun& run) {
  timespec realtime{}, monotonic{}, boottime{}, tai{}, again{};
  ::clock_gettime(CLOCK_REALTIME, &realtime);
  ::clock_gettime(CLOCK_MONOTONIC, &monotonic);
  ::clock_gettime(CLOCK_BOOTTIME, &boottime);
  ::clock_gettime(CLOCK_TAI, &tai);
  ::clock_gettime(CLOCK_REALTIME, &again);
  JsonLines lines(run.request().size_bytes_max);
  lines.add({{"realtime", text_of(realtime)},
             {"monotonic", text_of(monotonic)},
             {"boottime", text_of(boottime)},
             {"tai", text_of(tai)},
             {"realtime_again", text_of(again)}});
  return lines.store(run);
}

Status read_adjtimex(ReadingRun& run) {
  timex state{};
  const int status = ::adjtimex(&state);
  if (status < 0) return run.lose("", {"adjtimex", errno});
  JsonLines lines(run.request().size_bytes_max);
  lines.add({{"state", status},
             {"synchronised", (state.status & STA_UNSYNC) == 0},
             {"status", state.status},
             {"offset", std::int64_t{state.offset}},
             {"offset_unit", (state.status & STA_NANO) != 0 ? "ns" : "us"},
             {"frequency_ppm_65536", std::int64_t{state.freq}},
             {"max_error_us", std::int64_t{state.maxerror}},
             {"estimated_error_us", std::int64_t{state.esterror}},
             {"tai_offset_s", state.tai}});
  return lines.store(run);
}

Status read_uname(ReadingRun& run) {
  utsname name{};
  if (::uname(&name) != 0) return run.lose("", {"uname", errno});
  Json line = Json::object();
  put_bytes(line, "sysname", name.sysname);
  put_bytes(line, "nodename", name.nodename);
  put_bytes(line, "release", name.release);
  put_bytes(line, "version", name.version);
  put_bytes(line, "machine", name.machine);
  put_bytes(line, "domainname", name.domainname);
  JsonLines lines(run.request().size_bytes_max);
  lines.add(line);
  return lines.store(run);
}

Status read_hypervisor(ReadingRun& run) {
#if defined(__x86_64__)
  std::array<unsigned, 4> id{};
  Json line = Json::object();
  __cpuid(0, id[0], id[1], id[2], id[3]);
  const std::array<unsigned, 3> vendor = {id[1], id[3], id[2]};
  put_bytes(line, "vendor", as_text(std::as_bytes(std::span(vendor))));
  __cpuid(1, id[0], id[1], id[2], id[3]);
  const bool present = ((id[2] >> 31U) & 1U) != 0;
  line["hypervisor"] = present;
  line["signature"] = id[0];
  if (present) {
    __cpuid(0x40000000U, id[0], id[1], id[2], id[3]);
    line["hypervisor_leaf_max"] = id[0];
    const std::array<unsigned, 3> name = {id[1], id[2], id[3]};
    put_bytes(line, "hypervisor_name", as_text(std::as_bytes(std::span(name))));
  }
  JsonLines lines(run.request().size_bytes_max);
  lines.add(line);
  return lines.store(run);
#else
  return run.absent();
#endif
}

Status read_own_program(ReadingRun& run) {
  const UniqueFd fd(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  if (!fd) return run.lose("", {"open", errno});
  JsonLines lines(run.request().size_bytes_max);
  Json line = describe_open_file(fd.get());
  if (const auto target = read_link_at(AT_FDCWD, "/proc/self/exe"))
    put_bytes(line, "target", *target);
  put_digest(line, fd.get());
  lines.add(line);
  return lines.store(run);
}

Status read_own_environment(ReadingRun& run) {
  const HostText text = run.host().read_text("/proc/self/environ");
  if (!text.ok()) return run.lose("", text.failure);
  return store_environment(run, "", text.bytes);
}

Status read_parents(ReadingRun& run) {
  JsonLines lines(run.request().size_bytes_max);
  pid_t pid = ::getpid();
  for (int depth = 0; pid > 0 && depth < 256; ++depth) {
    const UniqueFd folder = run.host().open("/proc/" + std::to_string(pid), O_PATH | O_DIRECTORY);
    Json line = {{"pid", pid}, {"depth", depth}};
    if (!folder) {
      put_failure(line, {"open", errno});
      lines.add(line);
      break;
    }
    const ProcessStat stat = read_process_stat(folder.get());
    put_bytes(line, "comm", stat.comm);
    line["start_ticks"] = std::to_string(stat.start_ticks);
    if (const auto exe = read_link_at(folder.get(), "exe")) put_bytes(line, "exe", *exe);
    put_command_line(line, folder.get());
    lines.add(line);
    if (stat.ppid == pid) break;
    pid = stat.ppid;
  }
  return lines.store(run);
}

Status read_vdso(ReadingRun& run) {
  const unsigned long base = ::getauxval(AT_SYSINFO_EHDR);
  if (base == 0) return run.absent();
  const HostText maps = run.host().read_text("/proc/self/maps");
  const std::optional<AddressRange> range = find_mapping(maps.bytes, "[vdso]");
  if (!range) return run.lose("", {"read", ENOENT});
  const std::span bytes(reinterpret_cast<const std::byte*>(range->begin),
                        range->end - range->begin);
  auto digest = sha256(bytes);
  if (!digest) return run.lose("", {"sha256", EIO});
  JsonLines lines(run.request().size_bytes_max);
  Json line = {{"sha256", to_hex(*digest)}};
  put_number(line, "size", bytes.size());
  lines.add(line);
  return lines.store(run);
}

Status read_started_programs(ReadingRun& run) {
  JsonLines lines(run.request().size_bytes_max);
  for (const StartedProgram& program : run.host().footprint().programs) {
    Json line = {{"pid", program.pid}, {"duration_ms", program.duration_ms}};
    put_list(line, "argv", program.argv);
    line["started_at"] = format_nanoseconds(std::chrono::nanoseconds(program.started_ns));
    if (program.exit_code >= 0) line["exit"] = program.exit_code;
    if (program.signal != 0) line["signal"] = program.signal;
    put_number(line, "output_bytes", program.output_bytes);
    lines.add(line);
  }
  return lines.store(run);
}

Status read_files_written(ReadingRun& run) {
  JsonLines lines(run.request().size_bytes_max);
  for (const std::string& path : run.host().footprint().files_written) {
    Json line = Json::object();
    put_bytes(line, "path", path);
    lines.add(line);
  }
  return lines.store(run);
}

Status read_sockets(ReadingRun& run) {
  JsonLines lines(run.request().size_bytes_max);
  for (const std::string& text : run.host().footprint().sockets) lines.add({{"socket", text}});
  return lines.store(run);
}

Status read_refusals(ReadingRun& run) {
  JsonLines lines(run.request().size_bytes_max);
  for (const Refusal& refusal : run.host().footprint().refusals) {
    Json line = {{"errno", refusal.errno_name}};
    put_bytes(line, "what", refusal.what);
    lines.add(line);
  }
  return lines.store(run);
}

/// The counters that show how much the run cost the host, and the modules it may have brought in.
Status read_counters(ReadingRun& run) {
  JsonLines lines(run.request().size_bytes_max);
  for (const char* path : {"/proc/stat", "/proc/diskstats", "/proc/meminfo", "/proc/loadavg",
                           "/proc/net/dev", "/proc/modules", "/proc/self/io"}) {
    const HostText text = run.host().read_text(path);
    Json line = {{"path", path}};
    if (!text.ok()) put_failure(line, text.failure);
    put_bytes(line, "text", text.bytes);
    lines.add(line);
  }
  return lines.store(run);
}

Status read_access_probe(ReadingRun& run) {
  JsonLines lines(run.request().size_bytes_max);
  for (const char* path :
       {"/proc/1/environ", "/proc/1/exe", "/proc/kallsyms", "/proc/kcore", "/dev/kmsg",
        "/sys/kernel/security/lockdown", "/sys/kernel/tracing/kprobe_events", "/sys/fs/bpf",
        "/sys/kernel/debug", "/etc/shadow", "/root", "/var/log/btmp", "/proc/keys"}) {
    Json line = {{"path", path}, {"opened", true}};
    if (!run.host().open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)) {
      const int errno_value = errno;
      line["opened"] = false;
      put_failure(line, {"open", errno_value});
      run.host().footprint().refusals.push_back({path, errno_name(errno_value)});
    }
    lines.add(line);
  }
  return lines.store(run);
}

struct LimitName {
  int resource;
  const char* name;
};
constexpr auto kLimits = std::to_array<LimitName>({{RLIMIT_AS, "as"},
                                                   {RLIMIT_CORE, "core"},
                                                   {RLIMIT_CPU, "cpu"},
                                                   {RLIMIT_DATA, "data"},
                                                   {RLIMIT_FSIZE, "fsize"},
                                                   {RLIMIT_LOCKS, "locks"},
                                                   {RLIMIT_MEMLOCK, "memlock"},
                                                   {RLIMIT_MSGQUEUE, "msgqueue"},
                                                   {RLIMIT_NICE, "nice"},
                                                   {RLIMIT_NOFILE, "nofile"},
                                                   {RLIMIT_NPROC, "nproc"},
                                                   {RLIMIT_RSS, "rss"},
                                                   {RLIMIT_RTPRIO, "rtprio"},
                                                   {RLIMIT_RTTIME, "rttime"},
                                                   {RLIMIT_SIGPENDING, "sigpending"},
                                                   {RLIMIT_STACK, "stack"}});

Status read_limits(ReadingRun& run) {
  JsonLines lines(run.request().size_bytes_max);
  const auto text = [](rlim_t value) {
    return value == RLIM_INFINITY ? std::string("unlimited") : std::to_string(value);
  };
  for (const LimitName& limit : kLimits) {
    rlimit value{};
    Json line = {{"limit", limit.name}};
    if (::prlimit(0, static_cast<__rlimit_resource>(limit.resource), nullptr, &value) != 0) {
      put_failure(line, {"prlimit", errno});
    } else {
      line["soft"] = text(value.rlim_cur);
      line["hard"] = text(value.rlim_max);
    }
    lines.add(line);
  }
  return lines.store(run);
}

Status read_umask(ReadingRun& run) {
  const HostText status = run.host().read_text("/proc/self/status");
  const auto value = status_field(status.bytes, "Umask");
  if (!value) return run.absent();
  JsonLines lines(run.request().size_bytes_max);
  lines.add({{"umask", std::string(*value)}});
  return lines.store(run);
}

constexpr auto kRows = std::to_array<ReadingRow>({
    {.name = "clock.realtime", .host = read_clocks},
    {.name = "adjtimex.state", .host = read_adjtimex},
    {.name = "uname.all", .host = read_uname},
    {.name = "cpuid.hypervisor", .host = read_hypervisor},
    {.name = "self.exe-digest", .host = read_own_program},
    {.name = "self.environ", .host = read_own_environment},
    {.name = "self.parents", .host = read_parents},
    {.name = "self.vdso", .host = read_vdso},
    {.name = "self.processes", .host = read_started_programs},
    {.name = "self.files-written", .host = read_files_written},
    {.name = "self.connections", .host = read_sockets},
    {.name = "host.counters-before", .host = read_counters},
    {.name = "host.counters-after", .host = read_counters},
    {.name = "self.refusals", .host = read_refusals},
    {.name = "self.access-probe", .host = read_access_probe},
    {.name = "rlimits.all", .host = read_limits},
    {.name = "self.umask", .host = read_umask},
});

}  // namespace

std::span<const ReadingRow> self_rows() { return kRows; }

}  // namespace casebook
