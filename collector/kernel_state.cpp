/// Stage 5 and the accounts: the kernel's log, taint, modules and security state, and short native
/// summaries of homes, search paths and password ages (never a hash).

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
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

/// Records of the kernel's log from its oldest on; the kernel gives one per read.
class LogSource final : public ByteSource {
 public:
  explicit LogSource(int fd) : fd_(fd) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override {
    for (;;) {
      const ssize_t count = ::read(fd_, buffer.data(), buffer.size());
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno == EPIPE || errno == EINTR) continue;  // The ring went on over our place.
      if (errno == EAGAIN) return std::size_t{0};
      return system_error("read", errno);
    }
  }

 private:
  int fd_;
};

Status read_log(ReadingRun& run) {
  const UniqueFd fd = run.host().open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
  if (!fd) return means_absent(errno) ? run.absent() : run.lose("", {"open", errno});
  LogSource source(fd.get());
  return run.store_source(run.line(""), source);
}

constexpr std::array<const char*, 20> kTaints = {"proprietary_module",
                                                 "forced_module",
                                                 "unsafe_cpu",
                                                 "forced_removal",
                                                 "machine_check",
                                                 "bad_page",
                                                 "user_request",
                                                 "died",
                                                 "overridden_acpi",
                                                 "warned",
                                                 "staging_module",
                                                 "firmware_workaround",
                                                 "out_of_tree_module",
                                                 "unsigned_module",
                                                 "soft_lockup",
                                                 "live_patched",
                                                 "auxiliary",
                                                 "randomised_structures",
                                                 "test",
                                                 "fwctl"};

Status read_taint(ReadingRun& run) {
  const HostText text = run.host().read_text("/proc/sys/kernel/tainted", 64);
  if (!text.ok()) return run.lose("", text.failure);
  const auto value = parse_unsigned(std::string_view(text.bytes).substr(0, text.bytes.find('\n')));
  Json flags = Json::array();
  for (unsigned bit = 0; value && bit < kTaints.size(); ++bit) {
    if (((*value >> bit) & 1U) != 0) flags.push_back(kTaints[bit]);
  }
  JsonLines lines(run.request().size_bytes_max);
  Json line = {{"flags", std::move(flags)}};
  put_bytes(line, "value", std::string_view(text.bytes).substr(0, text.bytes.find('\n')));
  lines.add(line);
  return lines.store(run);
}

/// "nf_tables" of ".../nf-tables.ko.xz".
std::string module_name(std::string_view path) {
  std::string name(path.substr(path.rfind('/') + 1));
  name.resize(std::min(name.find(".ko"), name.size()));
  std::ranges::replace(name, '-', '_');
  return name;
}

Status read_module_files(ReadingRun& run) {
  const HostText loaded = run.host().read_text("/proc/modules");
  if (!loaded.ok())
    return means_absent(loaded.failure.errno_value) ? run.absent() : run.lose("", loaded.failure);
  utsname kernel{};
  ::uname(&kernel);
  const std::string folder = std::string("/lib/modules/") + kernel.release;
  const HostText index = run.host().read_text(folder + "/modules.dep", std::size_t{16} << 20U);
  std::map<std::string, std::string> files;
  for (const std::string_view line : split_text(index.bytes, '\n')) {
    const std::string_view path = line.substr(0, line.find(':'));
    files.emplace(module_name(path), folder + "/" + std::string(path));
  }
  JsonLines lines(run.request().size_bytes_max);
  for (const std::string_view module : split_text(loaded.bytes, '\n')) {
    const std::string name(module.substr(0, module.find(' ')));
    Json line = Json::object();
    if (const auto file = files.find(name); file != files.end()) {
      const UniqueFd fd = run.host().open_for_reading(file->second);
      if (fd) line = describe_open_file(fd.get());
      if (fd) line["sha256"] = run.host().digest_of(fd.get());
      if (!fd) put_failure(line, {"open", errno});
      put_bytes(line, "path", file->second);
    } else {
      line["no_file"] = true;
    }
    put_bytes(line, "module", name);
    lines.add(line);
  }
  return lines.store(run);
}

Status read_tracing_scope(ReadingRun& run) {
  const HostText text = run.host().read_text("/proc/sys/kernel/yama/ptrace_scope", 64);
  if (!text.ok())
    return means_absent(text.failure.errno_value) ? run.absent() : run.lose("", text.failure);
  return run.store_text("", text.bytes);
}

