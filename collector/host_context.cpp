#include "collector/host_context.h"

#include <fcntl.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/c_handle.h"
#include "core/clock.h"
#include "core/digest.h"
#include "core/durable_file.h"
#include "core/printable.h"

namespace casebook {
namespace {

constexpr std::uint64_t kSmallFileBytesMax = std::uint64_t{1} << 20U;
constexpr std::uint64_t kProgramBytesMax = std::uint64_t{1} << 30U;

std::string clock_text(clockid_t id) {
  timespec now{};
  if (::clock_gettime(id, &now) != 0) return {};
  return format_nanoseconds(std::chrono::seconds(now.tv_sec) +
                            std::chrono::nanoseconds(now.tv_nsec));
}

/// The text of a small file without its last line feed, or nothing. /proc and /sys files are not
/// of a known size, so read_file's check for a regular file is all that is needed.
std::optional<std::string> small_text(const std::filesystem::path& path) {
  const auto bytes = read_file(path, kSmallFileBytesMax);
  if (!bytes) return std::nullopt;
  std::string text(as_text(*bytes));
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

void add_text(Json& object, const char* key, const std::optional<std::string>& text) {
  if (text && !text->empty()) object[key] = printable(*text);
}

/// "SHA256:<base64 without padding>" of the key in a one-line public key file, as ssh-keygen -l
/// shows.
std::optional<std::string> fingerprint_of(const std::filesystem::path& public_key_file) {
  const auto line = small_text(public_key_file);
  if (!line) return std::nullopt;
  const auto first = line->find(' ');
  if (first == std::string::npos) return std::nullopt;
  const auto second = line->find(' ', first + 1);
  const auto blob = from_base64(std::string_view(*line).substr(
      first + 1, second == std::string::npos ? second : second - first - 1));
  if (!blob) return std::nullopt;
  const auto digest = sha256(*blob);
  if (!digest) return std::nullopt;
  return line->substr(0, first) + " SHA256:" + to_base64(*digest, Base64Padding::without);
}

Json host_key_fingerprints(const std::filesystem::path& root) {
  Json keys = Json::array();
  for (const char* kind : {"ecdsa", "ed25519", "rsa"}) {
    const auto found =
        fingerprint_of(root / "etc/ssh" / ("ssh_host_" + std::string(kind) + "_key.pub"));
    if (found) keys.push_back(printable(*found));
  }
  return keys;
}

/// The value of "<name>:\t<value>" in /proc/self/status.
std::string status_field(std::string_view status, std::string_view name) {
  const auto at = status.find("\n" + std::string(name) + ":");
  if (at == std::string_view::npos) return {};
  const auto begin = status.find_first_not_of(" \t", at + name.size() + 2);
  return printable(status.substr(begin, status.find('\n', begin) - begin));
}

Json namespaces() {
  Json result = Json::object();
  for (const char* kind : {"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"}) {
    std::array<char, 128> target{};
    const std::string path = "/proc/self/ns/" + std::string(kind);
    const ssize_t size = ::readlink(path.c_str(), target.data(), target.size());
    if (size > 0) result[kind] = std::string(target.data(), static_cast<std::size_t>(size));
  }
  return result;
}

/// Names only: values may hold secrets.
Json suspicious_environment() {
  Json names = Json::array();
  const auto bytes = read_file("/proc/self/environ", kSmallFileBytesMax);
  if (!bytes) return names;
  std::string_view left = as_text(*bytes);
  while (!left.empty()) {
    const std::string_view variable = left.substr(0, left.find('\0'));
    const std::string_view name = variable.substr(0, variable.find('='));
    for (const std::string_view prefix : {"LD_", "OPENSSL_", "SSL_", "GLIBC_", "MALLOC_"}) {
      if (name.starts_with(prefix)) names.push_back(printable(name));
    }
    left.remove_prefix(std::min(left.size(), variable.size() + 1));
  }
  return names;
}

Json own_arguments() {
  Json arguments = Json::array();
  const auto bytes = read_file("/proc/self/cmdline", kSmallFileBytesMax);
  if (!bytes) return arguments;
  std::string_view left = as_text(*bytes);
  while (!left.empty()) {
    const std::string_view argument = left.substr(0, left.find('\0'));
    arguments.push_back(printable(argument));
    left.remove_prefix(std::min(left.size(), argument.size() + 1));
  }
  return arguments;
}

}  // namespace

Json read_clocks() {
  Json clocks = {{"realtime", clock_text(CLOCK_REALTIME)},
                 {"monotonic", clock_text(CLOCK_MONOTONIC)},
                 {"boottime", clock_text(CLOCK_BOOTTIME)},
                 {"tai", clock_text(CLOCK_TAI)}};
  timex discipline{};
  const int state = ::adjtimex(&discipline);
  if (state >= 0) {
    clocks["synchronised"] = state != TIME_ERROR && (discipline.status & STA_UNSYNC) == 0;
    clocks["estimated_error_us"] = std::int64_t{discipline.esterror};
  }
  add_text(clocks, "hardware_date", small_text("/sys/class/rtc/rtc0/date"));
  add_text(clocks, "hardware_time", small_text("/sys/class/rtc/rtc0/time"));
  return clocks;
}

Json read_host_identity(const std::filesystem::path& root) {
  Json host = Json::object();
  const bool live = root == "/";
  add_text(host, "machine_id", small_text(root / "etc/machine-id"));
  host["ssh_host_keys"] = host_key_fingerprints(root);
  if (!live) {
    add_text(host, "name", small_text(root / "etc/hostname"));
    return host;
  }
  utsname names{};
  if (::uname(&names) == 0) {
    host["name"] = printable(names.nodename);
    host["kernel"] = printable(names.release);
    host["kernel_version"] = printable(names.version);
    host["machine"] = printable(names.machine);
  }
  add_text(host, "boot_id", small_text("/proc/sys/kernel/random/boot_id"));
  add_text(host, "dmi_uuid", small_text("/sys/class/dmi/id/product_uuid"));
  add_text(host, "dmi_product", small_text("/sys/class/dmi/id/product_name"));
  return host;
}

Json read_own_process() {
  Json process = {
      {"pid", std::int64_t{::getpid()}},   {"uid", std::int64_t{::getuid()}},
      {"euid", std::int64_t{::geteuid()}}, {"gid", std::int64_t{::getgid()}},
      {"arguments", own_arguments()},      {"environment_names", suspicious_environment()},
      {"namespaces", namespaces()}};
  const std::string status = small_text("/proc/self/status").value_or("");
  for (const char* field : {"CapEff", "NoNewPrivs", "Seccomp", "TracerPid"}) {
    const std::string value = status_field(status, field);
    if (!value.empty()) process[field] = value;
  }
  add_text(process, "security_label", small_text("/proc/self/attr/current"));
  const UniqueFd program(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  if (program) {
    FdSource source(program.get());
    const auto digest = hash_stream(source, kProgramBytesMax);
    if (digest) process["program_sha256"] = to_hex(*digest);
  }
  return process;
}

}  // namespace casebook
