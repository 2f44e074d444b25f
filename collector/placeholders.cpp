#include "collector/placeholders.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "collector/bpf_objects.h"
#include "collector/proc_text.h"

namespace casebook {
namespace {

constexpr std::size_t kValuesMax = 1024;
constexpr std::size_t kValueBytesMax = 255;

/// Where names of one kind are found: the wildcard part of each match, less its suffix.
struct NameSource {
  std::string_view placeholder;
  std::string_view pattern;
  std::string_view suffix = {};
};

constexpr auto kNameSources = std::to_array<NameSource>({
    {"interface", "/sys/class/net/*"},
    {"session", "/run/systemd/sessions/*"},
    {"docker-container", "/var/lib/docker/containers/*"},
    {"docker-image", "/var/lib/docker/image/*/imagedb/content/sha256/*"},
    {"docker-volume", "/var/lib/docker/volumes/*"},
    {"podman-container", "/var/lib/containers/storage/overlay-containers/*"},
    {"podman-network", "/etc/containers/networks/*.json", ".json"},
    {"podman-volume", "/var/lib/containers/storage/volumes/*"},
    {"lxd-container", "/var/lib/lxd/containers/*"},
    {"lxd-container", "/var/snap/lxd/common/lxd/containers/*"},
    {"lxc-container", "/var/lib/lxc/*"},
    {"libvirt-domain", "/etc/libvirt/qemu/*.xml", ".xml"},
    {"libvirt-domain", "/run/libvirt/qemu/*.xml", ".xml"},
    {"libvirt-network", "/etc/libvirt/qemu/networks/*.xml", ".xml"},
    {"qm-guest", "/etc/pve/qemu-server/*.conf", ".conf"},
    {"pct-container", "/etc/pve/lxc/*.conf", ".conf"},
});

constexpr std::array<std::string_view, 9> kFoundByCode = {
    "user", "pid", "module", "file", "disk", "md-device", "btrfs-mount", "luks-device", "coredump"};
constexpr std::array<std::string_view, 2> kMoreFoundByCode = {"tmux-socket", "bpf-program"};

constexpr std::array<std::string_view, 7> kPaths = {
    "partition", "file", "disk", "md-device", "btrfs-mount", "luks-device", "tmux-socket"};

template <typename List>
bool holds(const List& list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}

bool allowed(std::string_view placeholder, std::string_view value) {
  if (value.empty() || value.front() == '-' || value.find('\0') != value.npos) return false;
  if (!holds(kPaths, placeholder))
    return value.size() <= kValueBytesMax && value.find('/') == value.npos;
  const std::string closed = std::string(value) + "/";
  return value.front() == '/' && closed.find("/../") == closed.npos;
}

std::vector<std::string> users(const HostView& host) {
  std::vector<std::string> out;
  const HostText text = host.read_text("/etc/passwd");
  for (const std::string_view line : split_text(text.bytes, '\n')) {
    const std::size_t colon = line.find(':');
    if (colon != line.npos) out.emplace_back(line.substr(0, colon));
  }
  return out;
}

std::vector<std::string> modules(const HostView& host) {
  std::vector<std::string> out;
  const HostText text = host.read_text("/proc/modules");
  for (const std::string_view line : split_text(text.bytes, '\n'))
    out.emplace_back(line.substr(0, line.find(' ')));
  return out;
}

bool is_memory_disk(std::string_view name) {
  return name.starts_with("loop") || name.starts_with("ram") || name.starts_with("zram");
}

/// Whole devices and partitions of the kernel's list, "/dev/NAME".
std::vector<std::string> block_devices(const HostView& host, bool partitions) {
  std::vector<std::string> out;
  for (const std::string& name : host.names("/sys/block").names) {
    if (is_memory_disk(name)) continue;
    out.push_back("/dev/" + name);
    if (!partitions) continue;
    for (const HostMatch& match : host.expand("/sys/block/" + name + "/*/partition").matches)
      out.push_back("/dev/" + match.instance);
  }
  return out;
}

std::vector<std::string> partitions(const HostView& host) {
  const std::vector<std::string> disks = block_devices(host, /*partitions=*/false);
  std::vector<std::string> out = block_devices(host, /*partitions=*/true);
  std::erase_if(out, [&](const std::string& device) { return holds(disks, device); });
  return out;
}

/// The first bytes of a LUKS header are public; nothing behind them is read here.
bool has_luks_header(const HostView& host, const std::string& device) {
  const UniqueFd fd = host.open(device, O_RDONLY | O_NONBLOCK);
  return fd && read_head(fd.get(), 6).bytes == std::string_view("LUKS\xBA\xBE", 6);
}

std::vector<std::string> luks_devices(const HostView& host) {
  std::vector<std::string> out;
  for (const std::string& device : block_devices(host, /*partitions=*/true)) {
    if (has_luks_header(host, device)) out.push_back(device);
  }
  return out;
}

std::vector<std::string> raid_devices(const HostView& host) {
  std::vector<std::string> out;
  for (const HostMatch& match : host.expand("/sys/block/md*").matches)
    out.push_back("/dev/" + match.instance);
  return out;
}

std::vector<std::string> btrfs_mounts(const HostView& host) {
  std::vector<std::string> out;
  const HostText text = host.read_text("/proc/self/mountinfo");
  for (const std::string_view line : split_text(text.bytes, '\n')) {
    const std::size_t separator = line.find(" - btrfs ");
    const auto fields = split_text(line.substr(0, separator), ' ');
    if (separator != line.npos && fields.size() > 4) out.push_back(unescape_octal(fields[4]));
  }
  return out;
}

/// "core.COMM.UID.BOOT.PID.TIME[.suffix]": coredumpctl takes the number of the process.
std::vector<std::string> coredumps(const HostView& host) {
  std::vector<std::string> out;
  for (const std::string& name : host.names("/var/lib/systemd/coredump").names) {
    auto fields = split_text(name, '.');
    if (!fields.empty() && !parse_unsigned(fields.back())) fields.pop_back();
    if (fields.size() >= 6 && fields[0] == "core" && parse_unsigned(fields[fields.size() - 2]))
      out.emplace_back(fields[fields.size() - 2]);
  }
  return out;
}

std::vector<std::string> paths_of(const HostMatches& found) {
  std::vector<std::string> out;
  for (const HostMatch& match : found.matches) out.push_back(match.path);
  return out;
}

std::vector<std::string> bpf_programs() {
  std::vector<std::string> out;
  for (const std::uint32_t id : bpf_program_ids()) out.push_back(std::to_string(id));
  return out;
}

}  // namespace

std::optional<std::string_view> placeholder_in(std::string_view text) {
  const std::size_t begin = text.find('%');
  const std::size_t end = begin == text.npos ? begin : text.find('%', begin + 1);
  if (end == text.npos || end == begin + 1) return std::nullopt;
  return text.substr(begin + 1, end - begin - 1);
}

bool supports_placeholder(std::string_view name) {
  return holds(kFoundByCode, name) || holds(kMoreFoundByCode, name) ||
         std::ranges::any_of(kNameSources,
                             [&](const NameSource& source) { return source.placeholder == name; });
}

const std::vector<std::string>& PlaceholderValues::of(std::string_view name) {
  if (const auto known = known_.find(name); known != known_.end()) return known->second;
  std::vector<std::string> values = find(name);
  std::erase_if(values, [&](const std::string& value) { return !allowed(name, value); });
  std::ranges::sort(values);
  const auto repeated = std::ranges::unique(values);
  values.erase(repeated.begin(), repeated.end());
  if (values.size() > kValuesMax) values.resize(kValuesMax);
  return known_.emplace(std::string(name), std::move(values)).first->second;
}

std::vector<std::string> PlaceholderValues::find(std::string_view name) {
  if (name == "user") return users(host_);
  if (name == "module") return modules(host_);
  if (name == "file") return files_;
  if (name == "disk") return block_devices(host_, /*partitions=*/false);
  if (name == "partition") return partitions(host_);
  if (name == "md-device") return raid_devices(host_);
  if (name == "luks-device") return luks_devices(host_);
  if (name == "btrfs-mount") return btrfs_mounts(host_);
  if (name == "coredump") return coredumps(host_);
  if (name == "bpf-program") return bpf_programs();
  if (name == "tmux-socket") return paths_of(host_.expand("/tmp/tmux-*/*"));
  std::vector<std::string> out;
  if (name == "pid") {
    for (const pid_t pid : host_.pids()) out.push_back(std::to_string(pid));
  }
  for (const NameSource& source : kNameSources) {
    if (source.placeholder != name) continue;
    for (const HostMatch& match : host_.expand(source.pattern).matches) {
      std::string value = match.instance.substr(match.instance.rfind('/') + 1);
      if (value.ends_with(source.suffix)) value.resize(value.size() - source.suffix.size());
      out.push_back(std::move(value));
    }
  }
  return out;
}

}  // namespace casebook
