/// Stage 7: mounts, and what block devices say about themselves in their first and last sectors.
/// Of encrypted volumes only the public header fields are shown, never key slots' material.

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "collector/kernel_registry.h"
#include "collector/placeholders.h"
#include "collector/proc_text.h"

namespace casebook {
namespace {

constexpr std::size_t kSectorBytes = 512;
constexpr std::size_t kTableBytes = 34 * kSectorBytes;
constexpr std::size_t kVolumeStartBytes = 4096;
constexpr std::size_t kLuksHeaderBytes = 16384;

/// Mounts whose statfs would wait for somebody else.
bool is_remote(std::string_view type) {
  static constexpr std::array<std::string_view, 12> kTypes = {
      "nfs",  "nfs4", "cifs",   "smb3",      "smbfs", "9p",
      "ceph", "afs",  "autofs", "glusterfs", "ncpfs", "virtiofs"};
  return type.starts_with("fuse") || std::ranges::find(kTypes, type) != kTypes.end();
}

Status read_file_systems(ReadingRun& run) {
  const HostText text = run.host().read_text("/proc/self/mountinfo");
  if (!text.ok()) return run.lose("", text.failure);
  JsonLines lines(run.request().size_bytes_max);
  for (const std::string_view mount : split_text(text.bytes, '\n')) {
    const std::size_t separator = mount.find(" - ");
    const auto fields = split_text(mount.substr(0, separator), ' ');
    if (separator == mount.npos || fields.size() < 6) continue;
    const auto rest = split_text(mount.substr(separator + 3), ' ');
    const std::string point = unescape_octal(fields[4]);
    Json line = Json::object();
    put_bytes(line, "mount_point", point);
    put_bytes(line, "type", rest.empty() ? "" : rest[0]);
    put_bytes(line, "source", rest.size() < 2 ? "" : unescape_octal(rest[1]));
    put_bytes(line, "options", fields[5]);
    struct statfs status {};
    if (!rest.empty() && is_remote(rest[0])) {
      line["left_alone"] = true;
    } else if (::statfs(point.c_str(), &status) != 0) {
      put_failure(line, {"statfs", errno});
    } else {
      put_number(line, "block_bytes", static_cast<std::uint64_t>(status.f_bsize));
      put_number(line, "blocks", status.f_blocks);
      put_number(line, "blocks_free", status.f_bfree);
      put_number(line, "files", status.f_files);
      put_number(line, "files_free", status.f_ffree);
      line["read_only"] = (static_cast<unsigned long>(status.f_flags) & 1U) != 0;
    }
    lines.add(line);
  }
  return lines.store(run);
}

UniqueFd open_device(HostView& host, const std::string& device) {
  return host.open(device, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
}

std::string name_of(const std::string& device) { return device.substr(device.rfind('/') + 1); }

std::string read_at(int fd, std::uint64_t offset, std::size_t size) {
  std::string bytes(size, '\0');
  const ssize_t count = ::pread(fd, bytes.data(), size, static_cast<off_t>(offset));
  bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return bytes;
}

std::uint64_t device_bytes(int fd) {
  std::uint64_t size = 0;
  return ::ioctl(fd, BLKGETSIZE64, &size) == 0 ? size : 0;
}

struct DevicePart {
  std::size_t size;
  bool from_end;
  bool partitions;  ///< Of partitions instead of whole disks.
};

/// The same part of each device, one entry per device.
Status store_parts(ReadingRun& run, const DevicePart& part) {
  PlaceholderValues values(run.host());
  const auto& devices = values.of(part.partitions ? "partition" : "disk");
  if (devices.empty()) return run.absent();
  for (const std::string& device : devices) {
    const UniqueFd fd = open_device(run.host(), device);
    if (!fd) {
      if (auto lost = run.lose(name_of(device), {"open", errno}); !lost) return lost;
      continue;
    }
    const std::uint64_t end = device_bytes(fd.get());
    const std::uint64_t offset = part.from_end && end > part.size ? end - part.size : 0;
    auto stored = run.store_text(name_of(device), read_at(fd.get(), offset, part.size));
    if (!stored || run.stopped()) return stored;
  }
  return ok();
}

Status read_boot_sectors(ReadingRun& run) {
  return store_parts(run, {.size = kSectorBytes, .from_end = false, .partitions = false});
}
Status read_partition_tables(ReadingRun& run) {
  return store_parts(run, {.size = kTableBytes, .from_end = false, .partitions = false});
}
Status read_backup_tables(ReadingRun& run) {
  return store_parts(run, {.size = kTableBytes, .from_end = true, .partitions = false});
}
Status read_volume_boot_records(ReadingRun& run) {
  return store_parts(run, {.size = kVolumeStartBytes, .from_end = false, .partitions = true});
}

std::uint64_t big_endian(std::string_view bytes, std::size_t offset, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size && offset + i < bytes.size(); ++i)
    value = (value << 8U) | static_cast<unsigned char>(bytes[offset + i]);
  return value;
}

std::string text_at(std::string_view bytes, std::size_t offset, std::size_t size) {
  if (offset >= bytes.size()) return {};
  const std::string_view field = bytes.substr(offset, size);
  return std::string(field.substr(0, field.find('\0')));
}

Json luks_line(std::string_view header) {
  Json line = Json::object();
  const std::uint64_t version = big_endian(header, 6, 2);
  line["version"] = version;
  put_bytes(line, "uuid", text_at(header, 168, 40));
  if (version == 1) {
    put_bytes(line, "cipher", text_at(header, 8, 32) + "-" + text_at(header, 40, 32));
    put_bytes(line, "hash", text_at(header, 72, 32));
    Json slots = Json::array();
    constexpr std::uint64_t kSlotInUse = 0x00AC71F3;
    for (std::size_t slot = 0; slot < 8; ++slot) {
      if (big_endian(header, 208 + slot * 48, 4) == kSlotInUse) slots.push_back(slot);
    }
    line["slots_in_use"] = std::move(slots);
  } else {
    put_bytes(line, "label", text_at(header, 24, 48));
    put_bytes(line, "checksum", text_at(header, 72, 32));
    put_bytes(line, "subsystem", text_at(header, 208, 48));
    put_number(line, "sequence", big_endian(header, 16, 8));
  }
  return line;
}

Status read_luks_headers(ReadingRun& run) {
  PlaceholderValues values(run.host());
  JsonLines lines(run.request().size_bytes_max);
  for (const std::string& device : values.of("luks-device")) {
    const UniqueFd fd = open_device(run.host(), device);
    Json line = fd ? luks_line(read_at(fd.get(), 0, kLuksHeaderBytes)) : Json::object();
    if (!fd) put_failure(line, {"open", errno});
    put_bytes(line, "device", device);
    lines.add(line);
  }
  return lines.store(run);
}

std::uint64_t little_endian(std::string_view bytes, std::size_t offset, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i-- > 0;) {
    if (offset + i < bytes.size())
      value = (value << 8U) | static_cast<unsigned char>(bytes[offset + i]);
  }
  return value;
}

/// What a volume says about itself: ext, XFS, btrfs and LUKS by their magic numbers.
Json superblock_line(int fd) {
  Json line = Json::object();
  const std::string start = read_at(fd, 0, 4096);
  const std::string_view ext = start.size() >= 2048 ? std::string_view(start).substr(1024) : "";
  const std::string tree = read_at(fd, 65536, 4096);
  if (start.starts_with("XFSB")) {
    line["type"] = "xfs";
    line["uuid"] = to_hex(as_bytes(std::string_view(start).substr(32, 16)));
    put_bytes(line, "label", text_at(start, 108, 12));
  } else if (start.starts_with(std::string_view("LUKS\xBA\xBE", 6))) {
    line["type"] = "luks";
  } else if (ext.size() > 264 && little_endian(ext, 56, 2) == 0xEF53) {
    line["type"] = "ext";
    line["uuid"] = to_hex(as_bytes(ext.substr(104, 16)));
    put_bytes(line, "label", text_at(ext, 120, 16));
    put_bytes(line, "last_mounted_on", text_at(ext, 136, 64));
    line["mounted_at"] = std::to_string(little_endian(ext, 44, 4));
    line["written_at"] = std::to_string(little_endian(ext, 48, 4));
    line["made_at"] = std::to_string(little_endian(ext, 264, 4));
    line["mount_count"] = little_endian(ext, 52, 2);
  } else if (tree.size() > 128 && std::string_view(tree).substr(64, 8) == "_BHRfS_M") {
    line["type"] = "btrfs";
    line["uuid"] = to_hex(as_bytes(std::string_view(tree).substr(32, 16)));
  } else {
    line["type"] = "unknown";
  }
  return line;
}

Status read_superblocks(ReadingRun& run) {
  PlaceholderValues values(run.host());
  JsonLines lines(run.request().size_bytes_max);
  for (const char* kind : {"disk", "partition"}) {
    for (const std::string& device : values.of(kind)) {
      const UniqueFd fd = open_device(run.host(), device);
      Json line = fd ? superblock_line(fd.get()) : Json::object();
      if (!fd) put_failure(line, {"open", errno});
      put_bytes(line, "device", device);
      if (fd) put_number(line, "size", device_bytes(fd.get()));
      lines.add(line);
    }
  }
  return lines.store(run);
}

constexpr auto kRows = std::to_array<ReadingRow>({
    {.name = "statfs.all", .host = read_file_systems},
    {.name = "block.mbr", .host = read_boot_sectors},
    {.name = "block.partition-tables", .host = read_partition_tables},
    {.name = "block.gpt-backup", .host = read_backup_tables},
    {.name = "block.volume-boot-records", .host = read_volume_boot_records},
    {.name = "luks.headers", .host = read_luks_headers},
    {.name = "block.superblocks", .host = read_superblocks},
});

}  // namespace

std::span<const ReadingRow> storage_rows() { return kRows; }

}  // namespace casebook