Status read_landlock(ReadingRun& run) {
  constexpr long kCreateRuleset = 444;
  constexpr unsigned kVersionFlag = 1;
  const long version = ::syscall(kCreateRuleset, nullptr, 0, kVersionFlag);
  if (version < 0)
    return means_absent(errno) || errno == EOPNOTSUPP ? run.absent()
                                                      : run.lose("", {"landlock", errno});
  JsonLines lines(run.request().size_bytes_max);
  lines.add({{"version", version}});
  return lines.store(run);
}

Status read_policy_digest(ReadingRun& run) {
  const UniqueFd fd = run.host().open("/sys/fs/selinux/policy", O_RDONLY);
  if (!fd) return means_absent(errno) ? run.absent() : run.lose("", {"open", errno});
  JsonLines lines(run.request().size_bytes_max);
  lines.add({{"sha256", file_sha256(fd.get(), std::uint64_t{256} << 20U)}});
  return lines.store(run);
}

Status read_installed_kernels(ReadingRun& run) {
  utsname kernel{};
  ::uname(&kernel);
  JsonLines lines(run.request().size_bytes_max);
  std::set<std::string> releases;
  for (const char* pattern : {"/boot/vmlinuz-*", "/lib/modules/*"}) {
    for (const HostMatch& match : run.host().expand(pattern).matches)
      releases.insert(match.instance.starts_with("vmlinuz-") ? match.instance.substr(8)
                                                             : match.instance);
  }
  const bool live = run.host().live();
  if (live) releases.insert(kernel.release);
  for (const std::string& release : releases) {
    Json line = Json::object();
    put_bytes(line, "release", release);
    if (live) line["running"] = release == kernel.release;
    line["image"] = run.host().exists("/boot/vmlinuz-" + release);
    line["modules"] = run.host().exists("/lib/modules/" + release);
    lines.add(line);
  }
  return lines.store(run);
}

/// One account line of passwd, split; nothing where it is malformed.
std::vector<std::vector<std::string_view>> accounts(const HostText& text) {
  std::vector<std::vector<std::string_view>> out;
  for (const std::string_view line : split_text(text.bytes, '\n')) {
    auto fields = split_text(line, ':');
    if (fields.size() >= 6) out.push_back(std::move(fields));
  }
  return out;
}

Status read_homes(ReadingRun& run) {
  const HostText passwd = run.host().read_text("/etc/passwd");
  if (!passwd.ok()) return run.lose("", passwd.failure);
  JsonLines lines(run.request().size_bytes_max);
  for (const auto& fields : accounts(passwd)) {
    Json line = Json::object();
    const UniqueFd fd = run.host().open(fields[5], O_PATH | O_NOFOLLOW);
    if (fd) {
      line = describe_open_file(fd.get());
    } else {
      put_failure(line, {"open", errno});
    }
    put_bytes(line, "user", fields[0]);
    put_bytes(line, "account_uid", fields[2]);
    put_bytes(line, "home", fields[5]);
    if (fields.size() > 6) put_bytes(line, "shell", fields[6]);
    lines.add(line);
  }
  return lines.store(run);
}

/// How a password field reads, without the hash.
const char* password_state(std::string_view field) {
  if (field.empty()) return "empty";
  if (field == "*" || field == "!" || field == "!!" || field == "!*" || field == "x") return "none";
  return field.starts_with('!') ? "locked" : "set";
}

Status read_password_changes(ReadingRun& run) {
  const HostText shadow = run.host().read_text("/etc/shadow");
  if (!shadow.ok())
    return means_absent(shadow.failure.errno_value) ? run.absent() : run.lose("", shadow.failure);
  JsonLines lines(run.request().size_bytes_max);
  for (const std::string_view text : split_text(shadow.bytes, '\n')) {
    const auto fields = split_text(text, ':');
    if (fields.size() < 3) continue;
    Json line = {{"password", password_state(fields[1])}};
    put_bytes(line, "user", fields[0]);
    if (const auto day = parse_unsigned(fields[2])) {
      line["changed_on"] =
          format_utc(UtcSeconds(std::chrono::hours(24 * std::min<std::uint64_t>(*day, 2'000'000))))
              .substr(0, 10);
    }
    lines.add(line);
  }
  return lines.store(run);
}

constexpr std::array<const char*, 6> kSearchPath = {
    "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"};

Status read_path_folders(ReadingRun& run) {
  JsonLines lines(run.request().size_bytes_max);
  for (const char* folder : kSearchPath) {
    std::string path = folder;
    while (!path.empty()) {
      const UniqueFd fd = run.host().open(path, O_PATH);
      Json line = fd ? describe_open_file(fd.get()) : Json::object();
      if (!fd) put_failure(line, {"open", errno});
      line["path"] = path;
      if (fd) {
        const auto mode = line["mode"].get<unsigned>();
        line["others_may_write"] = (mode & 0002U) != 0 || line["uid"] != 0;
      }
      lines.add(line);
      path.resize(path.rfind('/'));
    }
  }
  return lines.store(run);
}

