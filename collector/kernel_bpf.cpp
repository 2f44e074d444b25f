/// BPF programs, maps, links and type information, by bpf(2). Nothing is attached or changed.

#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "collector/bpf_objects.h"
#include "collector/kernel_registry.h"

namespace casebook {
namespace {

constexpr std::size_t kObjectsMax = 65'536;
constexpr std::size_t kCodeBytesMax = std::size_t{1} << 20U;

/// bpf(2) with an attribute block that the caller filled in.
int bpf_call(int command, bpf_attr& attributes) {
  return static_cast<int>(::syscall(SYS_bpf, command, &attributes, sizeof attributes));
}

std::vector<std::uint32_t> object_ids(int next_command, CallFailure& failure) {
  std::vector<std::uint32_t> ids;
  bpf_attr attributes{};
  while (ids.size() < kObjectsMax) {
    if (bpf_call(next_command, attributes) != 0) {
      if (errno != ENOENT) failure = {"bpf", errno};
      return ids;
    }
    ids.push_back(attributes.next_id);
    const std::uint32_t last = attributes.next_id;
    std::memset(&attributes, 0, sizeof attributes);
    attributes.start_id = last;
  }
  return ids;
}

UniqueFd open_object(int command, std::uint32_t id) {
  bpf_attr attributes{};
  attributes.prog_id = id;  // map_id, link_id and btf_id are the same word.
  return UniqueFd(bpf_call(command, attributes));
}

template <typename Info>
bool read_info(int fd, Info& info) {
  bpf_attr attributes{};
  attributes.info.bpf_fd = static_cast<std::uint32_t>(fd);
  attributes.info.info_len = sizeof info;
  attributes.info.info = reinterpret_cast<std::uintptr_t>(&info);
  return bpf_call(BPF_OBJ_GET_INFO_BY_FD, attributes) == 0;
}

std::string_view name_of(const char (&name)[BPF_OBJ_NAME_LEN]) {
  return {name, ::strnlen(name, sizeof name)};
}

template <typename Array>
std::string hex_of(const Array& bytes) {
  return to_hex(std::as_bytes(std::span(bytes)));
}

Json describe_program(int fd) {
  Json line = Json::object();
  std::array<std::uint32_t, 64> map_ids{};
  bpf_prog_info info{};
  info.nr_map_ids = map_ids.size();
  info.map_ids = reinterpret_cast<std::uintptr_t>(map_ids.data());
  if (!read_info(fd, info)) {
    put_failure(line, {"bpf", errno});
    return line;
  }
  line["type"] = info.type;
  put_bytes(line, "name", name_of(info.name));
  line["tag"] = hex_of(info.tag);
  line["load_time_ns"] = std::to_string(info.load_time);
  line["uid"] = info.created_by_uid;
  line["gpl"] = info.gpl_compatible != 0;
  line["ifindex"] = info.ifindex;
  line["btf_id"] = info.btf_id;
  line["attach_btf_id"] = info.attach_btf_id;
  line["jited_bytes"] = info.jited_prog_len;
  line["translated_bytes"] = info.xlated_prog_len;
  line["verified_instructions"] = info.verified_insns;
  line["run_count"] = std::to_string(info.run_cnt);
  line["run_time_ns"] = std::to_string(info.run_time_ns);
  Json maps = Json::array();
  for (std::size_t i = 0; i < std::min<std::size_t>(info.nr_map_ids, map_ids.size()); ++i)
    maps.push_back(map_ids[i]);
  line["map_ids"] = std::move(maps);
  return line;
}

Json describe_map(int fd) {
  Json line = Json::object();
  bpf_map_info info{};
  if (!read_info(fd, info)) {
    put_failure(line, {"bpf", errno});
    return line;
  }
  line["type"] = info.type;
  put_bytes(line, "name", name_of(info.name));
  line["key_bytes"] = info.key_size;
  line["value_bytes"] = info.value_size;
  line["entries_max"] = info.max_entries;
  line["flags"] = info.map_flags;
  line["ifindex"] = info.ifindex;
  line["btf_id"] = info.btf_id;
  return line;
}

Json describe_link(int fd) {
  Json line = Json::object();
  std::array<char, 256> name{};
  bpf_link_info info{};
  if (!read_info(fd, info)) {
    put_failure(line, {"bpf", errno});
    return line;
  }
  line["type"] = info.type;
  line["prog_id"] = info.prog_id;
  if (info.type == BPF_LINK_TYPE_RAW_TRACEPOINT) {
    info.raw_tracepoint.tp_name = reinterpret_cast<std::uintptr_t>(name.data());
    info.raw_tracepoint.tp_name_len = name.size();
    if (read_info(fd, info)) put_bytes(line, "tracepoint", name.data());
  } else if (info.type == BPF_LINK_TYPE_TRACING) {
    line["attach_type"] = info.tracing.attach_type;
    line["target_obj_id"] = info.tracing.target_obj_id;
    line["target_btf_id"] = info.tracing.target_btf_id;
  } else if (info.type == BPF_LINK_TYPE_CGROUP) {
    line["attach_type"] = info.cgroup.attach_type;
    line["cgroup_id"] = std::to_string(info.cgroup.cgroup_id);
  } else if (info.type == BPF_LINK_TYPE_NETNS) {
    line["attach_type"] = info.netns.attach_type;
    line["netns_inode"] = info.netns.netns_ino;
  } else if (info.type == BPF_LINK_TYPE_XDP) {
    line["ifindex"] = info.xdp.ifindex;
  }
  return line;
}

Json describe_btf(int fd) {
  Json line = Json::object();
  std::array<char, 128> name{};
  bpf_btf_info info{};
  info.name = reinterpret_cast<std::uintptr_t>(name.data());
  info.name_len = name.size();
  if (!read_info(fd, info)) {
    put_failure(line, {"bpf", errno});
    return line;
  }
  put_bytes(line, "name", name.data());
  line["bytes"] = info.btf_size;
  line["kernel"] = info.kernel_btf != 0;
  return line;
}

struct ObjectKind {
  int next_command;
  int open_command;
  Json (*describe)(int fd);
};

Status read_objects(ReadingRun& run, const ObjectKind& kind) {
  CallFailure failure;
  const std::vector<std::uint32_t> ids = object_ids(kind.next_command, failure);
  if (failure.errno_value != 0)
    return means_absent(failure.errno_value) ? run.absent() : run.lose("", failure);
  JsonLines lines(run.request().size_bytes_max);
  for (const std::uint32_t id : ids) {
    const UniqueFd fd = open_object(kind.open_command, id);
    Json line = Json::object();
    if (fd) {
      line = kind.describe(fd.get());
    } else {
      put_failure(line, {"bpf", errno});
    }
    line["id"] = id;
    lines.add(line);
  }
  return lines.store(run);
}

Status read_programs(ReadingRun& run) {
  return read_objects(run, {BPF_PROG_GET_NEXT_ID, BPF_PROG_GET_FD_BY_ID, describe_program});
}
Status read_maps(ReadingRun& run) {
  return read_objects(run, {BPF_MAP_GET_NEXT_ID, BPF_MAP_GET_FD_BY_ID, describe_map});
}
Status read_links(ReadingRun& run) {
  return read_objects(run, {BPF_LINK_GET_NEXT_ID, BPF_LINK_GET_FD_BY_ID, describe_link});
}
Status read_btf_objects(ReadingRun& run) {
  return read_objects(run, {BPF_BTF_GET_NEXT_ID, BPF_BTF_GET_FD_BY_ID, describe_btf});
}

/// The translated instructions of each program, eight bytes each, one entry per program.
Status read_program_code(ReadingRun& run) {
  CallFailure failure;
  const std::vector<std::uint32_t> ids = object_ids(BPF_PROG_GET_NEXT_ID, failure);
  if (failure.errno_value != 0)
    return means_absent(failure.errno_value) ? run.absent() : run.lose("", failure);
  for (const std::uint32_t id : ids) {
    const std::string instance = std::to_string(id);
    const UniqueFd fd = open_object(BPF_PROG_GET_FD_BY_ID, id);
    bpf_prog_info info{};
    std::string code(kCodeBytesMax, '\0');
    info.xlated_prog_len = static_cast<std::uint32_t>(code.size());
    info.xlated_prog_insns = reinterpret_cast<std::uintptr_t>(code.data());
    if (!fd || !read_info(fd.get(), info)) {
      if (auto lost = run.lose(instance, {"bpf", errno}); !lost) return lost;
      continue;
    }
    const bool cut = info.xlated_prog_len > code.size();
    code.resize(std::min<std::size_t>(code.size(), info.xlated_prog_len));
    auto stored =
        run.store_text(instance, code,
                       cut ? std::vector<std::string>{"cut_at_limit"} : std::vector<std::string>{});
    if (!stored) return stored;
  }
  return ids.empty() ? run.absent() : ok();
}

constexpr auto kRows = std::to_array<ReadingRow>({
    {.name = "bpf.programs", .host = read_programs},
    {.name = "bpf.program-code", .host = read_program_code},
    {.name = "bpf.maps", .host = read_maps},
    {.name = "bpf.links", .host = read_links},
    {.name = "bpf.btf-objects", .host = read_btf_objects},
});

}  // namespace

std::vector<std::uint32_t> bpf_program_ids() {
  CallFailure failure;
  return object_ids(BPF_PROG_GET_NEXT_ID, failure);
}

std::span<const ReadingRow> bpf_rows() { return kRows; }

}  // namespace casebook