Status read_shadowed_commands(ReadingRun& run) {
  std::map<std::string, std::vector<std::string>> places;
  std::set<std::string> folders;  // One folder may have two names.
  for (const char* folder : kSearchPath) {
    const UniqueFd fd = run.host().open(folder, O_PATH | O_DIRECTORY);
    struct stat status {};
    if (!fd || ::fstat(fd.get(), &status) != 0) continue;
    if (!folders.insert(std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino)).second)
      continue;
    for (const std::string& name : run.host().names(folder).names) places[name].push_back(folder);
  }
  JsonLines lines(run.request().size_bytes_max);
  for (const auto& [name, found] : places) {
    if (found.size() < 2) continue;
    Json line = {{"folders", found}};
    put_bytes(line, "name", name);
    lines.add(line);
  }
  return lines.store(run);
}

/// Packages by dpkg's own record, without its program.
Status read_packages(ReadingRun& run) {
  const HostText text = run.host().read_text("/var/lib/dpkg/status", std::size_t{64} << 20U);
  if (!text.ok())
    return means_absent(text.failure.errno_value) ? run.absent() : run.lose("", text.failure);
  JsonLines lines(run.request().size_bytes_max);
  Json line = Json::object();
  const auto flush = [&] {
    if (!line.empty()) lines.add(line);
    line = Json::object();
  };
  for (const std::string_view field : split_text(text.bytes, '\n')) {
    if (field.empty()) flush();
    for (const auto& [name, key] : std::initializer_list<std::pair<std::string_view, const char*>>{
             {"Package: ", "package"},
             {"Version: ", "version"},
             {"Status: ", "status"},
             {"Architecture: ", "architecture"},
             {"Source: ", "source"},
             {"Origin: ", "origin"}}) {
      if (field.starts_with(name)) put_bytes(line, key, field.substr(name.size()));
    }
  }
  flush();
  return lines.store(run);
}

/// History files of shells that were linked away, emptied or made immutable.
Status read_history_tampering(ReadingRun& run) {
  const HostText passwd = run.host().read_text("/etc/passwd");
  if (!passwd.ok()) return run.lose("", passwd.failure);
  JsonLines lines(run.request().size_bytes_max);
  for (const auto& fields : accounts(passwd)) {
    for (const char* name : {".bash_history", ".zsh_history", ".ash_history", ".python_history",
                             ".mysql_history", ".psql_history", ".viminfo", ".lesshst"}) {
      const std::string path = std::string(fields[5]) + "/" + name;
      const UniqueFd fd = run.host().open(path, O_PATH | O_NOFOLLOW);
      struct statx status {};
      if (!fd || ::statx(fd.get(), "", AT_EMPTY_PATH, STATX_BASIC_STATS, &status) != 0) continue;
      Json line = describe_open_file(fd.get());
      put_bytes(line, "path", path);
      put_bytes(line, "user", fields[0]);
      if (S_ISLNK(status.stx_mode)) {
        if (const auto target = read_link_at(fd.get(), "")) put_bytes(line, "target", *target);
      }
      line["empty"] = S_ISREG(status.stx_mode) && status.stx_size == 0;
      line["immutable"] = (status.stx_attributes & STATX_ATTR_IMMUTABLE) != 0;
      lines.add(line);
    }
  }
  return lines.store(run);
}

constexpr auto kRows = std::to_array<ReadingRow>({
    {.name = "syslog.kmsg", .host = read_log},
    {.name = "proc.tainted", .host = read_taint},
    {.name = "module.files", .host = read_module_files},
    {.name = "yama.scope", .host = read_tracing_scope},
    {.name = "landlock.version", .host = read_landlock},
    {.name = "selinux.policy-digest", .host = read_policy_digest},
    {.name = "kernel.installed-versus-running", .host = read_installed_kernels},
    {.name = "home.list", .host = read_homes},
    {.name = "shadow.recent-changes", .host = read_password_changes},
    {.name = "path.writable-folders", .host = read_path_folders},
    {.name = "path.shadowed-commands", .host = read_shadowed_commands},
    {.name = "dpkg.packages", .host = read_packages},
    {.name = "shell.history-tampering", .host = read_history_tampering},
});

}  // namespace

std::span<const ReadingRow> state_rows() { return kRows; }

}  // namespace casebook
